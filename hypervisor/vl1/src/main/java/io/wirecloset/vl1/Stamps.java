package io.wirecloset.vl1;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * When a lane last heard and sent what: the one thing lanes write that the control loop reads. One object per lane,
 * times in milliseconds by slot, 0 for never. Slots are handed out by the control loop in {@link PathRecord#slot} and
 * {@link PeerRecord#slot}; one that is not below the sizes given here is not stamped.
 */
public final class Stamps {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    // written by the lane, read by the control loop
    private final long[] pathHeard;
    private final long[] pathSent;
    private final long[] frameHeard;
    private final long[] frameRelayed;
    private final long[] trusted;

    public Stamps(int peers, int paths) {
        pathHeard = new long[paths];
        pathSent = new long[paths];
        frameHeard = new long[peers];
        frameRelayed = new long[peers];
        trusted = new long[peers];
    }

    /** An authenticated packet came directly over the path. */
    public void heardOnPath(int slot, long nowMs) {
        stamp(pathHeard, slot, nowMs);
    }

    /** Something was sent on the path. */
    public void sentOnPath(int slot, long nowMs) {
        stamp(pathSent, slot, nowMs);
    }

    /** A frame of the peer's was opened, directly received or relayed. */
    public void heardFrame(int peerSlot, int hops, long nowMs) {
        stamp(frameHeard, peerSlot, nowMs);
        if (hops > 0) {
            stamp(frameRelayed, peerSlot, nowMs);
        }
    }

    /** A frame of the peer's passed a network's gate: it is to be trusted with our endpoints. */
    public void trusted(int peerSlot, long nowMs) {
        stamp(trusted, peerSlot, nowMs);
    }

    long pathHeardMs(int slot) {
        return read(pathHeard, slot);
    }

    long pathSentMs(int slot) {
        return read(pathSent, slot);
    }

    long frameHeardMs(int peerSlot) {
        return read(frameHeard, peerSlot);
    }

    long frameRelayedMs(int peerSlot) {
        return read(frameRelayed, peerSlot);
    }

    long trustedMs(int peerSlot) {
        return read(trusted, peerSlot);
    }

    private static void stamp(long[] times, int slot, long nowMs) {
        if (slot < times.length) {
            CELL.setOpaque(times, slot, nowMs);
        }
    }

    private static long read(long[] times, int slot) {
        return slot < times.length ? (long) CELL.getOpaque(times, slot) : 0;
    }
}
