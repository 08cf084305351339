package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.AddressDerivation;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/** One VL1 on a bench: datagrams go in by hand, everything that comes out is noted. With a lane in front or without. */
final class Bench extends LaneAndControl {
    static final int SOCKET = 3;

    /** @param socket -1 for all */
    record Sent(long atMs, int socket, Endpoint to, byte[] bytes, int ttl) {}

    record Seen(int verb, long source, byte[] payload) {}

    private static final Map<Identity, Boolean> VALIDATED = new HashMap<>();

    final List<Sent> sent = new ArrayList<>();
    final List<Seen> seen = new ArrayList<>();

    Bench(Identity self, World planet, boolean withLane, UnaryOperator<Vl1Settings> adjust) {
        // who starts again with another planet draws other keys for its packet ids
        this(self, planet, withLane, planet == null ? 1 : planet.timestampMs(), adjust);
    }

    Bench(Identity self, World planet, boolean withLane, long seed, UnaryOperator<Vl1Settings> adjust) {
        super(self, planet, RandomSource.of(new Random(seed)), withLane, adjust);
    }

    /** A datagram comes in. It is given to a copy, as a transport would. */
    void datagram(Endpoint from, byte[] bytes, long atMs) {
        poll(atMs);
        byte[] slot = new byte[bytes.length + 64];
        System.arraycopy(bytes, 0, slot, 32, bytes.length);
        if (lane == null) {
            vl1.onHandedOver(Stage.SEALED, SOCKET, from, slot, 32, bytes.length, atMs);
        } else {
            lane.onDatagram(SOCKET, from, slot, 32, bytes.length, atMs);
        }
        poll(atMs);
    }

    long poll(long atMs) {
        return pollBoth(atMs);
    }

    List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    @Override
    boolean isValid(Identity identity) {
        return VALIDATED.computeIfAbsent(identity, new AddressDerivation()::isValid);
    }

    @Override
    public void datagram(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        sent.add(new Sent(nowMs, socket, to, Arrays.copyOfRange(bytes, offset, offset + length), ttl));
    }

    @Override
    public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
        int payload = at + PacketHeader.LENGTH;
        seen.add(new Seen(verb, from.address, Arrays.copyOfRange(slot, payload, at + length)));
    }

    @Override
    public Handled onVerb(Received packet, long atMs) {
        int end = packet.offset + packet.length;
        seen.add(new Seen(packet.verb, packet.source, Arrays.copyOfRange(packet.buffer, packet.offset, end)));
        return handled;
    }

    @Override
    public Handled onOk(Received packet, int inReVerb, long inReId, long atMs) {
        return onVerb(packet, atMs);
    }

    @Override
    public Handled onError(Received packet, int inReVerb, long inReId, int code, long atMs) {
        return onVerb(packet, atMs);
    }

    /** Nobody above. */
    static final class Deaf implements Upper {
        @Override
        public Handled onVerb(Received packet, long atMs) {
            return Handled.DONE;
        }

        @Override
        public Handled onOk(Received packet, int inReVerb, long inReId, long atMs) {
            return Handled.DONE;
        }

        @Override
        public Handled onError(Received packet, int inReVerb, long inReId, int code, long atMs) {
            return Handled.DONE;
        }
    }
}
