package io.wirecloset.vl2.rule;

/**
 * What rules may look at (rules.md 3). One per lane, filled anew for each frame and borrowed for the call; the bytes
 * stay where they are.
 */
public final class FrameFacts {
    /** Node addresses; {@code destination} is 0 in the first pass of multicast and of bridging. */
    public long source;

    public long destination;
    public long sourceMac;
    public long destinationMac;
    public int ethertype;
    /** The frame's data, without its Ethernet header. */
    public byte[] frame;

    public int at;
    public int length;

    /** @return this, filled */
    public FrameFacts of(
            long source,
            long destination,
            long sourceMac,
            long destinationMac,
            int ethertype,
            byte[] frame,
            int at,
            int length) {
        this.source = source;
        this.destination = destination;
        this.sourceMac = sourceMac;
        this.destinationMac = destinationMac;
        this.ethertype = ethertype;
        this.frame = frame;
        this.at = at;
        this.length = length;
        return this;
    }
}
