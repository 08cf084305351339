package io.wirecloset.vl1;

import io.wirecloset.simnet.SimAddress;
import io.wirecloset.simnet.SimApplication;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** VL1 whole, one lane and the control loop, on a simulated host. Identities are taken for valid a moment after one asks. */
final class SimNode extends LaneAndControl implements SimApplication {
    final List<String> messages = new ArrayList<>();
    final List<String> frames = new ArrayList<>();

    int datagramsOut;
    int helloOut;
    int echoOrOtherOut;
    /** Suite of the last packet of each verb's kind that left; index is the suite. */
    final int[] suitesOut = new int[8];

    private final SimHost host;
    private final int socket;

    SimNode(SimHost host, Identity self, World planet, int port, UnaryOperator<Vl1Settings> adjust) {
        super(self, planet, RandomSource.of(host.random()), true, adjust);
        this.host = host;
        this.socket = host.open(port);
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
        return pollBoth(atMs);
    }

    @Override
    boolean isValid(Identity identity) {
        return true;
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
    public void validate(Identity identity) {
        super.validate(identity);
        host.wake();
    }

    @Override
    public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
        frames.add(hops + "/" + length);
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
}
