package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.NewcomerGate;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.Surface;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.ErrorAnswer;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.HelloOk;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * HELLO and its answer. Whoever is a stranger costs us work here, so the order of the checks matters: version, address,
 * rate gate, MAC, and only then the derivation of the address, which is so dear that somebody else does it while the
 * HELLO is kept (notes on verbs, HELLO; notes on behaviour, section 9).
 */
final class Greeter {
    /** A stranger whose HELLO is authentic, but whose address may not follow from its key. */
    private record Candidate(
            Identity identity, SessionKeys keys, byte[] packet, int socket, Endpoint from, long sinceMs) {}

    // set once
    private final Vl1Settings settings;
    private final Vl1Out out;
    private final Worlds worlds;
    private final Peers peers;
    private final Contacts contacts;
    private final Outbound outbound;
    private final Surface surface;
    private final Negotiation negotiation;
    private final DropCounters drops;

    private final Armor armor = new Armor();
    private final NewcomerGate newcomers = new NewcomerGate();
    /** Oldest first. */
    private final Map<Long, Candidate> candidates = new LinkedHashMap<>();

    Greeter(
            Vl1Settings settings,
            Vl1Out out,
            Worlds worlds,
            Peers peers,
            Contacts contacts,
            Outbound outbound,
            Surface surface,
            Negotiation negotiation,
            DropCounters drops) {
        this.settings = settings;
        this.out = out;
        this.worlds = worlds;
        this.peers = peers;
        this.contacts = contacts;
        this.outbound = outbound;
        this.surface = surface;
        this.negotiation = negotiation;
        this.drops = drops;
    }

    // ---- HELLO

    /** A HELLO in suite 0, not authenticated yet. May be changed in place. */
    void onHello(int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        Hello hello = Hello.read(payload(packet, length));
        Peer known = peers.find(hello.sender().address());
        if (hello.version().protocol() < Wire.PROTOCOL_VERSION_MIN) {
            drops.count(Drop.OLD_PROTOCOL);
        } else if (hello.sender().address() != PacketHeader.source(packet, 0)) {
            drops.count(Drop.BAD_IDENTITY);
        } else if (known == null) {
            onStranger(hello, socket, from, packet, length, nowMs);
        } else if (!known.identity().equals(hello.sender())) {
            onCollision(hello, socket, from, packet, length, nowMs);
        } else if (armor.open(packet, 0, length, known.keys())) {
            welcome(known, socket, from, packet, length, nowMs);
        } else {
            drops.count(Drop.BAD_MAC);
        }
    }

    /** A HELLO that a known peer chose to encrypt, opened. */
    void onOpenedHello(Peer peer, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        Hello hello = Hello.read(payload(packet, length));
        if (hello.version().protocol() < Wire.PROTOCOL_VERSION_MIN) {
            drops.count(Drop.OLD_PROTOCOL);
        } else if (!hello.sender().equals(peer.identity())) {
            drops.count(Drop.BAD_IDENTITY);
        } else {
            welcome(peer, socket, from, packet, length, nowMs);
        }
    }

    private void onStranger(Hello hello, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        Candidate waiting = candidates.get(hello.sender().address());
        boolean again = waiting != null && waiting.identity.equals(hello.sender());
        int places = again ? Limits.VALIDATIONS : places(newcomers.knock(from, nowMs));
        if (again ? nowMs - waiting.sinceMs < Timing.VALIDATION_MS : places == 0) {
            drops.count(Drop.RATE_LIMITED);
            return;
        }
        if (!again && candidates.size() >= places) {
            candidates.values().removeIf(old -> nowMs - old.sinceMs >= Timing.VALIDATION_MS);
        }
        if (!again && candidates.size() >= places) {
            drops.count(Drop.QUEUE_FULL);
            return;
        }
        SessionKeys keys = again ? waiting.keys : settings.self().agree(hello.sender());
        if (!armor.open(packet, 0, length, keys)) {
            drops.count(Drop.BAD_MAC);
            return;
        }
        byte[] kept = Arrays.copyOf(packet, length);
        candidates.put(hello.sender().address(), new Candidate(hello.sender(), keys, kept, socket, from, nowMs));
        out.validate(hello.sender());
    }

    /** How many may be validated at once when one of such a source wants to be. */
    private static int places(NewcomerGate.Source source) {
        return switch (source) {
            case REFUSED -> 0;
            case BUSY -> Limits.VALIDATIONS_BUSY;
            case QUIET -> Limits.VALIDATIONS;
        };
    }

