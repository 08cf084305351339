package io.wirecloset.agent.attach;

import static io.wirecloset.agent.attach.Nft.ACCEPT;
import static io.wirecloset.agent.attach.Nft.COUNTER;
import static io.wirecloset.agent.attach.Nft.DROP;
import static io.wirecloset.agent.attach.Nft.is;
import static io.wirecloset.agent.attach.Nft.isNot;
import static io.wirecloset.agent.attach.Nft.list;
import static io.wirecloset.agent.attach.Nft.number;
import static io.wirecloset.agent.attach.Nft.payload;
import static io.wirecloset.agent.attach.Nft.prefix;
import static io.wirecloset.agent.attach.Nft.set;
import static io.wirecloset.agent.attach.Nft.text;
import static io.wirecloset.agent.attach.Nft.transportBits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.transport.netlink.IpPrefix;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * What a pod may say on its link: only as itself. Table {@code netdev wirecloset}, a chain for each host end of a pod link,
 * before anything else in the host sees the frame.
 *
 * <p>What is allowed is listed and the rest dropped, by the type that stands in the frame: a VLAN tag (also tag 0, also
 * two of them) and LLC never reach the rules for IP. A router advertisement is looked for behind extension headers too;
 * the host itself refuses fragmented neighbour discovery.
 */
final class PodFilterRules {
    static final String FAMILY = "netdev";
    private static final int BEFORE_ALL = -500;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int NEIGHBOUR_SOLICITATION = 135;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int REDIRECT = 137;
    private static final int LISTENER_REPORT_V2 = 143;
    /** Neighbour solicitations and advertisements name the address in question behind 8 bytes. */
    private static final int TARGET_BITS_AT = 64;

    private PodFilterRules() {}

    /** The whole table, in the place of whatever is there. */
    static void replaceAll(Nft.Batch batch, Collection<Attachment> attachments) {
        batch.add("table", Nft.table(FAMILY, FilterRules.TABLE));
        batch.delete("table", Nft.table(FAMILY, FilterRules.TABLE));
        batch.add("table", Nft.table(FAMILY, FilterRules.TABLE));
        attachments.forEach(a -> addPod(batch, a));
    }

    static void removePod(Nft.Batch batch, String hostLink) {
        batch.delete("chain", Nft.object(FAMILY, FilterRules.TABLE).put("name", hostLink));
    }

    static void listPod(Nft.Batch batch, String hostLink) {
        batch.list("chain", Nft.object(FAMILY, FilterRules.TABLE).put("name", hostLink));
    }

    /** @param a whose host link must exist */
    static void addPod(Nft.Batch batch, Attachment a) {
        batch.add(
                "chain",
                Nft.object(FAMILY, FilterRules.TABLE)
                        .put("name", a.hostLink())
                        .put("type", "filter")
                        .put("hook", "ingress")
                        .put("dev", a.hostLink())
                        .put("prio", BEFORE_ALL)
                        .put("policy", "drop"));
        JsonNode mac = text(macText(a.key().podMac()));
        rule(batch, a, "mac", isNot(payload("ether", "saddr"), mac), COUNTER, DROP);
        if (a.ipv4() != null) {
            ipv4Rules(batch, a, mac);
        }
        if (a.ipv6() != null) {
            ipv6Rules(batch, a);
        }
        rule(batch, a, "type", COUNTER, DROP);
    }

