package io.wirecloset.node.home;

import io.wirecloset.vl1.wire.InetCidr;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the owner of a node lets a network do to the host (vl2.md section 12): the lines of {@code
 * networks.d/<id>.local.conf}.
 *
 * @param managedOnly when not empty, managed addresses and routes are applied only inside these
 */
public record NetworkSettings(
        boolean allowManaged, boolean allowGlobal, boolean allowDefault, boolean allowDns, List<InetCidr> managedOnly) {
    public static final NetworkSettings DEFAULT = new NetworkSettings(true, false, false, false, List.of());

    public static NetworkSettings parse(byte[] text) {
        NetworkSettings s = DEFAULT;
        for (String line : new String(text, StandardCharsets.UTF_8).split("[\r\n]+")) {
            int eq = line.indexOf('=');
            if (eq > 0) {
                s = s.with(line.substring(0, eq).trim(), line.substring(eq + 1).trim());
            }
        }
        return s;
    }

    public byte[] toBytes() {
        String managed = managedOnly.isEmpty()
                ? flag(allowManaged)
                : String.join(",", managedOnly.stream().map(InetCidr::toString).toList());
        return ("allowManaged=" + managed + "\nallowGlobal=" + flag(allowGlobal) + "\nallowDefault="
                        + flag(allowDefault) + "\nallowDNS=" + flag(allowDns) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** One setting changed; names of settings that are not known change nothing. */
    public NetworkSettings with(String name, boolean value) {
        return with(name, flag(value));
    }

    private NetworkSettings with(String name, String value) {
        boolean on = value.equals("1") || value.equalsIgnoreCase("true");
        return switch (name) {
            case "allowManaged" -> managed(value, on);
            case "allowGlobal" -> new NetworkSettings(allowManaged, on, allowDefault, allowDns, managedOnly);
            case "allowDefault" -> new NetworkSettings(allowManaged, allowGlobal, on, allowDns, managedOnly);
            case "allowDNS" -> new NetworkSettings(allowManaged, allowGlobal, allowDefault, on, managedOnly);
            default -> this;
        };
    }

    private NetworkSettings managed(String value, boolean on) {
        List<InetCidr> only = new ArrayList<>();
        if (value.contains("/")) {
            for (String part : value.split(",")) {
                only.add(InetCidr.parse(part.trim()));
            }
        }
        return new NetworkSettings(on || !only.isEmpty(), allowGlobal, allowDefault, allowDns, List.copyOf(only));
    }

    private static String flag(boolean on) {
        return on ? "1" : "0";
    }
}
