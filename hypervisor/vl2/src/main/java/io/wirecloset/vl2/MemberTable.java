package io.wirecloset.vl2;

import java.util.Collection;
import java.util.List;

/** The members of one network that this node has dealt with, by address. Immutable; replaced when members come or go. */
public final class MemberTable {
    public static final MemberTable EMPTY = new MemberTable(List.of());

    private final LongTable<MemberRef> refs;

    public MemberTable(Collection<MemberRef> members) {
        refs = new LongTable<>(members, MemberRef::address);
    }

    /** @return the member's current record, or null when nothing is known of it */
    public MemberRecord find(long address) {
        MemberRef ref = refs.find(address);
        return ref == null ? null : ref.record();
    }

    public int size() {
        return refs.size();
    }
}