    private static void ipv4Rules(Nft.Batch batch, Attachment a, JsonNode mac) {
        JsonNode own = text(a.ipv4().getHostAddress());
        JsonNode isArp = is(payload("ether", "type"), text("arp"));
        rule(
                batch,
                a,
                "own arp",
                isArp,
                is(payload("arp", "htype"), number(1)),
                is(payload("arp", "ptype"), text("ip")),
                is(payload("arp", "saddr ether"), mac),
                // the unspecified address asks without claiming anything
                is(payload("arp", "saddr ip"), set(List.of(text("0.0.0.0"), own))),
                ACCEPT);
        rule(batch, a, "arp", isArp, COUNTER, DROP);
        JsonNode isIp = is(payload("ether", "type"), text("ip"));
        rule(batch, a, "dhcp server", isIp, is(payload("udp", "sport"), number(67)), COUNTER, DROP);
        // the link of a pod with ports of the node takes packets for 127.0.0.1, see PodWiring
        rule(batch, a, "loopback", isIp, is(payload("ip", "daddr"), prefix("127.0.0.0", 8)), COUNTER, DROP);
        rule(batch, a, "own ip", isIp, is(payload("ip", "saddr"), own), ACCEPT);
        rule(batch, a, "ip", isIp, COUNTER, DROP);
    }

    private static void ipv6Rules(Nft.Batch batch, Attachment a) {
        JsonNode isIp6 = is(payload("ether", "type"), text("ip6"));
        JsonNode kind = payload("icmpv6", "type");
        byte[] linkLocal = linkLocal(a.key().podMac());
        JsonNode target = transportBits(TARGET_BITS_AT, 128);
        JsonNode ownTargets = set(List.of(bits(a.ipv6().getAddress()), bits(linkLocal)));
        JsonNode ownSources = set(List.of(
                text(a.ipv6().getHostAddress()),
                text(IpPrefix.of(linkLocal, 128).ip().getHostAddress())));
        rule(
                batch,
                a,
                "router",
                isIp6,
                is(kind, set(List.of(number(ROUTER_ADVERTISEMENT), number(REDIRECT)))),
                COUNTER,
                DROP);
        rule(
                batch,
                a,
                "neighbour",
                isIp6,
                is(kind, number(NEIGHBOUR_ADVERTISEMENT)),
                isNot(target, ownTargets),
                COUNTER,
                DROP);
        rule(batch, a, "dhcp6 server", isIp6, is(payload("udp", "sport"), number(547)), COUNTER, DROP);
        rule(batch, a, "own ip6", isIp6, is(payload("ip6", "saddr"), ownSources), ACCEPT);
        JsonNode unspecified = is(payload("ip6", "saddr"), text("::"));
        rule(
                batch,
                a,
                "own new address",
                isIp6,
                unspecified,
                is(kind, number(NEIGHBOUR_SOLICITATION)),
                is(target, ownTargets),
                ACCEPT);
        rule(
                batch,
                a,
                "before an address",
                isIp6,
                unspecified,
                is(kind, set(List.of(number(ROUTER_SOLICITATION), number(LISTENER_REPORT_V2)))),
                ACCEPT);
        rule(batch, a, "ip6", isIp6, COUNTER, DROP);
    }

    /** The address the kernel gives an interface by itself (RFC 4291, modified EUI-64). */
    static byte[] linkLocal(long mac) {
        byte[] ip = new byte[16];
        ip[0] = (byte) 0xfe;
        ip[1] = (byte) 0x80;
        ip[8] = (byte) ((mac >>> 40) ^ 0x02);
        ip[9] = (byte) (mac >>> 32);
        ip[10] = (byte) (mac >>> 24);
        ip[11] = (byte) 0xff;
        ip[12] = (byte) 0xfe;
        ip[13] = (byte) (mac >>> 16);
        ip[14] = (byte) (mac >>> 8);
        ip[15] = (byte) mac;
        return ip;
    }

    static String macText(long mac) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(text.isEmpty() ? "" : ":").append(String.format("%02x", mac >>> shift & 0xff));
        }
        return text.toString();
    }

    private static JsonNode bits(byte[] bytes) {
        return text("0x" + HexFormat.of().formatHex(bytes));
    }

    private static void rule(Nft.Batch batch, Attachment a, String comment, JsonNode... expression) {
        ObjectNode rule =
                Nft.object(FAMILY, FilterRules.TABLE).put("chain", a.hostLink()).put("comment", comment);
        rule.set("expr", list(List.of(expression)));
        batch.add("rule", rule);
    }
}
