package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Endpoint;
import java.util.List;

/**
 * A peer as shown to people and programs that ask.
 *
 * @param software "1.14.1", or "-1.-1.-1" if it did not say
 * @param protocol 0 if it did not say
 * @param latencyMs of the preferred path; -1 if unknown
 * @param lastReceiveMs when anything authentic came from it, directly or not
 */
public record PeerView(
        long address,
        String software,
        int protocol,
        int latencyMs,
        Role role,
        boolean trusted,
        long lastReceiveMs,
        List<PathView> paths) {
    /** What it is to us. */
    public enum Role {
        LEAF,
        MOON,
        PLANET
    }

    /**
     * @param lastSendMs 0 for never
     * @param active heard on lately
     * @param preferred the one in use
     * @param trustedPathId what packets on it carry instead of a seal; 0 if they are sealed
     */
    public record PathView(
            Endpoint endpoint,
            int socket,
            long lastSendMs,
            long lastReceiveMs,
            int latencyMs,
            boolean active,
            boolean expired,
            boolean preferred,
            long trustedPathId) {}

    /** Is there a way to it without a relay? */
    public boolean isDirect() {
        return paths.stream().anyMatch(path -> path.preferred() && !path.expired());
    }
}
