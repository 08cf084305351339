package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.Speck64;

/**
 * Gives packet ids that nobody can foresee and that never come twice: a 64-bit block cipher, keyed anew at every start,
 * over (lane, counter). Each lane, and the control loop, has one of its own under the common key. Driven by one thread.
 *
 * <pre>
 *  id = E(key, lane : 8 bits | counter : 56 bits)
 * </pre>
 */
public final class PacketIds {
    /** Lanes that can share a key. */
    public static final int MAX_LANES = 256;

    private static final int COUNTER_BITS = 56;
    private static final long COUNTERS = 1L << COUNTER_BITS;

    private final Speck64 cipher;
    private final long lane;
    private long counter;

    private PacketIds(Speck64 cipher, int lane) {
        this.cipher = cipher;
        this.lane = (long) lane << COUNTER_BITS;
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
        Speck64 cipher = new Speck64(random.nextLong(), random.nextLong());
        PacketIds[] all = new PacketIds[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            all[lane] = new PacketIds(cipher, lane);
        }
        return all;
    }

    /** The next id. At a thousand million packets a second the counter lasts two years; it never begins again. */
    public long next() {
        if (counter == COUNTERS) {
            throw new IllegalStateException("packet ids used up");
        }
        return cipher.encrypt(lane | counter++);
    }

    /** Which lane gave this id? */
    public int laneOf(long packetId) {
        return (int) (cipher.decrypt(packetId) >>> COUNTER_BITS);
    }

    /** The how-manieth of its lane is this id? */
    public long counterOf(long packetId) {
        return cipher.decrypt(packetId) & COUNTERS - 1;
    }
}
