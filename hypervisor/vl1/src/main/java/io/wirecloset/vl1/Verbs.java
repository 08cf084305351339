package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.RateGate;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.InRe;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
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
 * What each verb does, once a packet is authentic and new, and the bookkeeping behind it (notes on verbs; notes on
 * behaviour, section 3). What does not parse ends here, counted, and has no effect.
 */
final class Verbs {
    /** What decoding does further when a verb brings news. */
    interface Decoding {
        /** Somebody became known. */
        void peerKnown(Peer peer, long nowMs);

        /** For packets that could not be judged before. */
        Negotiation.Judge judge();
    }

    /** A packet the layer above cannot judge yet. */
    private record Held(Received packet) {}

    private record EchoPath(long peer, int socket, Endpoint endpoint) {}

    private final Parts parts;
    private final Decoding decoding;
    private final WaitQueue<Held> held;
    private final RateGate<EchoPath> echoes = new RateGate<>(Timing.ECHO_ANSWER_MS, Limits.STRANGE_PATHS);

    Verbs(Parts parts, Decoding decoding) {
        this.parts = parts;
        this.decoding = decoding;
        this.held = new WaitQueue<>(parts.drops);
    }

    /** @param packet whole, with its header; borrowed */
    void dispatch(Peer peer, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
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
                parts.greeter.onOpenedHello(peer, socket, from, packet, length, nowMs);
            } else {
                finish(peer, received, onVerb(peer, received, nowMs), nowMs);
            }
        } catch (MalformedException e) {
            parts.drops.count(Drop.MALFORMED);
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
                parts.negotiation.onNegotiate(peer, packet, decoding.judge(), nowMs);
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
                    Verb.REMOTE_TRACE -> parts.upper.onVerb(packet, nowMs);
            default -> Upper.Handled.IGNORED;
        };
    }

    private Upper.Handled onOk(Peer peer, Received packet, long nowMs) {
        WireReader in = packet.reader();
        InRe inRe = InRe.read(in);
        if (!parts.expected.isExpected(inRe.packetId(), packet.source, nowMs)) {
            return unexpected();
        }
        return switch (inRe.verb()) {
            case Verb.HELLO -> {
                parts.greeter.onOk(peer, packet, in, nowMs);
                yield Upper.Handled.DONE;
            }
            case Verb.WHOIS -> onWhoisOk(peer, in, nowMs);
            // that it came is all there is to it, if it could not come unasked
            case Verb.ECHO -> parts.expected.isProof(inRe.packetId(), in) ? Upper.Handled.DONE : unexpected();
            default -> parts.upper.onOk(packet.skip(Wire.IN_RE_BYTES), inRe.verb(), inRe.packetId(), nowMs);
        };
    }

    private Upper.Handled unexpected() {
        parts.drops.count(Drop.UNEXPECTED_OK);
        return Upper.Handled.MALFORMED;
    }

    private Upper.Handled onWhoisOk(Peer peer, WireReader in, long nowMs) {
        if (!parts.worlds.isUpstream(peer)) {
            parts.drops.count(Drop.NOT_BELIEVED);
            return Upper.Handled.IGNORED;
        }
        List<Identity> identities = new ArrayList<>();
        while (in.hasRemaining()) {
            identities.add(Identity.read(in));
        }
        for (Identity identity : identities) {
            Peer known = parts.peers.add(identity, nowMs);
            if (known != null) {
                decoding.peerKnown(known, nowMs);
            }
        }
        return Upper.Handled.DONE;
    }

    private Upper.Handled onError(Peer peer, Received packet, long nowMs) {
        WireReader in = packet.reader();
        InRe inRe = InRe.read(in);
        int code = in.u8();
        if (code != ErrorCode.IDENTITY_COLLISION) {
            return parts.upper.onError(packet.skip(Wire.IN_RE_BYTES + 1), inRe.verb(), inRe.packetId(), code, nowMs);
        }
        if (parts.worlds.isUpstream(peer)) {
            parts.out.event(new NodeEvent.IdentityCollision());
        } else {
            parts.drops.count(Drop.NOT_BELIEVED);
        }
        return Upper.Handled.IGNORED;
    }

    private Upper.Handled onWhois(Peer peer, Received packet, long nowMs) {
        if (!parts.whois.onWhois(peer, packet, nowMs)) {
            return Upper.Handled.MALFORMED;
        }
        if (parts.worlds.isRoot() && packet.length >= Wire.ADDRESS_BYTES) {
            parts.relay.onWhoisAnswered(peer, packet.reader().address(), nowMs);
        }
        return Upper.Handled.DONE;
    }

    private Upper.Handled onRendezvous(Peer peer, Received packet, long nowMs) {
        Rendezvous rendezvous = Rendezvous.read(packet.reader());
        if (parts.worlds.isUpstream(peer)) {
            parts.meetings.onRendezvous(rendezvous, packet.socket, nowMs);
        } else {
            parts.drops.count(Drop.NOT_BELIEVED);
        }
        return Upper.Handled.DONE;
    }

    private Upper.Handled onEcho(Peer peer, Received packet, long nowMs) {
        if (!echoes.pass(new EchoPath(packet.source, packet.socket, packet.path), nowMs)) {
            parts.drops.count(Drop.RATE_LIMITED);
            return Upper.Handled.MALFORMED;
        }
        WireWriter answer = new WireWriter(Wire.IN_RE_BYTES + packet.length);
        new InRe(Verb.ECHO, packet.packetId).write(answer);
        answer.bytes(packet.buffer, packet.offset, packet.length);
        parts.outbound.answer(peer, packet.socket, packet.path, Verb.OK, answer, nowMs);
        return Upper.Handled.DONE;
    }

    private Upper.Handled onPush(Peer peer, Received packet, long nowMs) {
        DirectPaths offered = DirectPaths.read(packet.reader());
        if (peer.mayPush(nowMs)) {
            parts.push.onPush(peer, offered, nowMs);
        } else {
            parts.drops.count(Drop.RATE_LIMITED);
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
                parts.relay.trusts(packet.socket, packet.path, nowMs);
            }
            case IGNORED, DONE -> {}
        }
        int paths = peer.paths().size();
        int verb = provesNothing(peer, packet) ? Verb.NOP : packet.verb;
        parts.contacts.received(peer, verb, packet.socket, packet.path, packet.hops, nowMs);
        parts.push.pushIfDue(peer, packet.hops > 0, nowMs);
        if (handled == Upper.Handled.TRUSTED) {
            retryHeld(nowMs);
        }
        if (peer.paths().size() > paths) {
            parts.courier.retry(nowMs);
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

    /** Shows the layer above again what it could not judge. @return when to be asked next */
    long poll(long nowMs) {
        retryHeld(nowMs);
        return held.isEmpty() ? Long.MAX_VALUE : nowMs + Timing.WAIT_QUEUE_CHECK_MS;
    }

    private void retryHeld(long nowMs) {
        held.retry(waiting -> judgeAgain(waiting.packet, nowMs), nowMs);
    }

    private boolean judgeAgain(Received packet, long nowMs) {
        Peer peer = parts.peers.find(packet.source);
        if (peer == null) {
            return true;
        }
        Upper.Handled handled = parts.upper.onVerb(packet, nowMs);
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
