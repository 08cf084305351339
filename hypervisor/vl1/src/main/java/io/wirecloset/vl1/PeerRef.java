package io.wirecloset.vl1;

/** The place where a peer's current {@link PeerRecord} stands: written by the control loop, read by the lanes. */
public final class PeerRef {
    /** The peer as of now. Read it once per packet; written by the control loop alone. */
    public volatile PeerRecord record;

    public PeerRef(PeerRecord record) {
        this.record = record;
    }

    @Override
    public String toString() {
        return String.valueOf(record);
    }
}
