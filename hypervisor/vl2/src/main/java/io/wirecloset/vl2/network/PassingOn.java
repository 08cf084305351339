package io.wirecloset.vl2.network;

import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which chunks of a network's configurations we pass on to its members. Whoever holds old chunks with the controller's
 * good signature may show them to us as often as they like; each goes out once, and only so many of them in a minute.
 */
final class PassingOn {
    private final Set<Long> passedOn = new LinkedHashSet<>();
    private long windowMs = Member.NEVER;
    private int inWindow;

    /** @param chunk of good signature */
    boolean mayGo(ConfigChunk chunk, long nowMs) {
        if (nowMs - windowMs >= Timing.PASS_ON_WINDOW_MS) {
            windowMs = nowMs;
            inWindow = 0;
        }
        if (inWindow >= Limits.CHUNKS_PASSED_ON || !passedOn.add(chunk.fingerprint())) {
            return false;
        }
        inWindow++;
        if (passedOn.size() > Limits.CHUNKS_PASSED_ON) {
            Iterator<Long> oldest = passedOn.iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }
}
