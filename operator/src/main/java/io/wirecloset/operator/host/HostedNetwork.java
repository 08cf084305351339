package io.wirecloset.operator.host;

import io.wirecloset.controller.language.RuleSet;
import java.util.List;

/**
 * A network as the controller serves it: checked, and with every default filled in.
 *
 * @param id its first 40 bits are the controller's address
 * @param routes the on-link range first
 * @param pools from which members get IPv4 addresses
 * @param dns null for none
 * @param rules compiled, with its tags and capabilities; null for none: everything may pass
 */
public record HostedNetwork(
        long id,
        String name,
        boolean isPrivate,
        int mtu,
        int multicastLimit,
        boolean broadcast,
        boolean sixPlane,
        boolean rfc4193,
        List<Route> routes,
        List<Pool> pools,
        Dns dns,
        RuleSet rules) {

    /**
     * @param target a range, {@code 10.80.0.0/16}
     * @param via an address, or null for on-link
     */
    public record Route(String target, String via) {}

    /** First address handed out, and the first that is not: addresses as text, without prefix length. */
    public record Pool(String start, String end) {}

    public record Dns(String domain, List<String> servers) {}
}
