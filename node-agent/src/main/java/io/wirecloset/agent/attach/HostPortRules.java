package io.wirecloset.agent.attach;

import static io.wirecloset.agent.attach.Nft.MASQUERADE;
import static io.wirecloset.agent.attach.Nft.concat;
import static io.wirecloset.agent.attach.Nft.ct;
import static io.wirecloset.agent.attach.Nft.has;
import static io.wirecloset.agent.attach.Nft.is;
import static io.wirecloset.agent.attach.Nft.jump;
import static io.wirecloset.agent.attach.Nft.list;
import static io.wirecloset.agent.attach.Nft.meta;
import static io.wirecloset.agent.attach.Nft.number;
import static io.wirecloset.agent.attach.Nft.payload;
import static io.wirecloset.agent.attach.Nft.prefix;
import static io.wirecloset.agent.attach.Nft.set;
import static io.wirecloset.agent.attach.Nft.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ports of the node that lead to pods, in the table of {@link FilterRules}: per family two maps for all of the node's
 * addresses and two for a certain one (the pod's address and its port are looked up apart, since older libraries take no
 * map of pairs), and rules that never change.
 *
 * <pre>
 *   from outside, from a pod   prerouting ─┐
 *   from this node             output ─────┴─ to a local address → hostports → maps → dnat
 *   a pod to itself, 127.0.0.1 to a pod       postrouting → masquerade, for the answer to come back here
 * </pre>
 */
final class HostPortRules {
    private static final Logger LOG = System.getLogger(HostPortRules.class.getName());
    private static final String CHAIN = "hostports";
    /** Before the Services' translation: a pod's own port is not for them to give away. */
    private static final int BEFORE_SERVICES = -101;

    private static final List<String> FAMILIES = List.of("ip", "ip6");
    /** By number, see {@link FilterRules}; listings have the names where the list of them is there. */
    static final Map<String, Long> NUMBERS = new TreeMap<>(Map.of("tcp", 6L, "udp", 17L, "sctp", 132L));

    private HostPortRules() {}

    static void all(Nft.Batch batch, Collection<Attachment> attachments) {
        Map<String, List<JsonNode>> elements = new TreeMap<>();
        attachments.forEach(
                a -> elementsOf(a).forEach((map, some) -> elements.computeIfAbsent(map, m -> new ArrayList<>())
                        .addAll(some)));
        for (String family : FAMILIES) {
            for (boolean certain : new boolean[] {true, false}) {
                map(batch, family, certain, true, elements);
                map(batch, family, certain, false, elements);
            }
            pairs(batch, family, elements);
        }
        batch.add("chain", FilterRules.chain(CHAIN));
        batch.add("chain", FilterRules.base("hostports_in", "nat", "prerouting", BEFORE_SERVICES));
        batch.add("chain", FilterRules.base("hostports_out", "nat", "output", BEFORE_SERVICES));
        for (String family : FAMILIES) {
            translation(batch, family, true);
            translation(batch, family, false);
        }
        JsonNode local = is(Nft.destinationType(), text("local"));
        FilterRules.rule(batch, "hostports_in", "from elsewhere", local, jump(CHAIN));
        FilterRules.rule(batch, "hostports_out", "from this node", local, jump(CHAIN));
        masquerade(batch);
    }

    private static void map(
            Nft.Batch batch, String family, boolean certain, boolean address, Map<String, List<JsonNode>> elements) {
        String name = name(family, certain, address);
        ObjectNode map = Nft.object(FilterRules.FAMILY, FilterRules.TABLE).put("name", name);
        var key = map.putArray("type");
        if (certain) {
            key.add(type(family));
        }
        key.add("inet_proto").add("inet_service");
        map.put("map", address ? type(family) : "inet_service");
        if (elements.containsKey(name)) {
            map.set("elem", list(elements.get(name)));
        }
        batch.add("map", map);
    }

    private static void pairs(Nft.Batch batch, String family, Map<String, List<JsonNode>> elements) {
        ObjectNode pairs = Nft.object(FilterRules.FAMILY, FilterRules.TABLE).put("name", itself(family));
        pairs.putArray("type").add(type(family)).add(type(family));
        if (elements.containsKey(itself(family))) {
            pairs.set("elem", list(elements.get(itself(family))));
        }
        batch.add("set", pairs);
    }

    private static void translation(Nft.Batch batch, String family, boolean certain) {
        FilterRules.rule(
                batch,
                CHAIN,
                family + (certain ? " one address" : " all addresses"),
                is(meta("nfproto"), text(family.equals("ip") ? "ipv4" : "ipv6")),
                is(
                        meta("l4proto"),
                        set(NUMBERS.values().stream().map(Nft::number).toList())),
                Nft.translate(
                        family,
                        Nft.lookUp(key(family, certain), name(family, certain, true)),
                        Nft.lookUp(key(family, certain), name(family, certain, false))));
    }

    private static JsonNode key(String family, boolean certain) {
        JsonNode protocol = meta("l4proto");
        JsonNode port = payload("th", "dport");
        return certain ? concat(payload(family, "daddr"), protocol, port) : concat(protocol, port);
    }

