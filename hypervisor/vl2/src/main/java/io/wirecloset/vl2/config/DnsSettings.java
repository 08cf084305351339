package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Which domain the network's name servers answer for (vl2.md 5): {@code a[128] domain, zero padded | 4 x Inet}.
 *
 * @param domain at most 127 bytes; empty for none
 * @param servers at most 4; the port is usually 0
 */
public record DnsSettings(String domain, List<Endpoint> servers) {
    public static final DnsSettings NONE = new DnsSettings("", List.of());

    private static final int DOMAIN_FIELD_BYTES = Limits.DNS_DOMAIN_BYTES + 1;

    /** @throws IllegalArgumentException for a longer domain or more servers than fit */
    public DnsSettings {
        servers = List.copyOf(servers);
        if (domain.getBytes(StandardCharsets.UTF_8).length > Limits.DNS_DOMAIN_BYTES) {
            throw new IllegalArgumentException("a DNS domain has at most " + Limits.DNS_DOMAIN_BYTES + " bytes");
        }
        if (servers.size() > Limits.DNS_SERVERS) {
            throw new IllegalArgumentException("at most " + Limits.DNS_SERVERS + " DNS servers");
        }
    }

    public boolean isNone() {
        return domain.isEmpty() && servers.isEmpty();
    }

    /** @throws MalformedException */
    static DnsSettings read(WireReader in) {
        byte[] domain = in.bytes(DOMAIN_FIELD_BYTES);
        int length = 0;
        while (length < Limits.DNS_DOMAIN_BYTES && domain[length] != 0) {
            length++;
        }
        List<Endpoint> servers = new ArrayList<>(Limits.DNS_SERVERS);
        for (int i = 0; i < Limits.DNS_SERVERS; i++) {
            Endpoint server = Endpoint.read(in);
            if (server != null) {
                servers.add(server);
            }
        }
        String text = new String(domain, 0, length, StandardCharsets.UTF_8);
        if (text.getBytes(StandardCharsets.UTF_8).length > Limits.DNS_DOMAIN_BYTES) {
            throw new MalformedException("DNS domain is no text");
        }
        return new DnsSettings(text, servers);
    }

    void write(WireWriter out) {
        byte[] text = domain.getBytes(StandardCharsets.UTF_8);
        out.bytes(text).zeros(DOMAIN_FIELD_BYTES - text.length);
        for (int i = 0; i < Limits.DNS_SERVERS; i++) {
            Endpoint.write(out, i < servers.size() ? servers.get(i) : null);
        }
    }
}
