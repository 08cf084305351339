package io.wirecloset.agent.attach;

import static io.wirecloset.agent.attach.Nft.ACCEPT;
import static io.wirecloset.agent.attach.Nft.COUNTER;
import static io.wirecloset.agent.attach.Nft.DROP;
import static io.wirecloset.agent.attach.Nft.MASQUERADE;
import static io.wirecloset.agent.attach.Nft.RETURN;
import static io.wirecloset.agent.attach.Nft.and;
import static io.wirecloset.agent.attach.Nft.clampSegmentSize;
import static io.wirecloset.agent.attach.Nft.concat;
import static io.wirecloset.agent.attach.Nft.ct;
import static io.wirecloset.agent.attach.Nft.has;
import static io.wirecloset.agent.attach.Nft.is;
import static io.wirecloset.agent.attach.Nft.isNot;
import static io.wirecloset.agent.attach.Nft.jump;
import static io.wirecloset.agent.attach.Nft.list;
import static io.wirecloset.agent.attach.Nft.meta;
import static io.wirecloset.agent.attach.Nft.number;
import static io.wirecloset.agent.attach.Nft.payload;
import static io.wirecloset.agent.attach.Nft.prefix;
import static io.wirecloset.agent.attach.Nft.set;
import static io.wirecloset.agent.attach.Nft.sourceType;
import static io.wirecloset.agent.attach.Nft.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.transport.netlink.IpPrefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the filter around a network's TAP should be, as commands for nftables. Computes; {@link HostFilter} applies.
 *
 * <p>Table {@code inet wirecloset}: a TAP is not an open door. From it only to pods of its network, and of the node itself
 * only what {@code hostAccess} lists; into it only from pods of its network and what this node sends. Every rule has a
 * comment that is its name in this table; that is how a missing one is noticed, and by {@link #edition} one that says
 * something else.
 */
final class FilterRules {
    static final String TABLE = "wirecloset";
    static final String FAMILY = "inet";
    static final String ANY_POD_LINK = AttachmentKey.HOST_LINK_PREFIX + "*";
    /** Protocols by number: a container may have no /etc/protocols to look names up in. */
    private static final int ICMP = 1;

    private static final int ICMP_6 = 58;
    private static final int TCP_SYN = 2;
    private static final int TCP_RST = 4;
    private static final JsonNode FROM = meta("iifname");
    private static final JsonNode TO = meta("oifname");

    private FilterRules() {}

    /** A network with the name of its TAP. */
    record Tapped(PodNetwork network, String tap) {
        String suffix() {
            return HexFormat.of().toHexDigits(network.id());
        }
    }

    /** The whole table, in the place of whatever is there. */
    static void replaceAll(Nft.Batch batch, Collection<Tapped> networks, Collection<Attachment> attachments) {
        batch.add("table", Nft.table(FAMILY, TABLE)); // so that the next line finds one
        batch.delete("table", Nft.table(FAMILY, TABLE));
        batch.add("table", Nft.table(FAMILY, TABLE));
        baseChains(batch);
        for (Tapped n : networks) {
            sets(batch, n, attachments);
            sourceRules(batch, n);
            inputRules(batch, n);
            forwardRules(batch, n, networks);
            egressRules(batch, n, networks);
            ingressRules(batch, n);
        }
        HostPortRules.all(batch, attachments);
    }

    /**
     * A chain that nothing goes through; its one rule is named after what all rules say. So a filter that another release
     * made, or that was made when a network had other ranges, is not taken for this one.
     *
     * @param rules all that does not depend on pods
     */
    static void edition(Nft.Batch batch, String rules) {
        batch.add("chain", chain("edition"));
        rule(batch, "edition", digest(rules), RETURN);
    }

    private static String digest(String text) {
        try {
            byte[] whole = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(whole, 0, Long.BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static void baseChains(Nft.Batch batch) {
        batch.add("chain", base("input", "filter", "input", -1));
        batch.add("chain", base("forward", "filter", "forward", -1));
        batch.add("chain", base("clamp", "filter", "forward", -150));
        batch.add("chain", base("masquerade", "nat", "postrouting", 100));
    }

    static ObjectNode base(String name, String type, String hook, int priority) {
        return Nft.object(FAMILY, TABLE)
                .put("name", name)
                .put("type", type)
                .put("hook", hook)
                .put("prio", priority)
                .put("policy", "accept");
    }

    static ObjectNode chain(String name) {
        return Nft.object(FAMILY, TABLE).put("name", name);
    }

    // --- which addresses are behind which pod link

    private static void sets(Nft.Batch batch, Tapped n, Collection<Attachment> attachments) {
        for (String family : List.of("ip", "ip6")) {
            ObjectNode set = Nft.object(FAMILY, TABLE).put("name", podSet(family, n.suffix()));
            set.putArray("type")
                    .add(family.equals("ip") ? "ipv4_addr" : "ipv6_addr")
                    .add("ifname");
            List<JsonNode> elements = attachments.stream()
                    .filter(a -> a.networkId() == n.network.id())
                    .flatMap(a -> a.addresses().stream()
                            .filter(ip -> family(ip).equals(family))
                            .map(ip -> element(a, ip)))
                    .toList();
            if (!elements.isEmpty()) {
                set.set("elem", list(elements));
            }
            batch.add("set", set);
        }
    }

    static void addPod(Nft.Batch batch, Attachment a) {
        a.addresses().forEach(ip -> batch.add("element", podElement(a, ip)));
    }

    static void removePod(Nft.Batch batch, Attachment a) {
        // deleting what is not there is an error; after adding it, it is there
        addPod(batch, a);
        a.addresses().forEach(ip -> batch.delete("element", podElement(a, ip)));
    }

    private static ObjectNode podElement(Attachment a, InetAddress ip) {
        ObjectNode element = Nft.object(FAMILY, TABLE)
                .put("name", podSet(family(ip), HexFormat.of().toHexDigits(a.networkId())));
        element.set("elem", list(List.of(element(a, ip))));
        return element;
    }

    private static JsonNode element(Attachment a, InetAddress ip) {
        return concat(text(ip.getHostAddress()), text(a.hostLink()));
    }

    static String podSet(String family, String suffix) {
        return (family.equals("ip") ? "pods4_" : "pods6_") + suffix;
    }

    static String family(InetAddress ip) {
        return ip instanceof Inet4Address ? "ip" : "ip6";
    }

    // --- what may come from a TAP

    /** Nobody on the network may speak as this node, as one of its pods, or as someone outside the network. */
    private static void sourceRules(Nft.Batch batch, Tapped n) {
        String chain = "source_" + n.suffix();
        batch.add("chain", chain(chain));
        rule(batch, chain, "source is this node", is(sourceType(), text("local")), COUNTER, DROP);
        for (IpPrefix block : blocks(n)) {
            rule(batch, chain, "source is a pod here " + block, is(saddr(block), range(block)), COUNTER, DROP);
        }
        for (String family : List.of("ip", "ip6")) {
            List<JsonNode> pools = pools(Stream.of(n), family);
            if (!pools.isEmpty()) {
                rule(
                        batch,
                        chain,
                        family + " source is outside the pools",
                        isNot(payload(family, "saddr"), set(pools)),
                        COUNTER,
                        DROP);
            } else {
                rule(
                        batch,
                        chain,
                        "no " + family + " here",
                        is(meta("nfproto"), text(family.equals("ip") ? "ipv4" : "ipv6")),
                        COUNTER,
                        DROP);
            }
        }
    }

    private static void inputRules(Nft.Batch batch, Tapped n) {
        String chain = "input_" + n.suffix();
        batch.add("chain", chain(chain));
        rule(batch, chain, "answers", has(ct("state"), list(List.of(text("established"), text("related")))), ACCEPT);
        rule(
                batch,
                chain,
                "services are not offered",
                is(ct("direction"), text("original")),
                has(ct("status"), text("dnat")),
                COUNTER,
                DROP);
        rule(
                batch,
                chain,
                "neighbour discovery",
                is(payload("ip6", "saddr"), prefix("fe80::", 10)),
                is(meta("l4proto"), number(ICMP_6)),
                ACCEPT);
        rule(batch, chain, "source", jump("source_" + n.suffix()));
        rule(batch, chain, "icmp", is(meta("l4proto"), set(List.of(number(ICMP), number(ICMP_6)))), ACCEPT);
        for (PodNetwork.HostPort port : n.network.hostAccess()) {
            rule(
                    batch,
                    chain,
                    "hostAccess " + port.protocol() + " " + port.port(),
                    is(payload(port.protocol(), "dport"), number(port.port())),
                    ACCEPT);
        }
        rule(batch, chain, "the rest", COUNTER, DROP);
        rule(batch, "input", "input " + n.suffix(), is(FROM, text(n.tap)), jump(chain));
    }

    private static void forwardRules(Nft.Batch batch, Tapped n, Collection<Tapped> all) {
        String from = "from_" + n.suffix();
        batch.add("chain", chain(from));
        rule(batch, from, "source", jump("source_" + n.suffix()));
        rule(
                batch,
                from,
                "services are not offered",
                is(ct("direction"), text("original")),
                has(ct("status"), text("dnat")),
                COUNTER,
                DROP);
        // somebody outside asked a node port of this node, and the pod that answers is elsewhere
        rule(
                batch,
                from,
                "a service's answers",
                is(ct("direction"), text("reply")),
                has(ct("status"), text("dnat")),
                ACCEPT);
        for (String family : List.of("ip", "ip6")) {
            rule(
                    batch,
                    from,
                    family + " to a pod",
                    is(concat(payload(family, "daddr"), TO), podsOf(n, family)),
                    ACCEPT);
        }
        rule(batch, from, "the rest", COUNTER, DROP);

        String to = "to_" + n.suffix();
        batch.add("chain", chain(to));
        for (String family : List.of("ip", "ip6")) {
            rule(
                    batch,
                    to,
                    family + " from a pod",
                    is(concat(payload(family, "saddr"), FROM), podsOf(n, family)),
                    ACCEPT);
        }
        // a node port of this node whose pod is elsewhere: translated here, and answered through here. No way around
        // the
        // line above for pods of other networks
        rule(
                batch,
                to,
                "a service's traffic from outside",
                has(ct("status"), text("dnat")),
                isNot(FROM, text(n.tap)),
                isNot(FROM, text(ANY_POD_LINK)),
                ACCEPT);
        rule(batch, to, "the rest", COUNTER, DROP);

        rule(batch, "forward", "from " + n.suffix(), is(FROM, text(n.tap)), jump(from));
        rule(batch, "forward", "to " + n.suffix(), is(TO, text(n.tap)), jump(to));
        if (all.size() > 1) {
            for (String family : List.of("ip", "ip6")) {
                rule(
                        batch,
                        "forward",
                        family + " pods of " + n.suffix() + " to others",
                        is(concat(payload(family, "saddr"), FROM), podsOf(n, family)),
                        is(TO, text(ANY_POD_LINK)),
                        isNot(concat(payload(family, "daddr"), TO), podsOf(n, family)),
                        COUNTER,
                        DROP);
            }
        }
    }

    // --- what leaves for the world outside

    private static void egressRules(Nft.Batch batch, Tapped n, Collection<Tapped> all) {
        for (IpPrefix block : blocks(n)) {
            String family = block.isV4() ? "ip" : "ip6";
            List<IpPrefix> inside = new ArrayList<>(poolsOf(all.stream(), family));
            JsonNode outside = isNot(payload(family, "daddr"), set(ranges(inside.isEmpty() ? List.of(block) : inside)));
            JsonNode notToAPod = isNot(TO, text(ANY_POD_LINK));
            JsonNode fromHere = is(payload(family, "saddr"), range(block));
            rule(batch, "masquerade", "from " + block, fromHere, outside, notToAPod, MASQUERADE);
            rule(
                    batch,
                    "clamp",
                    "from " + block,
                    fromHere,
                    outside,
                    notToAPod,
                    is(and(payload("tcp", "flags"), number(TCP_SYN | TCP_RST)), number(TCP_SYN)),
                    clampSegmentSize());
        }
    }

    /**
     * Into a network with the node's own address there: members answer no other, and drop them. A node has others where
     * it asks a Service, whose address is on none of its interfaces.
     */
    private static void ingressRules(Nft.Batch batch, Tapped n) {
        for (String family : List.of("ip", "ip6")) {
            List<JsonNode> pools = pools(Stream.of(n), family);
            if (!pools.isEmpty()) {
                rule(
                        batch,
                        "masquerade",
                        family + " into " + n.suffix(),
                        is(TO, text(n.tap)),
                        is(payload(family, "daddr"), set(pools)),
                        isNot(payload(family, "saddr"), set(pools)),
                        MASQUERADE);
            }
        }
    }

    // --- words

    private static JsonNode saddr(IpPrefix block) {
        return payload(block.isV4() ? "ip" : "ip6", "saddr");
    }

    private static JsonNode podsOf(Tapped n, String family) {
        return text("@" + podSet(family, n.suffix()));
    }

    private static List<IpPrefix> blocks(Tapped n) {
        return Stream.of(n.network.block(), n.network.block6())
                .filter(b -> b != null)
                .toList();
    }

    private static List<JsonNode> pools(Stream<Tapped> networks, String family) {
        return ranges(poolsOf(networks, family));
    }

    /** Without those that lie inside another: a set of the filter takes no overlaps. */
    private static List<IpPrefix> poolsOf(Stream<Tapped> networks, String family) {
        List<IpPrefix> widestFirst = networks.flatMap(n -> n.network.pools().stream())
                .filter(pool -> family(pool.ip()).equals(family))
                .map(IpPrefix::network)
                .sorted(Comparator.comparingInt(IpPrefix::length))
                .toList();
        List<IpPrefix> pools = new ArrayList<>();
        for (IpPrefix pool : widestFirst) {
            if (pools.stream()
                    .noneMatch(wider ->
                            new IpPrefix(pool.ip(), wider.length()).network().equals(wider))) {
                pools.add(pool);
            }
        }
        return pools;
    }

    private static List<JsonNode> ranges(List<IpPrefix> pools) {
        return pools.stream().map(FilterRules::range).toList();
    }

    private static JsonNode range(IpPrefix p) {
        IpPrefix network = p.network();
        return prefix(network.ip().getHostAddress(), network.length());
    }

    static void rule(Nft.Batch batch, String chain, String comment, JsonNode... expression) {
        ObjectNode rule = Nft.object(FAMILY, TABLE).put("chain", chain).put("comment", comment);
        rule.set("expr", list(List.of(expression)));
        batch.add("rule", rule);
    }
}
