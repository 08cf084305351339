package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import java.util.Arrays;

/**
 * What happens to a datagram on the control loop: triage and decoding (notes on packets, section 8), up to an authentic
 * packet, whose verb {@link Verbs} knows. Methods stand in the order in which a datagram meets them.
 */
final class Inbound {
    /** Ciphertext of somebody we do not know yet. @param whole put together from fragments before */
    private record Sealed(long source, int socket, Endpoint from, byte[] packet, boolean whole) {}

    private final Parts parts;
    private final Verbs verbs;
    private final Armor armor = new Armor();
    private final Reassembler reassembler;
    private final WaitQueue<Sealed> strangers;
    private final byte[] scratch = new byte[Wire.MAX_PACKET_BYTES];
    private final byte[] decompressed = new byte[Wire.MAX_PACKET_BYTES];

    Inbound(Parts parts) {
        this.parts = parts;
        this.reassembler = new Reassembler(parts.drops);
        this.strangers = new WaitQueue<>(parts.drops);
        this.verbs = new Verbs(parts, new Verbs.Decoding() {
            @Override
            public void peerKnown(Peer peer, long nowMs) {
                onPeerKnown(peer, nowMs);
            }

            @Override
            public Negotiation.Judge judge() {
                return Inbound.this::judge;
            }
        });
    }

    // ---- triage

