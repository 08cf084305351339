package io.wirecloset.controller.model;

/**
 * How a member was last let in.
 *
 * @param atMs wall time, 0 for never
 * @param by what let it in; null for never, or if that is not known
 * @param token the secret it showed, if it was that; else null
 */
public record Authorization(long atMs, By by, String token) {
    public static final Authorization NEVER = new Authorization(0, null, null);

    /** What lets somebody in. */
    public enum By {
        /** The owner of the network said so. */
        OWNER,
        /** The network is public. */
        PUBLIC_NETWORK,
        /** It showed a token of the network. */
        TOKEN
    }

    public static Authorization byOwner(long wallMs) {
        return new Authorization(wallMs, By.OWNER, null);
    }

    public static Authorization byPublicNetwork(long wallMs) {
        return new Authorization(wallMs, By.PUBLIC_NETWORK, null);
    }

    public static Authorization byToken(long wallMs, String token) {
        return new Authorization(wallMs, By.TOKEN, token);
    }

    @Override
    public String toString() {
        return "Authorization[atMs=" + atMs + ", by=" + by + (token == null ? "]" : ", token=***]");
    }
}
