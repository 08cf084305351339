package io.wirecloset.agent.attach;

import static io.wirecloset.agent.attach.Nft.ACCEPT;
import static io.wirecloset.agent.attach.Nft.COUNTER;
import static io.wirecloset.agent.attach.Nft.DROP;
import static io.wirecloset.agent.attach.Nft.RETURN;
import static io.wirecloset.agent.attach.Nft.concat;
import static io.wirecloset.agent.attach.Nft.is;
import static io.wirecloset.agent.attach.Nft.isNot;
import static io.wirecloset.agent.attach.Nft.jump;
import static io.wirecloset.agent.attach.Nft.list;
import static io.wirecloset.agent.attach.Nft.meta;
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
 *
 * <p>The rules are the same for all pods and stand once, in a chain that all links' chains jump to; who may say what is in
 * sets, by link. A link's own chain has only what sets cannot say, the target of a neighbour solicitation: so a pod costs
 * a handful of elements, and reading the table stays cheap with a hundred of them.
 *
 * <pre>
 *   wc3f…:  foreign neighbour? drop · jump pods · (asks for its own new address? accept) · drop
 *   pods:   mac · arp · ip · ip6 → accept, drop, or back when it asks for an address
 * </pre>
 */
final class PodFilterRules {
    static final String FAMILY = "netdev";
    /** The chain of what is dropped, and allowed, on all links. */
    static final String ALL = "pods";

    private static final int BEFORE_ALL = -500;
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROUTER_ADVERTISEMENT = 134;
    private static final int NEIGHBOUR_SOLICITATION = 135;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int REDIRECT = 137;
    private static final int LISTENER_REPORT_V2 = 143;
    /** Neighbour solicitations and advertisements name the address in question behind 8 bytes. */
    private static final int TARGET_BITS_AT = 64;

    private static final JsonNode LINK = meta("iifname");
    private static final JsonNode KIND = payload("icmpv6", "type");
    private static final JsonNode IS_ARP = is(payload("ether", "type"), text("arp"));
    private static final JsonNode IS_IP = is(payload("ether", "type"), text("ip"));
    private static final JsonNode IS_IP6 = is(payload("ether", "type"), text("ip6"));

    private PodFilterRules() {}

    /** Who may say what: a link with an address of the type. */
    private enum Says {
        MAC("macs", "ether_addr"),
        /** Its own, and the unspecified address, which asks without claiming anything. */
        ARP("arp4", "ipv4_addr"),
        IP("ips4", "ipv4_addr"),
        IP6("ips6", "ipv6_addr"),
        /** The unspecified address, of those that have IPv6. */
        UNSPECIFIED("new6", "ipv6_addr");

        final String set;
        final String type;

        Says(String set, String type) {
            this.set = set;
            this.type = type;
        }

        /** Whether the link may say this. */
        JsonNode allows(JsonNode said) {
            return is(concat(LINK, said), text("@" + set));
        }

        List<JsonNode> elements(Attachment a) {
            return values(a).stream()
                    .map(value -> concat(text(a.hostLink()), text(value)))
                    .toList();
        }

        private List<String> values(Attachment a) {
            String linkLocal =
                    IpPrefix.of(linkLocal(a.key().podMac()), 128).ip().getHostAddress();
            return switch (this) {
                case MAC -> List.of(macText(a.key().podMac()));
                case ARP -> a.ipv4() == null ? List.of() : List.of(a.ipv4().getHostAddress(), "0.0.0.0");
                case IP -> a.ipv4() == null ? List.of() : List.of(a.ipv4().getHostAddress());
                case IP6 -> a.ipv6() == null ? List.of() : List.of(a.ipv6().getHostAddress(), linkLocal);
                case UNSPECIFIED -> a.ipv6() == null ? List.of() : List.of("::");
            };
        }
    }

    /** The whole table, in the place of whatever is there. */
    static void replaceAll(Nft.Batch batch, Collection<Attachment> attachments) {
        batch.add("table", Nft.table(FAMILY, FilterRules.TABLE));
        batch.delete("table", Nft.table(FAMILY, FilterRules.TABLE));
        batch.add("table", Nft.table(FAMILY, FilterRules.TABLE));
        for (Says says : Says.values()) {
            ObjectNode set = Nft.object(FAMILY, FilterRules.TABLE).put("name", says.set);
            set.putArray("type").add("ifname").add(says.type);
            List<JsonNode> elements =
                    attachments.stream().flatMap(a -> says.elements(a).stream()).toList();
            if (!elements.isEmpty()) {
                set.set("elem", list(elements));
            }
            batch.add("set", set);
        }
        rulesOfAll(batch);
        attachments.forEach(a -> chainOf(batch, a));
    }

    // --- of one pod

    /** @param a whose host link must exist */
    static void addPod(Nft.Batch batch, Attachment a) {
        addElements(batch, a);
        chainOf(batch, a);
    }

    static void removeElements(Nft.Batch batch, Attachment a) {
        addElements(batch, a); // deleting what is not there is an error; after adding it, it is there
        for (Says says : Says.values()) {
            if (!says.elements(a).isEmpty()) {
                batch.delete("element", elements(says, a));
            }
        }
    }

