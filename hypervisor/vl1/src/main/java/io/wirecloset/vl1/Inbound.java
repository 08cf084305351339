package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.RateGate;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What happens to a packet on the control loop: triage, decoding, verb, and the bookkeeping behind it (notes on packets,
 * section 8). Methods stand in the order in which a datagram meets them. Whatever does not parse ends here, counted.
 */
final class Inbound {
    /** Ciphertext of somebody we do not know yet. @param whole put together from fragments before */
    private record Sealed(long source, int socket, Endpoint from, byte[] packet, boolean whole) {}

    /** A packet the layer above cannot judge yet. */
    private record Held(Received packet) {}

    private record EchoPath(long peer, int socket, Endpoint endpoint) {}

    // set once
    private final Vl1.Settings settings;
    private final Vl1.Out out;
    private final Upper upper;
    private final Worlds worlds;
    private final Peers peers;
    private final Outbound outbound;
    private final Courier courier;
    private final Contacts contacts;
    private final Whois whois;
    private final Meetings meetings;
    private final PathPush push;
    private final Greeter greeter;
    private final Relay relay;
    private final ExpectedReplies expected;
    private final Negotiation negotiation;
    private final DropCounters drops;

    private final Armor armor = new Armor();
    private final Reassembler reassembler;
    private final WaitQueue<Sealed> strangers;
    private final WaitQueue<Held> held;
    private final RateGate<EchoPath> echoes = new RateGate<>(Timing.ECHO_ANSWER_MS, Limits.STRANGE_PATHS);
    private final byte[] scratch = new byte[Wire.MAX_PACKET_BYTES];
    private final byte[] decompressed = new byte[Wire.MAX_PACKET_BYTES];

    Inbound(
            Vl1.Settings settings,
            Vl1.Out out,
            Upper upper,
            Worlds worlds,
            Peers peers,
            Outbound outbound,
            Courier courier,
            Contacts contacts,
            Whois whois,
            Meetings meetings,
            PathPush push,
            Greeter greeter,
            Relay relay,
            ExpectedReplies expected,
            Negotiation negotiation,
            DropCounters drops) {
        this.settings = settings;
        this.out = out;
        this.upper = upper;
        this.worlds = worlds;
        this.peers = peers;
        this.outbound = outbound;
        this.courier = courier;
        this.contacts = contacts;
        this.whois = whois;
        this.meetings = meetings;
        this.push = push;
        this.greeter = greeter;
        this.relay = relay;
        this.expected = expected;
        this.negotiation = negotiation;
        this.drops = drops;
        this.reassembler = new Reassembler(drops);
        this.strangers = new WaitQueue<>(drops);
        this.held = new WaitQueue<>(drops);
    }

    // ---- triage

