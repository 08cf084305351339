package io.wirecloset.agent;

import org.eclipse.microprofile.config.ConfigProvider;

/** What this agent calls itself. */
final class Version {
    private Version() {}

    /** Of the build; "unknown" where there was none. */
    static String text() {
        return ConfigProvider.getConfig()
                .getOptionalValue("quarkus.application.version", String.class)
                .orElse("unknown");
    }
}
