package io.wirecloset.controller.model;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;

/**
 * Whom members tell what becomes of their frames.
 *
 * @param target a node's address, ten characters as they were given; null for nobody
 * @param level how much they tell
 */
public record RemoteTrace(String target, int level) {
    public static final RemoteTrace NONE = new RemoteTrace(null, 0);

    private static final int TARGET_CHARS = 10;

    /** @throws IllegalArgumentException for a target of another length */
    public RemoteTrace {
        if (target != null && !isTarget(target)) {
            throw new IllegalArgumentException("a target of remote trace has ten characters");
        }
    }

    /** Whether this could be one: its length is all that is looked at. */
    public static boolean isTarget(String text) {
        return text.length() == TARGET_CHARS;
    }

    public boolean hasTarget() {
        return target != null;
    }

    /** The target's address; 0 without one, and for characters that are no address. */
    public long address() {
        try {
            return target == null ? 0 : Addresses.parse(target);
        } catch (MalformedException e) {
            return 0;
        }
    }

    public RemoteTrace withTarget(String newTarget) {
        return new RemoteTrace(newTarget, level);
    }

    public RemoteTrace withLevel(int newLevel) {
        return new RemoteTrace(target, newLevel);
    }
}
