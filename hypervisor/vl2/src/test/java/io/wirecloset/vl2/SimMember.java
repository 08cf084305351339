package io.wirecloset.vl2;

import io.wirecloset.simnet.SimAddress;
import io.wirecloset.simnet.SimApplication;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl1.PacketSwitch;
import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.Stage;
import io.wirecloset.vl1.Stamps;
import io.wirecloset.vl1.Vl1;
import io.wirecloset.vl1.Vl1Out;
import io.wirecloset.vl1.Vl1Settings;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** VL1 and VL2 whole, one lane and the control loop in one thread, on a simulated host; the tap is a list. */
final class SimMember implements SimApplication, Vl1Out, Vl2Out {
    final Vl1 vl1;
    final Vl2 vl2;
    final List<String> tapped = new ArrayList<>();
    int framesByLane;

    private final SimHost host;
    private final int socket;
    private final Stamps stamps = new Stamps(64, 256);
    private final PacketSwitch packets;
    private final FrameSwitch frames;
    private final Deque<Identity> toValidate = new ArrayDeque<>();
    private long nowMs;

    private SimMember(SimHost host, Identity self, World planet) {
        this.host = host;
        this.socket = host.open(Wire.DEFAULT_PORT);
        this.nowMs = host.nowMs();
        RandomSource random = RandomSource.of(new Random(self.address()));
        PacketIds[] ids = PacketIds.forLanes(2, random);
        vl2 = new Vl2(new Vl2Settings(random, RequestMetadata.of(12, 0, 1, 0, "linux/x86_64")), this);
        vl1 = new Vl1(Vl1Settings.of(self, planet, random, ids[0]).withStamps(List.of(stamps)), this, vl2);
        vl2.attach(vl1);
        packets = new PacketSwitch(self.address(), new Armor(), ids[1], stamps, new DropCounters(), new Packets());
        frames = new FrameSwitch(random, new Frames());
        vl1.sockets(new int[] {socket}, new Endpoint[] {endpoint(host.localAddress(socket))});
    }

    static SimMember start(SimHost host, Identity self, World planet) {
        return host.runs(at -> new SimMember(at, self, planet));
    }

    void join(long networkId) {
        vl2.join(networkId, null, host.nowMs());
        host.wake();
    }

    /** A frame from the tap, through the lane. */
    void frame(long networkId, byte[] frame) {
        nowMs = host.nowMs();
        show();
        byte[] slot = new byte[frame.length + 128];
        System.arraycopy(frame, 0, slot, Limits.HEAD_ROOM_BYTES, frame.length);
        NetworkRecord n = frames.networks().find(networkId);
        frames.fromTap(n, slot, Limits.HEAD_ROOM_BYTES, frame.length, nowMs);
        host.wake();
    }

    private void show() {
        packets.peers(vl1.peers());
        frames.networks(vl2.networks());
    }

    @Override
    public void onDatagram(int onSocket, SimAddress from, byte[] payload, long atMs) {
        nowMs = atMs;
        byte[] slot = new byte[payload.length + 128];
        System.arraycopy(payload, 0, slot, Limits.HEAD_ROOM_BYTES, payload.length);
        packets.onDatagram(onSocket, endpoint(from), slot, Limits.HEAD_ROOM_BYTES, payload.length, atMs);
    }

    @Override
    public long poll(long atMs) {
        nowMs = atMs;
        while (!toValidate.isEmpty()) {
            vl1.onValidated(toValidate.poll(), true, atMs);
        }
        long next = Math.min(vl1.poll(atMs), vl2.poll(atMs));
        show();
        return next;
    }

    @Override
    public void datagram(int onSocket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        SimAddress at = new SimAddress((int) to.ipLow(), to.port());
        host.send(onSocket < 0 ? socket : onSocket, at, bytes, offset, length, ttl == 0 ? SimHost.DEFAULT_TTL : ttl);
    }

    @Override
    public void validate(Identity identity) {
        toValidate.add(identity);
        host.wake();
    }

    @Override
    public void event(NodeEvent event) {}

    @Override
    public void toTap(long networkId, byte[] frame, int offset, int length) {
        tapped.add(HexFormat.of().formatHex(Arrays.copyOfRange(frame, offset, offset + length)));
    }

    @Override
    public void changed(long networkId, NetworkView view) {}

    @Override
    public void save(long networkId, byte[] dictionary) {}

    private static Endpoint endpoint(SimAddress address) {
        return Endpoint.ofV4(address.ip(), address.port());
    }

    private final class Packets implements PacketSwitch.Out {
        @Override
        public void datagram(int onSocket, Endpoint to, byte[] slot, int at, int length) {
            SimMember.this.datagram(onSocket, to, slot, at, length, 0);
        }

        @Override
        public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
            if (frames.fromPeer(from, verb, packetId, slot, at, length, nowMs)) {
                stamps.trusted(from.slot, nowMs);
            }
        }

        @Override
        public void toControl(Stage stage, int onSocket, Endpoint from, byte[] slot, int at, int length) {
            vl1.onHandedOver(stage, onSocket, from, slot, at, length, nowMs);
            host.wake();
        }
    }

    private final class Frames implements FrameSwitch.Out {
        @Override
        public boolean toPeer(PeerRecord to, int verb, byte[] slot, int at, int length) {
            boolean sent = packets.send(to, verb, slot, at, length, nowMs);
            framesByLane += sent ? 1 : 0;
            return sent;
        }

        @Override
        public void toPeerThroughControl(long networkId, long to, int verb, byte[] slot, int at, int length) {
            int payload = at + PacketHeader.LENGTH;
            vl2.sendForLane(networkId, to, verb, slot, payload, length - PacketHeader.LENGTH, nowMs);
        }

        @Override
        public void toTap(NetworkRecord n, byte[] slot, int at, int length) {
            SimMember.this.toTap(n.id(), slot, at, length);
        }

        @Override
        public void frameToControl(long networkId, byte[] slot, int at, int length) {
            vl2.onTapFrame(networkId, slot, at, length, nowMs);
        }

        @Override
        public void packetToControl(byte[] slot, int at, int length) {
            vl1.onHandedOver(Stage.OPENED, socket, Endpoint.ofV4(0x7f000001, 1), slot, at, length, nowMs);
        }

        @Override
        public void drop(Drop why) {}
    }
}
