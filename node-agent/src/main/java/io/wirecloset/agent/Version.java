package io.wirecloset.agent;

/** What this agent calls itself. */
final class Version {
    private Version() {}

    /** Of the build; "unknown" in a class folder. */
    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
