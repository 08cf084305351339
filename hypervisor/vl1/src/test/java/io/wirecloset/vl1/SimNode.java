package io.wirecloset.vl1;

import io.wirecloset.simnet.SimAddress;
import io.wirecloset.simnet.SimApplication;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** VL1 whole, one lane and the control loop, on a simulated host. Identities are taken for valid a moment after one asks. */
final class SimNode implements SimApplication, Vl1.Out, Upper, PacketSwitch.Out {
    final Vl1 vl1;
    final PacketSwitch lane;
    final DropCounters laneDrops = new DropCounters();
    final Stamps stamps = new Stamps(64, 256);
    final List<String> messages = new ArrayList<>();
    final List<String> frames = new ArrayList<>();
    final List<Vl1.Event> events = new ArrayList<>();
    /** What the layer above says to user messages. */
    Handled handled = Handled.DONE;

    int datagramsOut;
    int helloOut;
    int echoOrOtherOut;
    /** Suite of the last packet of each verb's kind that left; index is the suite. */
    final int[] suitesOut = new int[8];

    private final SimHost host;
    private final int socket;
    private final Deque<Identity> toValidate = new ArrayDeque<>();
    private long nowMs;

    SimNode(SimHost host, Identity self, World planet, int port, UnaryOperator<Vl1.Settings> adjust) {
        this.host = host;
        this.socket = host.open(port);
        RandomSource random = random(host.random());
        PacketIds[] ids = PacketIds.forLanes(2, random);
        Vl1.Settings settings = Vl1.Settings.of(self, planet, random, ids[0]).withStamps(List.of(stamps));
        vl1 = new Vl1(adjust.apply(settings), this, this);
        lane = new PacketSwitch(self.address(), new Armor(), ids[1], stamps, laneDrops, this);
        vl1.sockets(new int[] {socket}, new Endpoint[] {endpoint(host.localAddress(socket))});
    }

    static SimNode start(SimHost host, Identity self, World planet) {
        return host.runs(at -> new SimNode(at, self, planet, Wire.DEFAULT_PORT, settings -> settings));
    }

    long address() {
        return vl1.self().address();
    }

    void say(SimNode to, String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] payload = new byte[8 + bytes.length];
        System.arraycopy(bytes, 0, payload, 8, bytes.length);
        vl1.send(to.address(), Verb.USER_MESSAGE, payload, 0, payload.length, 0, host.nowMs());
        host.wake();
    }

    /** A frame by the lane, as a tap would bring it. @return false if the lane could not */
    boolean frame(SimNode to, int bytes) {
        PeerRef peer = lane.peers().find(to.address());
        byte[] slot = new byte[PacketHeader.LENGTH + bytes];
        return peer != null && lane.send(peer.record, Verb.FRAME, slot, 0, slot.length, host.nowMs());
    }

    boolean hasDirectPathTo(SimNode other) {
        return vl1.peerViews(host.nowMs()).stream()
                .anyMatch(peer -> peer.address() == other.address() && peer.isDirect());
    }

    boolean heard(String text) {
        return messages.contains(text);
    }

    // ---- SimApplication

    @Override
    public void onDatagram(int onSocket, SimAddress from, byte[] payload, long atMs) {
        nowMs = atMs;
        lane.onDatagram(onSocket, endpoint(from), payload, 0, payload.length, atMs);
    }

    @Override
    public long poll(long atMs) {
        nowMs = atMs;
        while (!toValidate.isEmpty()) {
            vl1.onValidated(toValidate.poll(), true, atMs);
        }
        long next = vl1.poll(atMs);
        lane.peers(vl1.peers());
        return next;
    }

    // ---- what comes out

    @Override
    public void datagram(int onSocket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        datagramsOut++;
        if (length >= PacketHeader.LENGTH && bytes[offset + PacketHeader.SOURCE] != (byte) 0xff) {
            suitesOut[PacketHeader.suite(bytes, offset)]++;
        }
        SimAddress at = new SimAddress((int) to.ipLow(), to.port());
        host.send(onSocket < 0 ? socket : onSocket, at, bytes, offset, length, ttl == 0 ? SimHost.DEFAULT_TTL : ttl);
    }

    @Override
    public void datagram(int onSocket, Endpoint to, byte[] slot, int at, int length) {
        datagram(onSocket, to, slot, at, length, 0);
    }

    @Override
    public void validate(Identity identity) {
        toValidate.add(identity);
        host.wake();
    }

    @Override
    public void event(Vl1.Event event) {
        events.add(event);
    }

    @Override
    public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
        frames.add(hops + "/" + length);
    }

    @Override
    public void toControlSealed(int onSocket, Endpoint from, byte[] slot, int at, int length) {
        vl1.onDatagram(onSocket, from, slot, at, length, nowMs);
    }

    @Override
    public void toControlReassembled(int onSocket, Endpoint from, byte[] slot, int at, int length) {
        vl1.onReassembled(onSocket, from, slot, at, length, nowMs);
    }

    @Override
    public void toControlOpened(int onSocket, Endpoint from, byte[] slot, int at, int length) {
        vl1.onOpened(onSocket, from, slot, at, length, nowMs);
    }

    @Override
    public void toControlStrange(int onSocket, Endpoint from, byte[] slot, int at, int length) {
        vl1.onStrange(onSocket, from, slot, at, length, nowMs);
    }

    @Override
    public Handled onVerb(Received packet, long atMs) {
        if (packet.verb == Verb.USER_MESSAGE) {
            messages.add(new String(
                    packet.buffer, packet.offset + 8, packet.length - 8, java.nio.charset.StandardCharsets.UTF_8));
            return handled;
        }
        frames.add("control " + packet.hops + "/" + packet.length);
        return handled;
    }

    @Override
    public Handled onOk(Received packet, int inReVerb, long inReId, long atMs) {
        return Handled.DONE;
    }

    @Override
    public Handled onError(Received packet, int inReVerb, long inReId, int code, long atMs) {
        return Handled.IGNORED;
    }

    static Endpoint endpoint(SimAddress address) {
        return Endpoint.ofV4(address.ip(), address.port());
    }

    private static RandomSource random(SplittableRandom random) {
        return new RandomSource() {
            @Override
            public void fill(byte[] bytes, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    bytes[offset + i] = (byte) random.nextInt();
                }
            }

            @Override
            public long nextLong() {
                return random.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return random.nextInt(bound);
            }
        };
    }
}
