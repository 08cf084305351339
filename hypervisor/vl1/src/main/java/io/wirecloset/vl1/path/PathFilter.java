package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;

/**
 * Endpoints that may never become a path nor be offered as one, beyond what their scope already excludes: addresses of
 * the virtual networks themselves, of pods and of services (no tunnel in the tunnel).
 */
@FunctionalInterface
public interface PathFilter {
    PathFilter NOTHING = endpoint -> false;

    boolean forbids(Endpoint endpoint);
}
