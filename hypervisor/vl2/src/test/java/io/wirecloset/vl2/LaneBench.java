package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** A {@link FrameSwitch} in front of a bench's Vl2: what it hands over goes there at once, as the mailbox would bring it. */
final class LaneBench implements FrameSwitch.Out {
    final Vl2Bench bench;
    final FrameSwitch lane = new FrameSwitch(RandomSource.of(new Random(7)), this);
    final List<FakeUnderlay.Sent> sent = new ArrayList<>();
    final List<String> tapped = new ArrayList<>();
    final List<Drop> drops = new ArrayList<>();
    int framesHandedOver;
    int packetsHandedOver;
    int sentThroughControl;
    boolean hasPath = true;

    private final byte[] slot = new byte[12_000];

    LaneBench(Vl2Bench bench) {
        this.bench = bench;
    }

    void fromTap(byte[] frame) {
        lane.networks(bench.vl2.networks());
        Arrays.fill(slot, (byte) 0x55);
        System.arraycopy(frame, 0, slot, Limits.HEAD_ROOM_BYTES, frame.length);
        NetworkRecord n = lane.networks().find(Vl2Bench.NETWORK);
        lane.fromTap(n, slot, Limits.HEAD_ROOM_BYTES, frame.length, bench.nowMs);
    }

    boolean fromPeer(long from, int verb, long packetId, byte[] payload) {
        lane.networks(bench.vl2.networks());
        Arrays.fill(slot, (byte) 0x55);
        int at = 16;
        PacketHeader.put(slot, at, packetId, Vl2Bench.SELF.address(), from, verb);
        System.arraycopy(payload, 0, slot, at + PacketHeader.LENGTH, payload.length);
        PeerRecord peer = new PeerRecord(bench.underlay.identityAt(from), 0, null, 12, null, null);
        return lane.fromPeer(peer, verb, packetId, slot, at, PacketHeader.LENGTH + payload.length, bench.nowMs);
    }

    @Override
    public boolean toPeer(PeerRecord to, int verb, byte[] b, int at, int length) {
        if (hasPath) {
            byte[] payload = Arrays.copyOfRange(b, at + PacketHeader.LENGTH, at + length);
            sent.add(new FakeUnderlay.Sent(to.address, verb, payload, 0));
            Arrays.fill(b, at, at + PacketHeader.LENGTH, (byte) 0xee); // the header is written over what was there
        }
        return hasPath;
    }

    @Override
    public void toPeerThroughControl(long networkId, long to, int verb, byte[] b, int at, int length) {
        sentThroughControl++;
        int payload = at + PacketHeader.LENGTH;
        bench.vl2.sendForLane(networkId, to, verb, b, payload, length - PacketHeader.LENGTH, bench.nowMs);
    }

    @Override
    public void toTap(NetworkRecord n, byte[] b, int at, int length) {
        tapped.add(HexFormat.of().formatHex(Arrays.copyOfRange(b, at, at + length)));
    }

    @Override
    public void frameToControl(long networkId, byte[] b, int at, int length) {
        framesHandedOver++;
        bench.vl2.onTapFrame(networkId, b, at, length, bench.nowMs);
    }

    @Override
    public void packetToControl(byte[] b, int at, int length) {
        packetsHandedOver++;
        byte[] payload = Arrays.copyOfRange(b, at + PacketHeader.LENGTH, at + length);
        bench.receive(
                bench.underlay.identities.get(PacketHeader.source(b, at)),
                b[at + PacketHeader.VERB] & Verb.MASK,
                PacketHeader.packetId(b, at),
                payload);
    }

    @Override
    public void drop(Drop why) {
        drops.add(why);
    }

    /** What lane and control loop sent, the lane's first. */
    List<FakeUnderlay.Sent> allSent() {
        List<FakeUnderlay.Sent> all = new ArrayList<>(sent);
        all.addAll(bench.underlay.takeSent());
        return all;
    }

    List<String> allTapped() {
        List<String> all = new ArrayList<>(tapped);
        bench.tapped.forEach(t -> all.add(t.hex()));
        return all;
    }
}
