package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireWriter;

/** Makes packets of the control loop's messages and sends them where it is told. Where to is decided elsewhere. */
final class Outbound {
    /** As socket: one copy from each. */
    static final int ALL_SOCKETS = -1;

    private static final long SEALED = 0;
    private static final int JUNK_BYTES = 4;
    /** Far enough to open our own NAT, not far enough to reach theirs. */
    private static final int JUNK_TTL = 2;

    // set once
    private final Vl1Settings settings;
    private final Worlds worlds;
    private final Vl1Out out;
    private final DatagramCutter.Out pieces;
    private final DropCounters drops;
    private final ExpectedReplies expected;

    private final Armor armor = new Armor();
    private final PacketIds ids;
    private final byte[] slot = new byte[Wire.MAX_PACKET_BYTES];
    private final Compression compression = new Compression();

    Outbound(Vl1Settings settings, Worlds worlds, Vl1Out out, DropCounters drops, ExpectedReplies expected) {
        this.settings = settings;
        this.worlds = worlds;
        this.out = out;
        this.pieces = (socket, to, bytes, at, length) -> out.datagram(socket, to, bytes, at, length, 0);
        this.drops = drops;
        this.expected = expected;
        this.ids = settings.ids();
    }

    /** Sends on a path known for the destination, or for the upstream that relays for it. @return as {@link #to} */
    long over(Path path, Peer peer, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        path.sent(nowMs);
        long trustedPathId = peer.paths().contains(path) ? path.trustedPathId() : SEALED;
        return to(
                peer,
                path.socket(),
                path.endpoint(),
                path.mtu(),
                trustedPathId,
                verb,
                payload,
                offset,
                length,
                options,
                nowMs);
    }

    /** An answer, on the way the question came. */
    void answer(Peer peer, int socket, Endpoint endpoint, int verb, WireWriter payload, long nowMs) {
        Path path = peer.pathOver(socket, endpoint);
        if (path != null) {
            path.sent(nowMs);
        }
        // what seven pieces do not hold goes in one datagram, as stock nodes send every answer
        int mtu = path == null ? settings.mtu() : path.mtu();
        boolean fits = DatagramCutter.fits(PacketHeader.LENGTH + payload.length(), mtu);
        to(
                peer,
                socket,
                endpoint,
                fits ? mtu : Wire.MAX_PACKET_BYTES,
                SEALED,
                verb,
                payload.buffer(),
                payload.offset(),
                payload.length(),
                0,
                nowMs);
    }

    /** Something that needs no answer, so that nobody misses one. Sealed, also where frames are not. */
    void aside(Peer peer, int socket, Endpoint endpoint, int verb, WireWriter payload, long nowMs) {
        int length = payload.length();
        to(peer, socket, endpoint, settings.mtu(), SEALED, verb, payload.buffer(), payload.offset(), length, 0, nowMs);
    }

    /** An ECHO, to see whether the peer is there: empty, unless the peer can foresee its id. */
    void echo(Peer peer, int socket, Endpoint endpoint, long nowMs) {
        WireWriter payload = new WireWriter(Long.BYTES);
        long proof = peer.agreement().isTold() ? settings.random().nextLong() | 1 : 0;
        if (proof != 0) {
            payload.u64(proof);
        }
        int length = payload.length();
        long id = to(
                peer,
                socket,
                endpoint,
                settings.mtu(),
                SEALED,
                Verb.ECHO,
                payload.buffer(),
                payload.offset(),
                length,
                0,
                nowMs);
        expected.expect(id, peer.address(), proof, nowMs);
        for (Path path : peer.paths()) {
            if (path.endpoint().equals(endpoint) && (socket == ALL_SOCKETS || socket == path.socket())) {
                path.sent(nowMs);
            }
        }
    }

