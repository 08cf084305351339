package io.wirecloset.controller.model;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.config.RequestMetadata;

/** What a node's request said about its software. Unknown numbers are -1. */
public record MemberInfo(int protocol, int major, int minor, int revision, int rulesEngine) {
    public static MemberInfo of(Dictionary metadata) {
        return new MemberInfo(
                number(metadata, RequestMetadata.PROTOCOL_VERSION),
                number(metadata, RequestMetadata.MAJOR),
                number(metadata, RequestMetadata.MINOR),
                number(metadata, RequestMetadata.REVISION),
                number(metadata, RequestMetadata.RULES_ENGINE_REVISION));
    }

    private static int number(Dictionary metadata, String key) {
        long value = metadata.getLong(key, -1);
        return value < 0 || value > 0xffff ? -1 : (int) value;
    }

    /** Whether it evaluates rules at all; those that do not are told to accept. */
    public boolean evaluatesRules() {
        return rulesEngine > 0;
    }

    /** {@code major.minor.revision}, or "unknown". */
    public String version() {
        return major < 0 ? "unknown" : major + "." + Math.max(minor, 0) + "." + Math.max(revision, 0);
    }
}
