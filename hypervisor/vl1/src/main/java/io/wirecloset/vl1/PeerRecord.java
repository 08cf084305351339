package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.OutgoingIds;
import io.wirecloset.vl1.peer.ReplayGuard;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;

/** What a lane must know to open a peer's packets and to send to it. Immutable; swapped whole in its {@link PeerRef}. */
public final class PeerRecord {
    private static final PathRecord[] NO_PATHS = {};

    /** Whose keys these are: who claims the same address with another key is somebody else. */
    public final Identity identity;

    public final long address;
    /** Where {@link Stamps} keep the times of this peer. */
    public final int slot;

    public final SessionKeys keys;
    /** How packets to it are numbered; null: as the lane numbers what goes to nobody in particular. */
    public final OutgoingIds ids;
    /** What tells its packets from repetitions. */
    public final ReplayGuard guard;
    /** Protocol version the peer announced last; 0 while it has announced none. */
    public final int protocol;
    /** The direct path to use, or null. */
    public final PathRecord best;
    /** The way through an upstream for want of a direct path, or null. Its slot is that of the upstream's path. */
    public final PathRecord relay;
    /** Every path learned for the peer, {@link #best} among them. Not to be changed. */
    public final PathRecord[] known;

    /** A peer whose packets are not looked at twice. */
    public PeerRecord(
            Identity identity,
            int slot,
            SessionKeys keys,
            int protocol,
            PathRecord best,
            PathRecord relay,
            PathRecord... known) {
        this(identity, slot, keys, null, ReplayGuard.NONE, protocol, best, relay, known);
    }

    public PeerRecord(
            Identity identity,
            int slot,
            SessionKeys keys,
            OutgoingIds ids,
            ReplayGuard guard,
            int protocol,
            PathRecord best,
            PathRecord relay,
            PathRecord... known) {
        this.identity = identity;
        this.address = identity.address();
        this.slot = slot;
        this.keys = keys;
        this.ids = ids;
        this.guard = guard;
        this.protocol = protocol;
        this.best = best;
        this.relay = relay;
        this.known = known == null ? NO_PATHS : known;
    }

    /** The path a packet to this peer takes, or null. */
    public PathRecord pathToSend() {
        return best != null ? best : relay;
    }

    /** The known path a datagram came over, or null. */
    public PathRecord pathFrom(int socket, Endpoint from) {
        for (PathRecord path : known) {
            if (path.isOver(socket, from)) {
                return path;
            }
        }
        return null;
    }

    /** Cipher suite for everything but HELLO (notes on packets, section 2). */
    public int suite() {
        return protocol >= Wire.PROTOCOL_VERSION_AES ? Wire.SUITE_AES_GMAC_SIV : Wire.SUITE_SALSA_POLY1305;
    }

    /** Does it say the same as {@code other}? */
    boolean says(PeerRecord other) {
        if (slot != other.slot
                || protocol != other.protocol
                || keys != other.keys
                || ids != other.ids
                || guard != other.guard
                || !identity.equals(other.identity)
                || known.length != other.known.length) {
            return false;
        }
        for (int i = 0; i < known.length; i++) {
            if (!known[i].says(other.known[i])) {
                return false;
            }
        }
        return same(best, other.best) && same(relay, other.relay);
    }

    private static boolean same(PathRecord a, PathRecord b) {
        return a == null ? b == null : a.says(b);
    }

    @Override
    public String toString() {
        return Addresses.format(address) + " over " + pathToSend();
    }
}
