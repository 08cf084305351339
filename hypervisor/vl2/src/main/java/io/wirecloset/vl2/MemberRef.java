package io.wirecloset.vl2;

/** The place of one member in a {@link MemberTable}. Its record is swapped by the control loop without a new table. */
public final class MemberRef {
    private final long address;

    // written by the control loop, read by the lanes; replaced whole
    private volatile MemberRecord record;

    public MemberRef(MemberRecord record) {
        this.address = record.address();
        this.record = record;
    }

    public long address() {
        return address;
    }

    public MemberRecord record() {
        return record;
    }

    void record(MemberRecord next) {
        record = next;
    }
}
