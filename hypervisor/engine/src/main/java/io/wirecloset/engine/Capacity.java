package io.wirecloset.engine;

import io.wirecloset.vl1.wire.Limits;

/**
 * What a node sets aside once, so that nothing is taken per packet.
 *
 * @param peers whose frames are stamped; beyond that a peer looks idle to the control loop
 * @param paths whose use is stamped
 * @param mailboxBytes from each lane to the control loop
 * @param slabSlots of each lane, 10 KiB each
 */
public record Capacity(int peers, int paths, int mailboxBytes, int slabSlots) {
    /** As many as VL1 keeps; a tenth of a second of control traffic; one train of datagrams. About 3 MiB per lane. */
    public static final Capacity DEFAULT = new Capacity(Limits.PEERS, Limits.PATHS, 1 << 20, 64);

    /** For a test with many nodes in one process. */
    public static final Capacity SMALL = new Capacity(256, 1024, 1 << 16, 1);
}
