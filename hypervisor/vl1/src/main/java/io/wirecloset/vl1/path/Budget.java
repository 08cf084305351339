package io.wirecloset.vl1.path;

/** A global allowance for work that strangers cause: so many pieces per second, with bursts of as many. */
public final class Budget {
    private final int perSecond;
    private long left;
    private long secondMs = Long.MIN_VALUE / 2;

    public Budget(int perSecond) {
        this.perSecond = perSecond;
    }

    public boolean take(long nowMs) {
        if (nowMs - secondMs >= 1_000) {
            secondMs = nowMs;
            left = perSecond;
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