    private static void masquerade(Nft.Batch batch) {
        for (String family : FAMILIES) {
            FilterRules.rule(
                    batch,
                    "masquerade",
                    family + " a pod to itself",
                    has(ct("status"), text("dnat")),
                    is(concat(payload(family, "saddr"), payload(family, "daddr")), text("@" + itself(family))),
                    MASQUERADE);
        }
        FilterRules.rule(
                batch,
                "masquerade",
                "this node by 127.0.0.1",
                is(payload("ip", "saddr"), prefix("127.0.0.0", 8)),
                is(meta("oifname"), text(FilterRules.ANY_POD_LINK)),
                MASQUERADE);
    }

    // --- of one pod

    static void addPod(Nft.Batch batch, Attachment a) {
        elementsOf(a).forEach((name, elements) -> batch.add("element", named(name, elements)));
    }

    static void removePod(Nft.Batch batch, Attachment a) {
        addPod(batch, a); // deleting what is not there is an error; after adding it, it is there
        elementsOf(a)
                .forEach((name, elements) -> batch.delete(
                        "element",
                        named(
                                name,
                                elements.stream()
                                        .map(e -> e.isArray() ? e.get(0) : e)
                                        .toList())));
    }

    // --- from the kernel

    /**
     * What a listing of the table says of ports, for when no record does.
     *
     * @param objects of the listing
     * @return by the pod's address; those for all of the node's addresses with the unspecified one of their family
     */
    static Map<InetAddress, List<PortMapping>> read(JsonNode objects) {
        Map<String, Map<List<String>, String>> maps = new TreeMap<>();
        for (JsonNode object : objects) {
            JsonNode map = object.path("map");
            Map<List<String>, String> entries =
                    maps.computeIfAbsent(map.path("name").asText(), n -> new HashMap<>());
            for (JsonNode entry : map.path("elem")) {
                List<String> key = new ArrayList<>();
                entry.path(0).path("concat").forEach(part -> key.add(part.asText()));
                entries.put(key, entry.path(1).asText());
            }
        }
        Map<InetAddress, List<PortMapping>> ports = new HashMap<>();
        for (String family : FAMILIES) {
            for (boolean certain : new boolean[] {true, false}) {
                Map<List<String>, String> containerPorts = maps.getOrDefault(name(family, certain, false), Map.of());
                maps.getOrDefault(name(family, certain, true), Map.of())
                        .forEach((key, pod) -> readOne(ports, key, pod, containerPorts.get(key)));
            }
        }
        return ports;
    }

    /** @param key protocol and port, perhaps behind an address */
    private static void readOne(
            Map<InetAddress, List<PortMapping>> ports, List<String> key, String pod, String containerPort) {
        try {
            InetAddress address = InetAddress.ofLiteral(pod);
            String unspecified = address.getAddress().length == 4 ? "0.0.0.0" : "::";
            PortMapping port = new PortMapping(
                    protocol(key.get(key.size() - 2)),
                    InetAddress.ofLiteral(key.size() > 2 ? key.getFirst() : unspecified),
                    Integer.parseInt(key.getLast()),
                    Integer.parseInt(containerPort));
            ports.computeIfAbsent(address, a -> new ArrayList<>()).add(port);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            LOG.log(Level.WARNING, "{0} {1} {2}: not an element of ours", key, pod, containerPort);
        }
    }

    private static String protocol(String nameOrNumber) {
        return NUMBERS.entrySet().stream()
                .filter(e -> e.getKey().equals(nameOrNumber)
                        || e.getValue().toString().equals(nameOrNumber))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(nameOrNumber))
                .getKey();
    }

    private static ObjectNode named(String name, List<JsonNode> elements) {
        ObjectNode object = Nft.object(FilterRules.FAMILY, FilterRules.TABLE).put("name", name);
        object.set("elem", list(elements));
        return object;
    }

    /** By name of the map or set. */
    private static Map<String, List<JsonNode>> elementsOf(Attachment a) {
        Map<String, List<JsonNode>> elements = new TreeMap<>();
        for (InetAddress ip : a.addresses()) {
            String family = FilterRules.family(ip);
            for (PortMapping port : a.options().ports()) {
                if (port.leadsTo(ip)) {
                    boolean certain = !port.isForAllAddresses();
                    JsonNode protocol = number(NUMBERS.get(port.protocol()));
                    JsonNode key = certain
                            ? concat(address(port.hostIp()), protocol, number(port.hostPort()))
                            : concat(protocol, number(port.hostPort()));
                    put(elements, name(family, certain, true), list(List.of(key, address(ip))));
                    put(elements, name(family, certain, false), list(List.of(key, number(port.containerPort()))));
                }
            }
            if (!a.options().ports().isEmpty()) {
                put(elements, itself(family), concat(address(ip), address(ip)));
            }
        }
        return elements;
    }

    private static void put(Map<String, List<JsonNode>> elements, String name, JsonNode element) {
        elements.computeIfAbsent(name, n -> new ArrayList<>()).add(element);
    }

    private static JsonNode address(InetAddress ip) {
        return text(ip.getHostAddress());
    }

    private static String name(String family, boolean certain, boolean address) {
        return (certain ? "hostport_at_" : "hostport_")
                + (address ? "pod" : "port")
                + (family.equals("ip") ? "4" : "6");
    }

    private static String itself(String family) {
        return family.equals("ip") ? "itself4" : "itself6";
    }

    private static String type(String family) {
        return family.equals("ip") ? "ipv4_addr" : "ipv6_addr";
    }
}