    /** @return the peer that came to be, or null */
    Peer onValidated(Identity identity, boolean valid, long nowMs) {
        Candidate candidate = candidates.get(identity.address());
        if (candidate == null || !candidate.identity.equals(identity)) {
            return null;
        }
        candidates.remove(identity.address());
        Peer peer = valid ? peers.add(identity, nowMs) : null;
        if (peer == null) {
            drops.count(Drop.BAD_IDENTITY);
            return null;
        }
        welcome(peer, candidate.socket, candidate.from, candidate.packet, candidate.packet.length, nowMs);
        return peer;
    }

    /** Another key for an address we know: the first one keeps it, and the newcomer is told so in words it can read. */
    private void onCollision(Hello hello, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        if (newcomers.knock(from, nowMs) == NewcomerGate.Source.REFUSED) {
            drops.count(Drop.RATE_LIMITED);
            return;
        }
        SessionKeys keys = settings.self().agree(hello.sender());
        if (!armor.open(packet, 0, length, keys)) {
            drops.count(Drop.BAD_MAC);
            return;
        }
        drops.count(Drop.BAD_IDENTITY);
        WireWriter error = new WireWriter(16);
        InRe inRe = new InRe(Verb.HELLO, PacketHeader.packetId(packet, 0));
        new ErrorAnswer(inRe, ErrorCode.IDENTITY_COLLISION, new byte[0]).write(error);
        outbound.refuse(hello.sender().address(), keys, socket, from, error.toByteArray());
    }

    /** From here on the HELLO is genuine. */
    private void welcome(Peer peer, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        WireReader in = payload(packet, length);
        Hello hello = Hello.read(in);
        armor.cryptHelloSection(packet, 0, in.offset(), in.remaining(), peer.keys());
        Moons moons = Moons.read(in);
        int hops = PacketHeader.hops(packet, 0);
        if (hops == 0 && hello.sentTo() != null) {
            seenAs(peer, socket, from, hello.sentTo(), nowMs);
        }
        answer(peer, hello, moons, socket, from, PacketHeader.packetId(packet, 0), nowMs);
        said(peer, hello.version(), nowMs);
        contacts.received(peer, Verb.HELLO, socket, from, hops, nowMs);
        negotiation.onHelloWelcomed(peer, nowMs);
    }

    private void answer(Peer peer, Hello hello, Moons moons, int socket, Endpoint from, long packetId, long nowMs) {
        // nodes before 1.1.0 expect to be shown no port
        Endpoint seenAs = hello.version().protocol() < Wire.PROTOCOL_VERSION_ECHO ? from.withPort(0) : from;
        WireWriter payload = new WireWriter(64);
        new InRe(Verb.HELLO, packetId).write(payload);
        new HelloOk(hello.clockMs(), settings.version(), seenAs, worlds.newerThan(hello, moons)).write(payload);
        outbound.answer(peer, socket, from, Verb.OK, payload, nowMs);
    }

    // ---- OK(HELLO)

    /** An expected answer to a HELLO of ours. @param in behind the in-re fields */
    void onOk(Peer peer, Received packet, WireReader in, long nowMs) {
        HelloOk ok = HelloOk.read(in);
        if (ok.version().protocol() < Wire.PROTOCOL_VERSION_MIN) {
            drops.count(Drop.OLD_PROTOCOL);
            return;
        }
        if (worlds.isBelieved(peer)) {
            for (World world : ok.worlds()) {
                worlds.told(world, peer);
            }
        }
        said(peer, ok.version(), nowMs);
        contacts.received(peer, Verb.OK, packet.socket, packet.path, packet.hops, nowMs);
        negotiation.onHelloAnswered(peer, nowMs);
        if (packet.hops == 0) {
            Path path = peer.pathOver(packet.socket, packet.path);
            if (path != null) {
                path.measured(nowMs - ok.clockMs());
                peers.changed(peer, nowMs);
            }
            if (ok.seenAs() != null) {
                seenAs(peer, packet.socket, packet.path, ok.seenAs(), nowMs);
            }
        }
    }

    // ---- both

    private void said(Peer peer, Version version, long nowMs) {
        if (!peer.version().equals(version)) {
            peer.version(version);
            peers.changed(peer, nowMs);
        }
    }

    private void seenAs(Peer peer, int socket, Endpoint theirs, Endpoint mine, long nowMs) {
        if (surface.reported(peer.address(), socket, theirs, mine, worlds.isUpstream(peer), nowMs)) {
            contacts.moved(mine.scope(), mine.isV4(), nowMs);
        }
    }

    private static WireReader payload(byte[] packet, int length) {
        return new WireReader(packet, PacketHeader.LENGTH, length - PacketHeader.LENGTH);
    }
}
