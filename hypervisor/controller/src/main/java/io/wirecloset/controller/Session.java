package io.wirecloset.controller;

import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.vl1.wire.Endpoint;

/** What is known of a member only as long as the controller runs; never stored. */
final class Session {
    long lastRequestMs;
    long lastSeenWallMs;
    Endpoint path;
    MemberInfo info;
    /** When it was sent a configuration; 0 for not since the start. */
    long configuredMs;
}
