package io.wirecloset.operator.host;

/**
 * A member's last request, as the controller remembers it in memory.
 *
 * @param wallMs when
 * @param online whether that is less than two minutes ago
 * @param endpoint {@code ip/port} it came from, that of a root when it was relayed; or null
 * @param version of its software, {@code major.minor.revision}, or null
 */
public record Sighting(long wallMs, boolean online, String endpoint, String version) {}
