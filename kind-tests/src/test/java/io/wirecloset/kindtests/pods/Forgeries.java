package io.wirecloset.kindtests.pods;

import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Frames;
import io.wirecloset.kindtests.lab.Host;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Frames that a pod must not be able to send, and what gives each of them away wherever it turns up. */
final class Forgeries {
    static final String MAC = "02:66:6f:72:67:65";
    static final String IPV4 = "10.80.77.77";
    static final String IPV6 = "fd77:7777:7777::7777";
    static final String ROUTER = "fe80::66:6fff:fe72:6765";
    static final byte[] MARK = "WIRECLOSET-FORGED".getBytes(StandardCharsets.US_ASCII);
    static final byte[] TRUE_MARK = "WIRECLOSET-HONEST".getBytes(StandardCharsets.US_ASCII);

    private Forgeries() {}

    /** What a pod knows of its own link. */
    record Link(int index, String mac, String gatewayMac) {
        static Link of(Host sandbox) {
            String[] link = sandbox.run("ip", "-o", "link", "show", "eth0").split("\\s+");
            String neighbours = sandbox.run("ip", "neigh", "show", "nud", "permanent", "dev", "eth0");
            return new Link(
                    Integer.parseInt(link[0].replace(":", "")),
                    List.of(link).get(List.of(link).indexOf("link/ether") + 1),
                    neighbours.lines().findFirst().orElseThrow().replaceFirst(".*lladdr (\\S+).*", "$1"));
        }
    }

    static byte[] honest(Link link, Pod from, Pod to) {
        return Frames.udp(link.gatewayMac(), link.mac(), from.ipv4(), to.ipv4(), TRUE_MARK);
    }

    /** One frame of each kind, by name. */
    static Map<String, byte[]> from(Link link, Pod from, Pod victim) {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("source MAC", Frames.udp(link.gatewayMac(), MAC, from.ipv4(), victim.ipv4(), MARK));
        all.put("IPv4 source", Frames.udp(link.gatewayMac(), link.mac(), IPV4, victim.ipv4(), MARK));
        all.put(
                "IPv4 source of the victim",
                Frames.udp(link.gatewayMac(), link.mac(), victim.ipv4(), "20.0.0.10", MARK));
        all.put("IPv6 source", Frames.udp(link.gatewayMac(), link.mac(), IPV6, victim.ipv6(), MARK));
        all.put("ARP", Frames.arpClaim(link.mac(), MAC, victim.ipv4()));
        all.put("neighbour advertisement", Frames.neighbourClaim(link.mac(), from.ipv6(), MAC, victim.ipv6()));
        all.put("router advertisement", Frames.routerClaim(link.mac(), ROUTER, IPV6));
        return all;
    }

    /** Does any trace of a forgery show in these bytes? */
    static boolean showsIn(byte[] frame) {
        return contains(frame, MARK)
                || contains(frame, Frames.mac(MAC))
                || contains(frame, Frames.ip(IPV4))
                || contains(frame, Frames.ip(IPV6));
    }

    static boolean contains(byte[] all, byte[] part) {
        for (int i = 0; i + part.length <= all.length; i++) {
            int n = 0;
            while (n < part.length && all[i + n] == part[n]) {
                n++;
            }
            if (n == part.length) {
                return true;
            }
        }
        return false;
    }
}