    /**
     * Seals and sends a packet.
     *
     * @param trustedPathId what it carries instead of a seal, or {@link #SEALED}
     * @return its id on the wire; 0 if it is too long to be sent
     */
    private long to(
            Peer peer,
            int socket,
            Endpoint endpoint,
            int mtu,
            long trustedPathId,
            int verb,
            byte[] payload,
            int offset,
            int payloadBytes,
            int options,
            long nowMs) {
        if (payloadBytes > Wire.MAX_PAYLOAD_BYTES) {
            drops.count(Drop.TOO_LONG);
            return 0;
        }
        PacketHeader.put(
                slot, 0, ids.next(peer.ids()), peer.address(), settings.self().address(), verb);
        System.arraycopy(payload, offset, slot, PacketHeader.LENGTH, payloadBytes);
        int length = PacketHeader.LENGTH + payloadBytes;
        if ((options & SendOptions.COMPRESS) != 0) {
            length = compression.compress(slot, 0, length);
        }
        if (!DatagramCutter.fits(length, mtu)) {
            drops.count(Drop.TOO_LONG);
            return 0;
        }
        if (length > mtu) {
            PacketHeader.setFragmented(slot, 0);
        }
        if (trustedPathId == SEALED) {
            armor.seal(slot, 0, length, peer.keys(), peer.suite());
        } else {
            PacketHeader.sealTrusted(slot, 0, trustedPathId);
        }
        long packetId = PacketHeader.packetId(slot, 0);
        if ((options & SendOptions.EXPECT_REPLY) != 0) {
            expected.expect(packetId, peer.address(), nowMs);
        }
        DatagramCutter.send(pieces, socket, endpoint, mtu, slot, 0, length);
        return packetId;
    }

    /** HELLO, in full and from every socket: the endpoint may be reached over more of them than we know. */
    void hello(Peer peer, Endpoint endpoint, long nowMs) {
        PacketHeader.put(slot, 0, ids.next(), peer.address(), settings.self().address(), Verb.HELLO);
        WireWriter packet = new WireWriter(slot, PacketHeader.LENGTH, slot.length);
        Hello hello = new Hello(
                settings.version(), nowMs, settings.self(), endpoint, worlds.planetId(), worlds.planetTimestampMs());
        hello.write(packet);
        int section = PacketHeader.LENGTH + packet.length();
        new Moons(worlds.moonEntries()).write(packet);
        int length = PacketHeader.LENGTH + packet.length();
        armor.cryptHelloSection(slot, 0, section, length - section, peer.keys());
        armor.seal(slot, 0, length, peer.keys(), Wire.SUITE_POLY1305);
        expected.expect(PacketHeader.packetId(slot, 0), peer.address(), nowMs);
        out.datagram(ALL_SOCKETS, endpoint, slot, 0, length, 0);
        for (Path path : peer.paths()) {
            if (path.endpoint().equals(endpoint)) {
                path.sent(nowMs);
            }
        }
    }

    /** ERROR(HELLO, identity collision), to somebody who is no peer and whose key is not kept. */
    void refuse(long stranger, SessionKeys keys, int socket, Endpoint endpoint, byte[] error) {
        PacketHeader.put(slot, 0, ids.next(), stranger, settings.self().address(), Verb.ERROR);
        System.arraycopy(error, 0, slot, PacketHeader.LENGTH, error.length);
        int length = PacketHeader.LENGTH + error.length;
        armor.seal(slot, 0, length, keys, Wire.SUITE_SALSA_POLY1305);
        out.datagram(socket, endpoint, slot, 0, length, 0);
    }

    /** A datagram that opens our NAT towards the endpoint, and is meant to die on the way. */
    void junk(int socket, Endpoint endpoint) {
        settings.random().fill(slot, 0, JUNK_BYTES);
        out.datagram(socket, endpoint, slot, 0, JUNK_BYTES, JUNK_TTL);
    }

    /** A datagram of somebody else's, as it is. */
    void forward(Path path, byte[] bytes, int at, int length, long nowMs) {
        path.sent(nowMs);
        out.datagram(path.socket(), path.endpoint(), bytes, at, length, 0);
    }
}