    static void removeChain(Nft.Batch batch, String hostLink) {
        batch.delete("chain", Nft.object(FAMILY, FilterRules.TABLE).put("name", hostLink));
    }

    static void listPod(Nft.Batch batch, String hostLink) {
        batch.list("chain", Nft.object(FAMILY, FilterRules.TABLE).put("name", hostLink));
    }

    private static void addElements(Nft.Batch batch, Attachment a) {
        for (Says says : Says.values()) {
            if (!says.elements(a).isEmpty()) {
                batch.add("element", elements(says, a));
            }
        }
    }

    private static ObjectNode elements(Says says, Attachment a) {
        ObjectNode elements = Nft.object(FAMILY, FilterRules.TABLE).put("name", says.set);
        elements.set("elem", list(says.elements(a)));
        return elements;
    }

    private static void chainOf(Nft.Batch batch, Attachment a) {
        String chain = a.hostLink();
        batch.add(
                "chain",
                Nft.object(FAMILY, FilterRules.TABLE)
                        .put("name", chain)
                        .put("type", "filter")
                        .put("hook", "ingress")
                        .put("dev", chain)
                        .put("prio", BEFORE_ALL)
                        .put("policy", "drop"));
        JsonNode target = transportBits(TARGET_BITS_AT, 128);
        JsonNode ownTargets = a.ipv6() == null
                ? null
                : set(List.of(
                        bits(a.ipv6().getAddress()), bits(linkLocal(a.key().podMac()))));
        if (ownTargets != null) {
            rule(
                    batch,
                    chain,
                    "neighbour",
                    IS_IP6,
                    is(KIND, number(NEIGHBOUR_ADVERTISEMENT)),
                    isNot(target, ownTargets),
                    COUNTER,
                    DROP);
        }
        rule(batch, chain, "as all", jump(ALL));
        if (ownTargets != null) {
            rule(batch, chain, "own new address", is(target, ownTargets), ACCEPT);
        }
        rule(batch, chain, "new address", COUNTER, DROP);
    }

    // --- of all

    private static void rulesOfAll(Nft.Batch batch) {
        batch.add("chain", Nft.object(FAMILY, FilterRules.TABLE).put("name", ALL));
        rule(
                batch,
                ALL,
                "mac",
                isNot(concat(LINK, payload("ether", "saddr")), text("@" + Says.MAC.set)),
                COUNTER,
                DROP);
        ipv4Rules(batch);
        ipv6Rules(batch);
        rule(batch, ALL, "type", COUNTER, DROP);
    }

    private static void ipv4Rules(Nft.Batch batch) {
        rule(
                batch,
                ALL,
                "own arp",
                IS_ARP,
                is(payload("arp", "htype"), number(1)),
                is(payload("arp", "ptype"), text("ip")),
                Says.MAC.allows(payload("arp", "saddr ether")),
                Says.ARP.allows(payload("arp", "saddr ip")),
                ACCEPT);
        rule(batch, ALL, "arp", IS_ARP, COUNTER, DROP);
        rule(batch, ALL, "dhcp server", IS_IP, is(payload("udp", "sport"), number(67)), COUNTER, DROP);
        // the link of a pod with ports of the node takes packets for 127.0.0.1, see PodWiring
        rule(batch, ALL, "loopback", IS_IP, is(payload("ip", "daddr"), prefix("127.0.0.0", 8)), COUNTER, DROP);
        rule(batch, ALL, "own ip", IS_IP, Says.IP.allows(payload("ip", "saddr")), ACCEPT);
        rule(batch, ALL, "ip", IS_IP, COUNTER, DROP);
    }

    private static void ipv6Rules(Nft.Batch batch) {
        rule(
                batch,
                ALL,
                "router",
                IS_IP6,
                is(KIND, set(List.of(number(ROUTER_ADVERTISEMENT), number(REDIRECT)))),
                COUNTER,
                DROP);
        rule(batch, ALL, "dhcp6 server", IS_IP6, is(payload("udp", "sport"), number(547)), COUNTER, DROP);
        rule(batch, ALL, "own ip6", IS_IP6, Says.IP6.allows(payload("ip6", "saddr")), ACCEPT);
        JsonNode unspecified = Says.UNSPECIFIED.allows(payload("ip6", "saddr"));
        rule(batch, ALL, "asks for an address", IS_IP6, unspecified, is(KIND, number(NEIGHBOUR_SOLICITATION)), RETURN);
        rule(
                batch,
                ALL,
                "before an address",
                IS_IP6,
                unspecified,
                is(KIND, set(List.of(number(ROUTER_SOLICITATION), number(LISTENER_REPORT_V2)))),
                ACCEPT);
        rule(batch, ALL, "ip6", IS_IP6, COUNTER, DROP);
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

    private static void rule(Nft.Batch batch, String chain, String comment, JsonNode... expression) {
        ObjectNode rule =
                Nft.object(FAMILY, FilterRules.TABLE).put("chain", chain).put("comment", comment);
        rule.set("expr", list(List.of(expression)));
        batch.add("rule", rule);
    }
}
