package io.wirecloset.vl1;

import io.wirecloset.vl1.path.PathPolicy;
import java.util.Collection;
import java.util.List;

/**
 * Index of all peers by address. Immutable, so lanes read it without asking: what changes often stands in the
 * {@link PeerRef}s, and the index itself is replaced only when peers come or go.
 */
public final class PeerTable {
    public static final PeerTable EMPTY = new PeerTable(List.of());

    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    /** Open addressing: a cell and those behind it, up to the first empty one. Address 0 is reserved, so it means empty. */
    private final long[] addresses;

    private final PeerRef[] refs;
    private final int shift;
    private final int size;
    private final PathPolicy policy;

    public PeerTable(Collection<PeerRef> peers) {
        this(peers, PathPolicy.USUAL);
    }

    /** @param policy what the owner of this node says of the networks datagrams come from */
    public PeerTable(Collection<PeerRef> peers, PathPolicy policy) {
        this.policy = policy;
        int bits = 32 - Integer.numberOfLeadingZeros(Math.max(4, 2 * peers.size()));
        this.addresses = new long[1 << bits];
        this.refs = new PeerRef[1 << bits];
        this.shift = Long.SIZE - bits;
        this.size = peers.size();
        for (PeerRef ref : peers) {
            put(ref);
        }
    }

    /** @return where the peer's record stands, or null if the address is not known. Allocates nothing. */
    public PeerRef find(long address) {
        int mask = addresses.length - 1;
        int cell = (int) (address * SPREAD >>> shift);
        for (long there = addresses[cell]; there != 0; there = addresses[cell]) {
            if (there == address) {
                return refs[cell];
            }
            cell = cell + 1 & mask;
        }
        return null;
    }

    public PathPolicy policy() {
        return policy;
    }

    public int size() {
        return size;
    }

    private void put(PeerRef ref) {
        int mask = addresses.length - 1;
        long address = ref.record.address;
        int cell = (int) (address * SPREAD >>> shift);
        while (addresses[cell] != 0) {
            cell = cell + 1 & mask;
        }
        addresses[cell] = address;
        refs[cell] = ref;
    }
}
