package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.RandomSource;

/**
 * Gives packet ids that nobody can foresee and that never come twice: a 64-bit block cipher, keyed anew at every start,
 * over (lane, counter). Each lane, and the control loop, has one of its own. Driven by one thread.
 *
 * <p>Packets to a peer are numbered under a key of that peer's own ({@link OutgoingIds}), which it may be told. Packets
 * whose ids not even their receiver may foresee, as the answer proves that they arrived, are numbered under one that nobody
 * is told.
 *
 * <pre>
 *  id = E(key, lane : 8 bits | counter : 56 bits)
 * </pre>
 */
public final class PacketIds {
    /** Lanes that can share a key. */
    public static final int MAX_LANES = 256;

    private final OutgoingIds untold;
    private final int lanes;
    private final int lane;

    private PacketIds(OutgoingIds untold, int lanes, int lane) {
        this.untold = untold;
        this.lanes = lanes;
        this.lane = lane;
    }

    /**
     * One for each of {@code lanes} threads, under a fresh key.
     *
     * @param lanes 1..256
     */
    public static PacketIds[] forLanes(int lanes, RandomSource random) {
        if (lanes < 1 || lanes > MAX_LANES) {
            throw new IllegalArgumentException("lanes beyond 8 bits");
        }
        OutgoingIds untold = OutgoingIds.draw(lanes, random);
        PacketIds[] all = new PacketIds[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            all[lane] = new PacketIds(untold, lanes, lane);
        }
        return all;
    }

    /** The next id that nobody is told how to open. */
    public long next() {
        return untold.next(lane);
    }

    /** The next id of a packet to the peer whose ids these are; null is nobody's. */
    public long next(OutgoingIds ofPeer) {
        return ofPeer == null ? next() : ofPeer.next(lane);
    }

    /** Those who number packets beside this one, itself included. */
    public int lanes() {
        return lanes;
    }
}
