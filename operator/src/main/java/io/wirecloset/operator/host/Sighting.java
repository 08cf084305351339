package io.wirecloset.operator.host;

/**
 * A member's last request, as the controller remembers it in memory.
 *
 * @param wallMs when
 * @param online whether that is less than two minutes ago
 * @param endpoint {@code ip/port} it came from, that of a root when it was relayed; or null
 * @param version of its software, {@code major.minor.revision}, or null
 * @param path how it is reached at present, or null when it is not
 */
public record Sighting(long wallMs, boolean online, String endpoint, String version, Path path) {
    /**
     * The way from the controller's node.
     *
     * @param direct not relayed by a root
     * @param latencyMs round trip, negative when unknown
     */
    public record Path(boolean direct, int latencyMs) {}

    /** Of which no more is known. */
    public Sighting(long wallMs, boolean online, String endpoint, String version) {
        this(wallMs, online, endpoint, version, null);
    }
}