    void onDatagram(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        if (length <= FragmentHeader.LENGTH) {
            drops.count(Drop.TOO_SHORT);
            return;
        }
        if (length > Wire.MAX_PACKET_BYTES) {
            drops.count(Drop.TOO_LONG);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        if (FragmentHeader.isFragment(scratch, 0)) {
            onFragment(socket, from, length, nowMs);
        } else if (length < PacketHeader.LENGTH) {
            drops.count(Drop.TOO_SHORT);
        } else if (PacketHeader.source(scratch, 0) == settings.self().address()) {
            drops.count(Drop.OWN_SOURCE);
        } else if (PacketHeader.destination(scratch, 0) != settings.self().address()) {
            relay.onPacket(socket, from, scratch, 0, length, nowMs);
        } else if (PacketHeader.isFragmented(scratch, 0)) {
            onPutTogether(reassembler.onHead(socket, from, scratch, 0, length, nowMs), nowMs);
        } else {
            decode(socket, from, scratch, length, false, nowMs);
        }
    }

    private void onFragment(int socket, Endpoint from, int length, long nowMs) {
        if (FragmentHeader.destination(scratch, 0) == settings.self().address()) {
            onPutTogether(reassembler.onFragment(from, scratch, 0, length, nowMs), nowMs);
        } else {
            relay.onFragment(socket, from, scratch, 0, length, nowMs);
        }
    }

    private void onPutTogether(int length, long nowMs) {
        if (length > 0) {
            int at = reassembler.packetAt();
            onReassembled(reassembler.socket(), reassembler.from(), reassembler.packet(), at, length, nowMs);
        }
    }

    void onReassembled(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        if (length < PacketHeader.LENGTH || length > Wire.MAX_PACKET_BYTES) {
            drops.count(Drop.BAD_FRAGMENT);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        boolean ours = PacketHeader.destination(scratch, 0) == settings.self().address();
        if (ours && PacketHeader.source(scratch, 0) != settings.self().address()) {
            decode(socket, from, scratch, length, true, nowMs);
        } else {
            drops.count(ours ? Drop.OWN_SOURCE : Drop.NOT_FOR_US);
        }
    }

    // ---- decoding

    /** @param packet may be changed in place, unless its sender is unknown */
    private void decode(int socket, Endpoint from, byte[] packet, int length, boolean whole, long nowMs) {
        int suite = PacketHeader.suite(packet, 0);
        long source = PacketHeader.source(packet, 0);
        if (suite == Wire.SUITE_POLY1305 && PacketHeader.verb(packet, 0) == Verb.HELLO) {
            onSealedHello(socket, from, packet, length, nowMs);
            return;
        }
        if (suite > Wire.SUITE_AES_GMAC_SIV) {
            drops.count(Drop.BAD_SUITE);
            return;
        }
        boolean trusted = suite == Wire.SUITE_TRUSTED_PATH;
        if (trusted && !peers.policy().isTrusted(from, PacketHeader.mac(packet, 0))) {
            drops.count(Drop.BAD_TRUSTED_PATH);
            return;
        }
        Peer peer = peers.find(source);
        if (peer == null) {
            onUnknownSender(new Sealed(source, socket, from, Arrays.copyOf(packet, length), whole), nowMs);
        } else if (trusted) {
            // proves nothing, so it says nothing about what came before
            decompress(peer, socket, from, packet, length, nowMs);
        } else if (armor.open(packet, 0, length, peer.keys())) {
            judge(peer, socket, from, packet, length, armor.openedId(), nowMs);
        } else {
            drops.count(Drop.BAD_MAC);
        }
    }

    /** Was it here before? A copy that came directly proved its path alive, if nothing else. */
    private void judge(Peer peer, int socket, Endpoint from, byte[] packet, int length, long id, long nowMs) {
        switch (peer.guard().judge(packet, 0, id, nowMs)) {
            case NEW -> decompress(peer, socket, from, packet, length, nowMs);
            case STRANGE -> negotiation.onStrange(peer, socket, from, Arrays.copyOf(packet, length), id, nowMs);
            case OLD -> drops.count(Drop.REPLAYED);
            case COPY -> {
                drops.count(Drop.REPLAYED);
                contacts.heardCopy(peer, socket, from, PacketHeader.hops(packet, 0), nowMs);
            }
        }
    }

    private void onSealedHello(int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        try {
            greeter.onHello(socket, from, packet, length, nowMs);
        } catch (MalformedException e) {
            drops.count(Drop.MALFORMED);
        }
    }

    private void onUnknownSender(Sealed sealed, long nowMs) {
        drops.count(Drop.UNKNOWN_PEER);
        if (!Addresses.isReserved(sealed.source)) {
            strangers.add(sealed, nowMs);
            whois.lookupForStranger(sealed.source, nowMs);
        }
    }

    private void decompress(Peer peer, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        if (!PacketHeader.isCompressed(packet, 0)) {
            dispatch(peer, socket, from, packet, length, nowMs);
            return;
        }
        int longer;
        try {
            longer = Compression.decompress(packet, 0, length, decompressed, 0);
        } catch (MalformedException e) {
            drops.count(Drop.BAD_COMPRESSION);
            return;
        }
        dispatch(peer, socket, from, decompressed, longer, nowMs);
    }

    void onOpened(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        Peer peer = length < PacketHeader.LENGTH ? null : peers.find(PacketHeader.source(bytes, offset));
        if (peer == null || length > Wire.MAX_PACKET_BYTES) {
            drops.count(Drop.UNKNOWN_PEER);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        dispatch(peer, socket, from, scratch, length, nowMs);
    }

    void onStrange(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        Peer peer = length < PacketHeader.LENGTH ? null : peers.find(PacketHeader.source(bytes, offset));
        if (peer == null || length > Wire.MAX_PACKET_BYTES) {
            drops.count(Drop.UNKNOWN_PEER);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        judge(peer, socket, from, scratch, length, armor.idOf(scratch, 0, peer.keys()), nowMs);
    }

    // ---- verbs

    private void dispatch(Peer peer, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        int hops = PacketHeader.hops(packet, 0);
        Received received = new Received(
                peer.identity(),
                PacketHeader.verb(packet, 0),
                PacketHeader.packetId(packet, 0),
                hops,
                socket,
                from,
                packet,
                PacketHeader.LENGTH,
                length - PacketHeader.LENGTH);
        try {
            if (received.verb == Verb.HELLO) {
                greeter.onOpenedHello(peer, socket, from, packet, length, nowMs);
            } else {
                finish(peer, received, onVerb(peer, received, nowMs), nowMs);
            }
        } catch (MalformedException e) {
            drops.count(Drop.MALFORMED);
        }
    }

    /** @return what to note of it; {@link Upper.Handled#MALFORMED} if nothing, not even that the peer was heard */
    private Upper.Handled onVerb(Peer peer, Received packet, long nowMs) {
        return switch (packet.verb) {
            case Verb.OK -> onOk(peer, packet, nowMs);
            case Verb.ERROR -> onError(peer, packet, nowMs);
            case Verb.WHOIS -> onWhois(peer, packet, nowMs);
            case Verb.RENDEZVOUS -> onRendezvous(peer, packet, nowMs);
            case Verb.ECHO -> onEcho(peer, packet, nowMs);
            case Verb.PUSH_DIRECT_PATHS -> onPush(peer, packet, nowMs);
            case Verb.NEGOTIATE -> {
                negotiation.onNegotiate(peer, packet, this::judge, nowMs);
                yield Upper.Handled.IGNORED;
            }
            case Verb.ACK, Verb.QOS_MEASUREMENT, Verb.PATH_NEGOTIATION_REQUEST -> Upper.Handled.MALFORMED;
            case Verb.FRAME,
                    Verb.EXT_FRAME,
                    Verb.MULTICAST_LIKE,
                    Verb.NETWORK_CREDENTIALS,
                    Verb.NETWORK_CONFIG_REQUEST,
                    Verb.NETWORK_CONFIG,
                    Verb.MULTICAST_GATHER,
                    Verb.MULTICAST_FRAME,
                    Verb.USER_MESSAGE,
                    Verb.REMOTE_TRACE -> upper.onVerb(packet, nowMs);
            default -> Upper.Handled.IGNORED;
        };
    }

    private Upper.Handled onOk(Peer peer, Received packet, long nowMs) {
        WireReader in = packet.reader();
        InRe inRe = InRe.read(in);
        if (!expected.isExpected(inRe.packetId(), packet.source, nowMs)) {
            return unexpected();
        }
        return switch (inRe.verb()) {
            case Verb.HELLO -> {
                greeter.onOk(peer, packet, in, nowMs);
                yield Upper.Handled.DONE;
            }
            case Verb.WHOIS -> onWhoisOk(peer, in, nowMs);
            // that it came is all there is to it, if it could not come unasked
            case Verb.ECHO -> expected.isProof(inRe.packetId(), in) ? Upper.Handled.DONE : unexpected();
            default -> upper.onOk(packet.skip(Wire.IN_RE_BYTES), inRe.verb(), inRe.packetId(), nowMs);
        };
    }

    private Upper.Handled unexpected() {
        drops.count(Drop.UNEXPECTED_OK);
        return Upper.Handled.MALFORMED;
    }

    private Upper.Handled onWhoisOk(Peer peer, WireReader in, long nowMs) {
        if (!worlds.isUpstream(peer)) {
            drops.count(Drop.NOT_BELIEVED);
            return Upper.Handled.IGNORED;
        }
        List<Identity> identities = new ArrayList<>();
        while (in.hasRemaining()) {
            identities.add(Identity.read(in));
        }
        for (Identity identity : identities) {
            Peer known = peers.add(identity, nowMs);
            if (known != null) {
                onPeerKnown(known, nowMs);
            }
        }
        return Upper.Handled.DONE;
    }

    private Upper.Handled onError(Peer peer, Received packet, long nowMs) {
        WireReader in = packet.reader();
        InRe inRe = InRe.read(in);
        int code = in.u8();
        if (code != ErrorCode.IDENTITY_COLLISION) {
            return upper.onError(packet.skip(Wire.IN_RE_BYTES + 1), inRe.verb(), inRe.packetId(), code, nowMs);
        }
        if (worlds.isUpstream(peer)) {
            out.event(new Vl1.Event.IdentityCollision());
        } else {
            drops.count(Drop.NOT_BELIEVED);
        }
        return Upper.Handled.IGNORED;
    }

    private Upper.Handled onWhois(Peer peer, Received packet, long nowMs) {
        if (!whois.onWhois(peer, packet, nowMs)) {
            return Upper.Handled.MALFORMED;
        }
        if (worlds.isRoot() && packet.length >= Wire.ADDRESS_BYTES) {
            relay.onWhoisAnswered(peer, packet.reader().address(), nowMs);
        }
        return Upper.Handled.DONE;
    }

    private Upper.Handled onRendezvous(Peer peer, Received packet, long nowMs) {
        Rendezvous rendezvous = Rendezvous.read(packet.reader());
        if (worlds.isUpstream(peer)) {
            meetings.onRendezvous(rendezvous, packet.socket, nowMs);
        } else {
            drops.count(Drop.NOT_BELIEVED);
        }
        return Upper.Handled.DONE;
    }

    private Upper.Handled onEcho(Peer peer, Received packet, long nowMs) {
        if (!echoes.pass(new EchoPath(packet.source, packet.socket, packet.path), nowMs)) {
            drops.count(Drop.RATE_LIMITED);
            return Upper.Handled.MALFORMED;
        }
        WireWriter answer = new WireWriter(Wire.IN_RE_BYTES + packet.length);
        new InRe(Verb.ECHO, packet.packetId).write(answer);
        answer.bytes(packet.buffer, packet.offset, packet.length);
        outbound.answer(peer, packet.socket, packet.path, Verb.OK, answer, nowMs);
        return Upper.Handled.DONE;
    }

    private Upper.Handled onPush(Peer peer, Received packet, long nowMs) {
        DirectPaths offered = DirectPaths.read(packet.reader());
        if (peer.mayPush(nowMs)) {
            push.onPush(peer, offered, nowMs);
        } else {
            drops.count(Drop.RATE_LIMITED);
        }
        return Upper.Handled.DONE;
    }

    // ---- behind the verb

    private void finish(Peer peer, Received packet, Upper.Handled handled, long nowMs) {
        switch (handled) {
            case MALFORMED -> {
                return;
            }
            case HOLD -> held.add(new Held(copy(packet)), nowMs);
            case TRUSTED -> {
                peer.trusted(nowMs);
                relay.trusts(packet.socket, packet.path, nowMs);
            }
            case IGNORED, DONE -> {}
        }
        int paths = peer.paths().size();
        int verb = provesNothing(peer, packet) ? Verb.NOP : packet.verb;
        contacts.received(peer, verb, packet.socket, packet.path, packet.hops, nowMs);
        push.pushIfDue(peer, packet.hops > 0, nowMs);
        if (handled == Upper.Handled.TRUSTED) {
            retryHeld(nowMs);
        }
        if (peer.paths().size() > paths) {
            courier.retry(nowMs);
        }
    }

    /** An OK is the proof of a round trip only if nobody can foresee the id it names, or it repeats what we drew. */
    private static boolean provesNothing(Peer peer, Received packet) {
        if (packet.verb != Verb.OK || !peer.agreement().isTold()) {
            return false;
        }
        int answered = InRe.read(packet.reader()).verb();
        return answered != Verb.HELLO && answered != Verb.ECHO;
    }

    /** Somebody became known: what waited for that goes on. */
    void onPeerKnown(Peer peer, long nowMs) {
        whois.answered(peer.address());
        courier.retry(nowMs);
        meetings.onPeerKnown(peer, nowMs);
        for (Sealed sealed : strangers.take(waiting -> waiting.source == peer.address())) {
            byte[] packet = sealed.packet;
            decode(sealed.socket, sealed.from, packet, packet.length, sealed.whole, nowMs);
        }
    }

    void onValidated(Identity identity, boolean valid, long nowMs) {
        try {
            Peer peer = greeter.onValidated(identity, valid, nowMs);
            if (peer != null) {
                onPeerKnown(peer, nowMs);
            }
        } catch (MalformedException e) {
            drops.count(Drop.MALFORMED);
        }
    }

    /** Shows the layer above again what it could not judge. @return when to be asked next */
    long poll(long nowMs) {
        retryHeld(nowMs);
        long nextMs = negotiation.poll(this::judge, nowMs);
        boolean idle = held.isEmpty() && strangers.isEmpty();
        return idle ? nextMs : Math.min(nextMs, nowMs + Timing.WAIT_QUEUE_CHECK_MS);
    }

    private void retryHeld(long nowMs) {
        held.retry(waiting -> judgeAgain(waiting.packet, nowMs), nowMs);
        strangers.expire(nowMs);
    }

    private boolean judgeAgain(Received packet, long nowMs) {
        Peer peer = peers.find(packet.source);
        if (peer == null) {
            return true;
        }
        Upper.Handled handled = upper.onVerb(packet, nowMs);
        if (handled == Upper.Handled.TRUSTED) {
            peer.trusted(nowMs);
        }
        return handled != Upper.Handled.HOLD;
    }

    private static Received copy(Received packet) {
        byte[] payload = Arrays.copyOfRange(packet.buffer, packet.offset, packet.offset + packet.length);
        return new Received(
                packet.from,
                packet.verb,
                packet.packetId,
                packet.hops,
                packet.socket,
                packet.path,
                payload,
                0,
                payload.length);
    }
}
