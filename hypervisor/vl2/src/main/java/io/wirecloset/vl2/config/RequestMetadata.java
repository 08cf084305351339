package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;

/** What a member tells the controller about itself when it asks for a configuration (vl2.md 4.2): keys and our values. */
public final class RequestMetadata {
    public static final String CONFIG_VERSION = "v";
    public static final String VENDOR = "vend";
    public static final String PROTOCOL_VERSION = "pv";
    public static final String MAJOR = "majv";
    public static final String MINOR = "minv";
    public static final String REVISION = "revv";
    public static final String MAX_RULES = "mr";
    public static final String MAX_CAPABILITIES = "mc";
    public static final String MAX_RULES_PER_CAPABILITY = "mcr";
    public static final String MAX_TAGS = "mt";
    public static final String FLAGS = "f";
    public static final String RULES_ENGINE_REVISION = "revr";
    public static final String PLATFORM = "o";
    public static final String AUTHORIZATION = "a";

    private static final long VENDOR_ZEROTIER = 1;
    private static final long RULES_ENGINE = 1;

    private RequestMetadata() {}

    /**
     * The dictionary of a node.
     *
     * @param platform such as {@code linux/x86_64}
     */
    public static Dictionary of(int protocolVersion, int major, int minor, int revision, String platform) {
        return Dictionary.writer(Limits.METADATA_BYTES)
                .put(CONFIG_VERSION, Wire.CONFIG_VERSION)
                .put(VENDOR, VENDOR_ZEROTIER)
                .put(PROTOCOL_VERSION, protocolVersion)
                .put(MAJOR, major)
                .put(MINOR, minor)
                .put(REVISION, revision)
                .put(MAX_RULES, Limits.BASE_RULES)
                .put(MAX_CAPABILITIES, Limits.CAPABILITIES)
                .put(MAX_RULES_PER_CAPABILITY, Limits.RULES_PER_CAPABILITY)
                .put(MAX_TAGS, Limits.TAGS)
                .put(FLAGS, 0L)
                .put(RULES_ENGINE_REVISION, RULES_ENGINE)
                .put(PLATFORM, platform)
                .toDictionary();
    }
}
