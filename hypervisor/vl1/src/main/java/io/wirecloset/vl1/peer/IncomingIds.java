package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.Speck64;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A peer's packets of the session it announced, told apart from repetitions: every id opens to its lane and counter, and
 * each lane has an exact window. Shared by all lanes and the control loop.
 */
public final class IncomingIds {
    private static final VarHandle SURE_UNTIL_MS = sureUntil();

    // set once
    private final SessionIds session;
    private final Speck64 cipher;
    private final ReplayWindow[] windows;

    /** Until then the session is known to be the peer's present one. */
    @SuppressWarnings("UnusedVariable") // by its handle
    private long sureUntilMs;

    /**
     * @param fromTheStart no packet of this session was let through yet, so those just before the announcement may come;
     *     otherwise they count as seen
     */
    public IncomingIds(SessionIds session, boolean fromTheStart, long nowMs) {
        this.session = session;
        this.cipher = new Speck64(session.keyHigh(), session.keyLow());
        this.windows = new ReplayWindow[session.floors().length];
        for (int lane = 0; lane < windows.length; lane++) {
            long next = session.floors()[lane];
            long floor = fromTheStart ? Math.max(0, next - ReplayWindow.PACKETS) : next;
            windows[lane] = new ReplayWindow(floor, next, nowMs);
        }
    }

    public SessionIds session() {
        return session;
    }

    public int lanes() {
        return windows.length;
    }

    /** The peer just proved that this is its session: for a while nothing strange is worth a question. */
    public void sureUntil(long untilMs) {
        SURE_UNTIL_MS.setOpaque(this, untilMs);
    }

    /** @param id as the sender gave it, before the cipher changed it */
    Verdict judge(long id, long nowMs) {
        long opened = cipher.decrypt(id);
        int lane = (int) (opened >>> OutgoingIds.COUNTER_BITS);
        Verdict verdict =
                lane < windows.length ? windows[lane].judge(opened & OutgoingIds.COUNTERS - 1, nowMs) : Verdict.STRANGE;
        boolean sure = verdict == Verdict.STRANGE && nowMs < (long) SURE_UNTIL_MS.getOpaque(this);
        return sure ? Verdict.OLD : verdict;
    }

    private static VarHandle sureUntil() {
        try {
            return MethodHandles.lookup().findVarHandle(IncomingIds.class, "sureUntilMs", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
