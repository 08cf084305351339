package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;

/**
 * How far we came with one peer in finding out whether it is one of our own nodes. Dies with the peer; so does, on either
 * side, what was agreed. Control loop only.
 */
public final class Agreement {
    private static final long NEVER_MS = Long.MAX_VALUE / 4;

    /** It answered a HELLO of ours. */
    private boolean answersHello;
    /** It spoke as ours do, and proved it. */
    private boolean ours;
    /** We told it how our packets are numbered, so it can foresee their ids. */
    private boolean told;
    /** What it has to repeat; 0: nothing asked. */
    private long challenge;

    /** It said something only ours say; if that was not long ago, proof will follow. */
    private boolean spoke;

    private int asked;
    private long askAtMs = NEVER_MS;
    /** Since when its packets are strange to the session it announced. */
    private long strangeSinceMs = NEVER_MS;

    public boolean answersHello() {
        return answersHello;
    }

    public void heardOk() {
        answersHello = true;
    }

    public boolean isOurs() {
        return ours;
    }

    /** Can it foresee the ids of our packets? */
    public boolean isTold() {
        return told;
    }

    public void told() {
        told = true;
    }

    // ---- questions

    /** Has it never been asked, nor is going to be? */
    public boolean isUntouched() {
        return asked == 0 && askAtMs == NEVER_MS && !ours;
    }

    public void askAt(long atMs) {
        askAtMs = Math.min(askAtMs, atMs);
    }

    public long askAtMs() {
        return askAtMs;
    }

    /** A question goes out; the next one is due later, or never: whoever does not answer is left alone. */
    public long asks(long freshChallenge, long nowMs) {
        asked++;
        int most = spoke ? Limits.NEGOTIATE_ATTEMPTS_OURS : Limits.NEGOTIATE_ATTEMPTS;
        askAtMs = asked < most ? nowMs + Timing.negotiateAgainMs(asked, spoke) : NEVER_MS;
        return challenge(freshChallenge);
    }

    /** It speaks as ours do. @return whether we still have to hear its proof */
    public boolean spoke() {
        spoke = true;
        return !ours;
    }

    /** @return what it has to repeat: the one it was asked before if that is still open */
    public long challenge(long fresh) {
        challenge = challenge != 0 ? challenge : fresh == 0 ? 1 : fresh;
        return challenge;
    }

    /** Does this answer what we asked? Each question is answered once. */
    public boolean isAnsweredBy(long answer) {
        if (answer == 0 || answer != challenge) {
            return false;
        }
        challenge = 0;
        ours = true;
        asked = 0;
        askAtMs = NEVER_MS;
        strangeSinceMs = NEVER_MS;
        return true;
    }

    // ---- doubt

    /** Something strange came from it: it is asked at once, and given some time. */
    public void strange(long nowMs) {
        if (strangeSinceMs == NEVER_MS) {
            strangeSinceMs = nowMs;
            asked = 0;
            askAtMs = nowMs;
        }
    }

    /** Strange for too long without an answer: it is none of ours any more. */
    public boolean isBroken(long nowMs) {
        return nowMs - strangeSinceMs >= Timing.NEGOTIATE_DOUBT_MS;
    }

    public boolean isDoubted() {
        return strangeSinceMs != NEVER_MS;
    }

    public long brokenAtMs() {
        return strangeSinceMs + Timing.NEGOTIATE_DOUBT_MS;
    }

    /** From now on it is treated as any node, and not asked again unless it speaks. */
    public void broken() {
        ours = false;
        strangeSinceMs = NEVER_MS;
        challenge = 0;
        askAtMs = NEVER_MS;
        asked = Limits.NEGOTIATE_ATTEMPTS;
    }
}