    void onDatagram(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        if (length <= FragmentHeader.LENGTH) {
            parts.drops.count(Drop.TOO_SHORT);
            return;
        }
        if (length > Wire.MAX_PACKET_BYTES) {
            parts.drops.count(Drop.TOO_LONG);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        if (FragmentHeader.isFragment(scratch, 0)) {
            onFragment(socket, from, length, nowMs);
        } else if (length < PacketHeader.LENGTH) {
            parts.drops.count(Drop.TOO_SHORT);
        } else if (PacketHeader.source(scratch, 0) == parts.settings.self().address()) {
            parts.drops.count(Drop.OWN_SOURCE);
        } else if (PacketHeader.destination(scratch, 0) != parts.settings.self().address()) {
            parts.relay.onPacket(socket, from, scratch, 0, length, nowMs);
        } else if (PacketHeader.isFragmented(scratch, 0)) {
            onPutTogether(reassembler.onHead(socket, from, scratch, 0, length, nowMs), nowMs);
        } else {
            decode(socket, from, scratch, length, false, nowMs);
        }
    }

    private void onFragment(int socket, Endpoint from, int length, long nowMs) {
        if (FragmentHeader.destination(scratch, 0) == parts.settings.self().address()) {
            onPutTogether(reassembler.onFragment(from, scratch, 0, length, nowMs), nowMs);
        } else {
            parts.relay.onFragment(socket, from, scratch, 0, length, nowMs);
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
            parts.drops.count(Drop.BAD_FRAGMENT);
            return;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        boolean ours =
                PacketHeader.destination(scratch, 0) == parts.settings.self().address();
        if (ours && PacketHeader.source(scratch, 0) != parts.settings.self().address()) {
            decode(socket, from, scratch, length, true, nowMs);
        } else {
            parts.drops.count(ours ? Drop.OWN_SOURCE : Drop.NOT_FOR_US);
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
            parts.drops.count(Drop.BAD_SUITE);
            return;
        }
        boolean trusted = suite == Wire.SUITE_TRUSTED_PATH;
        if (trusted && !parts.peers.policy().isTrusted(from, PacketHeader.mac(packet, 0))) {
            parts.drops.count(Drop.BAD_TRUSTED_PATH);
            return;
        }
        Peer peer = parts.peers.find(source);
        if (peer == null) {
            onUnknownSender(new Sealed(source, socket, from, Arrays.copyOf(packet, length), whole), nowMs);
        } else if (trusted) {
            // proves nothing, so it says nothing about what came before
            decompress(peer, socket, from, packet, length, nowMs);
        } else if (armor.open(packet, 0, length, peer.keys())) {
            judge(peer, socket, from, packet, length, armor.openedId(), nowMs);
        } else {
            parts.drops.count(Drop.BAD_MAC);
        }
    }

    /** Was it here before? A copy that came directly proved its path alive, if nothing else. */
    private void judge(Peer peer, int socket, Endpoint from, byte[] packet, int length, long id, long nowMs) {
        switch (peer.guard().judge(packet, 0, id, nowMs)) {
            case NEW -> decompress(peer, socket, from, packet, length, nowMs);
            case STRANGE -> parts.negotiation.onStrange(peer, socket, from, Arrays.copyOf(packet, length), id, nowMs);
            case OLD -> parts.drops.count(Drop.REPLAYED);
            case COPY -> {
                parts.drops.count(Drop.REPLAYED);
                parts.contacts.heardCopy(peer, socket, from, PacketHeader.hops(packet, 0), nowMs);
            }
        }
    }

    private void onSealedHello(int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        try {
            parts.greeter.onHello(socket, from, packet, length, nowMs);
        } catch (MalformedException e) {
            parts.drops.count(Drop.MALFORMED);
        }
    }

    private void onUnknownSender(Sealed sealed, long nowMs) {
        parts.drops.count(Drop.UNKNOWN_PEER);
        if (!Addresses.isReserved(sealed.source)) {
            strangers.add(sealed, nowMs);
            parts.whois.lookupForStranger(sealed.source, nowMs);
        }
    }

    private void decompress(Peer peer, int socket, Endpoint from, byte[] packet, int length, long nowMs) {
        if (!PacketHeader.isCompressed(packet, 0)) {
            verbs.dispatch(peer, socket, from, packet, length, nowMs);
            return;
        }
        int longer;
        try {
            longer = Compression.decompress(packet, 0, length, decompressed, 0);
        } catch (MalformedException e) {
            parts.drops.count(Drop.BAD_COMPRESSION);
            return;
        }
        verbs.dispatch(peer, socket, from, decompressed, longer, nowMs);
    }

    void onOpened(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        Peer peer = takeOpened(bytes, offset, length);
        if (peer != null) {
            verbs.dispatch(peer, socket, from, scratch, length, nowMs);
        }
    }

    void onStrange(int socket, Endpoint from, byte[] bytes, int offset, int length, long nowMs) {
        Peer peer = takeOpened(bytes, offset, length);
        if (peer != null) {
            judge(peer, socket, from, scratch, length, armor.idOf(scratch, 0, peer.keys()), nowMs);
        }
    }

    /** Copies what a lane opened to where it may be changed. @return whose it is; null, and counted, if nobody's we know */
    private Peer takeOpened(byte[] bytes, int offset, int length) {
        Peer peer = length < PacketHeader.LENGTH ? null : parts.peers.find(PacketHeader.source(bytes, offset));
        if (peer == null || length > Wire.MAX_PACKET_BYTES) {
            parts.drops.count(Drop.UNKNOWN_PEER);
            return null;
        }
        System.arraycopy(bytes, offset, scratch, 0, length);
        return peer;
    }

    /** Somebody became known: what waited for that goes on. */
    void onPeerKnown(Peer peer, long nowMs) {
        parts.whois.answered(peer.address());
        parts.courier.retry(nowMs);
        parts.meetings.onPeerKnown(peer, nowMs);
        for (Sealed sealed : strangers.take(waiting -> waiting.source == peer.address())) {
            byte[] packet = sealed.packet;
            decode(sealed.socket, sealed.from, packet, packet.length, sealed.whole, nowMs);
        }
    }

    void onValidated(Identity identity, boolean valid, long nowMs) {
        try {
            Peer peer = parts.greeter.onValidated(identity, valid, nowMs);
            if (peer == null) {
                peer = parts.whois.onValidated(identity, valid, nowMs);
            }
            if (peer != null) {
                onPeerKnown(peer, nowMs);
            }
        } catch (MalformedException e) {
            parts.drops.count(Drop.MALFORMED);
        }
    }

    /** Does what is due. @return when to be asked next */
    long poll(long nowMs) {
        strangers.expire(nowMs);
        long nextMs = Math.min(verbs.poll(nowMs), parts.negotiation.poll(this::judge, nowMs));
        return strangers.isEmpty() ? nextMs : Math.min(nextMs, nowMs + Timing.WAIT_QUEUE_CHECK_MS);
    }
}
