package io.wirecloset.controller.model;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** Secrets that let whoever shows one into a private network (controller.md 5), and until when. Immutable. */
public final class AuthTokens {
    public static final AuthTokens NONE = new AuthTokens(Map.of());

    private static final long NEVER = 0;

    private final Map<String, Long> expiries;

    private AuthTokens(Map<String, Long> expiries) {
        this.expiries = Collections.unmodifiableMap(new TreeMap<>(expiries));
    }

    /**
     * @param expiries token to the wall time in ms from which it lets nobody in any more, 0 for never
     * @throws IllegalArgumentException for a negative time, or more than {@link Limits#AUTH_TOKENS}
     */
    public static AuthTokens of(Map<String, Long> expiries) {
        if (expiries.values().stream().anyMatch(expiry -> expiry < 0)) {
            throw new IllegalArgumentException("a token's expiry is a time in ms, or 0 for never");
        }
        if (expiries.size() > Limits.AUTH_TOKENS) {
            throw new IllegalArgumentException("a network has at most " + Limits.AUTH_TOKENS + " tokens");
        }
        return expiries.isEmpty() ? NONE : new AuthTokens(expiries);
    }

    /** By ascending token. */
    public Map<String, Long> expiries() {
        return expiries;
    }

    public boolean isEmpty() {
        return expiries.isEmpty();
    }

    /** @param token what somebody shows, or null */
    public boolean admits(String token, long wallMs) {
        Long expiry = token == null ? null : expiries.get(token);
        return expiry != null && (expiry == NEVER || expiry > wallMs);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof AuthTokens other && expiries.equals(other.expiries);
    }

    @Override
    public int hashCode() {
        return expiries.hashCode();
    }

    @Override
    public String toString() {
        return expiries.size() + " tokens ***";
    }
}
