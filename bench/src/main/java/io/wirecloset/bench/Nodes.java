package io.wirecloset.bench;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.rule.RuleTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** Who takes part in the benchmarks: a controller, two members, and one private network. */
final class Nodes {
    private static final List<Identity> IDENTITIES = read();
    static final Identity CONTROLLER = IDENTITIES.get(0);
    static final Identity LEFT = IDENTITIES.get(1);
    static final Identity RIGHT = IDENTITIES.get(2);

    static final long NETWORK = CONTROLLER.address() << 24 | 0xbe7c4;
    private static final long CONFIG_TIME = 1_700_000_000_000L;
    private static final long WINDOW_MS = 1_800_000;

    private Nodes() {}

    /** As a controller would sign it: certificate, an address, a route, accept-only rules. */
    static NetworkConfig config(Identity member) {
        return NetworkConfig.builder(NETWORK, member.address())
                .timestamp(CONFIG_TIME)
                .credentialWindowMs(WINDOW_MS)
                .revision(1)
                .name("bench")
                .flags(NetworkConfig.FLAG_BROADCAST)
                .multicastLimit(32)
                .staticAddresses(List.of(InetCidr.parse("10.147.0." + (member == LEFT ? 1 : 2) + "/16")))
                .routes(List.of(new Route(InetCidr.parse("10.147.0.0/16"), null, 0, 0)))
                .rules(RuleTable.ACCEPT)
                .membership(CertificateOfMembership.issue(CONFIG_TIME, WINDOW_MS, NETWORK, member, CONTROLLER))
                .build();
    }

    /** Bytes that do not compress, the same each time. */
    static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    private static List<Identity> read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Nodes.class.getResourceAsStream("/bench-identities.txt"), StandardCharsets.US_ASCII))) {
            return in.lines().map(Identity::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
