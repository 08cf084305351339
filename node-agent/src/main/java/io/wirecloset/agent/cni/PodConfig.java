package io.wirecloset.agent.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.agent.attach.PortMapping;
import io.wirecloset.agent.attach.RateLimit;
import io.wirecloset.transport.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the runtime, and before it the pod's owner, asks of one attachment: {@code runtimeConfig}, the older
 * {@code args.cni}, and the oldest, {@code CNI_ARGS}; what stands in a newer place wins. Checked for form; whether it can
 * be had is the node's to say.
 *
 * @param ports in the order given
 * @param addresses at most one of a family
 * @param routes that a delegated plugin wants beside those of the network
 * @param receiving how fast the pod may; null = without a limit
 * @param sending how fast the pod may; null = without a limit
 * @param mac low 48 bits; {@link #ANY_MAC} when none is asked for
 * @param dns name servers and the like, as the result shall carry them; missing when there are none
 */
record PodConfig(
        List<PortMapping> ports,
        List<InetAddress> addresses,
        List<IpPrefix> routes,
        RateLimit receiving,
        RateLimit sending,
        long mac,
        JsonNode dns) {
    static final long ANY_MAC = -1;
    static final PodConfig NOTHING =
            new PodConfig(List.of(), List.of(), List.of(), null, null, ANY_MAC, MissingNode.getInstance());

    private static final int PORTS_LIMIT = 100;
    private static final int ROUTES_LIMIT = 100;
    private static final int PORT_MAX = 65_535;
    private static final Set<String> PROTOCOLS = Set.of("tcp", "udp", "sctp");
    /** Of hardware that a routed network does not have. */
    private static final List<String> REFUSED = List.of("infinibandGUID", "deviceID");

    /** @param ipam what a delegated plugin answered; missing when there was none */
    static PodConfig read(JsonNode config, JsonNode ipam, CniArgs args) throws CniException {
        JsonNode runtime = config.path("runtimeConfig");
        JsonNode older = config.path("args").path("cni");
        for (String option : REFUSED) {
            if (isPresent(runtime.path(option))) {
                throw new CniException(
                        CniException.UNSUPPORTED_FIELD,
                        "runtimeConfig." + option + " is not supported",
                        shown(runtime.path(option)));
            }
        }
        return new PodConfig(
                ports(runtime.path("portMappings")),
                ipam.isObject()
                        ? given(ipam)
                        : addresses(firstOf(runtime.path("ips"), older.path("ips")), args.value("IP")),
                routes(ipam),
                rate(runtime.path("bandwidth"), "ingress"),
                rate(runtime.path("bandwidth"), "egress"),
                mac(firstOf(runtime.path("mac"), older.path("mac")), args.value("MAC")),
                dns(runtime.path("dns"), firstOf(ipam.path("dns"), config.path("dns"))));
    }

    private static JsonNode firstOf(JsonNode... candidates) {
        for (JsonNode candidate : candidates) {
            if (isPresent(candidate)) {
                return candidate;
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean isPresent(JsonNode node) {
        boolean empty = node.isContainerNode() ? node.isEmpty() : node.asText().isEmpty();
        return !node.isMissingNode() && !node.isNull() && !empty;
    }

    // --- ports of the node

    private static List<PortMapping> ports(JsonNode listed) throws CniException {
        if (!isPresent(listed)) {
            return List.of();
        }
        if (!listed.isArray() || listed.size() > PORTS_LIMIT) {
            throw bad("runtimeConfig.portMappings is not a list of at most " + PORTS_LIMIT, listed);
        }
        List<PortMapping> ports = new ArrayList<>();
        for (JsonNode one : listed) {
            PortMapping port = port(one);
            if (!ports.contains(port)) {
                ports.add(port);
            }
        }
        return ports;
    }

    private static PortMapping port(JsonNode one) throws CniException {
        String protocol = spoken(one, "protocol").asText("tcp").toLowerCase(Locale.ROOT);
        if (!PROTOCOLS.contains(protocol)) {
            throw bad("runtimeConfig.portMappings: protocol is none of tcp, udp, sctp", one);
        }
        String ip = spoken(one, "hostIP").asText("");
        return new PortMapping(
                protocol,
                ip.isEmpty() ? null : address(ip, "runtimeConfig.portMappings: hostIP"),
                number(one, "hostPort"),
                number(one, "containerPort"));
    }

    private static int number(JsonNode one, String key) throws CniException {
        JsonNode number = spoken(one, key);
        if (!number.isIntegralNumber() || number.longValue() < 1 || number.longValue() > PORT_MAX) {
            throw bad("runtimeConfig.portMappings: " + key + " is not a port from 1 to " + PORT_MAX, one);
        }
        return number.intValue();
    }

    // --- addresses

    /** Of a delegated plugin's result, in the form of any version; what it gives is what is taken. */
    private static List<InetAddress> given(JsonNode ipam) throws CniException {
        List<InetAddress> addresses = new ArrayList<>();
        for (JsonNode one : ipam.path("ips")) {
            addOne(addresses, one.path("address").asText());
        }
        for (String old : List.of("ip4", "ip6")) {
            if (ipam.path(old).has("ip")) {
                addOne(addresses, ipam.path(old).path("ip").asText());
            }
        }
        if (addresses.isEmpty()) {
            throw bad("the IPAM plugin's result has no address", ipam);
        }
        return addresses;
    }

    private static List<IpPrefix> routes(JsonNode ipam) throws CniException {
        List<IpPrefix> routes = new ArrayList<>();
        for (JsonNode listed : List.of(
                ipam.path("routes"),
                ipam.path("ip4").path("routes"),
                ipam.path("ip6").path("routes"))) {
            for (JsonNode route : listed) {
                try {
                    IpPrefix to = IpPrefix.parse(route.path("dst").asText()).network();
                    if (to.length() > 0) {
                        routes.add(to); // out into the world they lead anyway
                    }
                } catch (IllegalArgumentException e) {
                    throw bad("the IPAM plugin's result has a route to nowhere", route);
                }
            }
        }
        if (routes.size() > ROUTES_LIMIT) {
            throw bad("the IPAM plugin's result has more than " + ROUTES_LIMIT + " routes", ipam);
        }
        return routes;
    }

    private static List<InetAddress> addresses(JsonNode listed, String fromArgs) throws CniException {
        List<InetAddress> addresses = new ArrayList<>();
        if (isPresent(listed)) {
            for (JsonNode one : listed) {
                addOne(addresses, one.asText());
            }
        } else if (!fromArgs.isEmpty()) {
            for (String one : fromArgs.split(",")) {
                addOne(addresses, one);
            }
        }
        return addresses;
    }

    private static void addOne(List<InetAddress> addresses, String text) throws CniException {
        int slash = text.indexOf('/');
        InetAddress address = address(slash < 0 ? text : text.substring(0, slash), "ips: an entry");
        for (InetAddress other : addresses) {
            if (other.getAddress().length == address.getAddress().length) {
                throw new CniException(
                        CniException.UNSUPPORTED_FIELD,
                        "ips has two addresses of one family, a pod has one here",
                        other.getHostAddress() + ", " + address.getHostAddress());
            }
        }
        addresses.add(address);
    }

    private static InetAddress address(String text, String what) throws CniException {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new CniException(CniException.BAD_CONFIG, what + " is not an IP address", shorter(text));
        }
    }

    private static long mac(JsonNode runtime, String fromArgs) throws CniException {
        String text = isPresent(runtime) ? runtime.asText() : fromArgs;
        if (text.isEmpty()) {
            return ANY_MAC;
        }
        String digits = text.replace(":", "").replace("-", "");
        try {
            if (digits.length() == 12) {
                return HexFormat.fromHexDigitsToLong(digits);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new CniException(CniException.BAD_CONFIG, "mac is not a MAC address", shorter(text));
    }

    /** @param direction seen from the pod */
    private static RateLimit rate(JsonNode bandwidth, String direction) throws CniException {
        long rate = bits(bandwidth, direction + "Rate");
        long burst = bits(bandwidth, direction + "Burst");
        if (burst > 0 && rate == 0) {
            throw bad("runtimeConfig.bandwidth: " + direction + "Burst without a rate", bandwidth);
        }
        return rate == 0 ? null : new RateLimit(rate, burst);
    }

    private static long bits(JsonNode bandwidth, String key) throws CniException {
        JsonNode number = bandwidth.path(key);
        if (number.isMissingNode() || number.isNull()) {
            return 0;
        }
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw bad("runtimeConfig.bandwidth: " + key + " is not a number of bits", bandwidth);
        }
        return number.longValue();
    }

    // --- names

    /** The runtime's words are {@code servers} and {@code searches}, those of results {@code nameservers} and {@code search}. */
    private static JsonNode dns(JsonNode runtime, JsonNode other) {
        if (!isPresent(runtime) || !runtime.isObject()) {
            return other.isObject() ? other : MissingNode.getInstance();
        }
        ObjectNode dns = JsonNodeFactory.instance.objectNode();
        copy(runtime, "servers", dns, "nameservers");
        copy(runtime, "searches", dns, "search");
        copy(runtime, "options", dns, "options");
        return dns;
    }

    private static void copy(JsonNode from, String key, ObjectNode to, String called) {
        JsonNode value = spoken(from, key);
        if (value.isArray() && !value.isEmpty()) {
            to.set(called, value);
        }
    }

    /** By name in whatever case: containerd says {@code HostPort}, which plugins that are written in Go take for hostPort. */
    private static JsonNode spoken(JsonNode object, String key) {
        if (object.has(key)) {
            return object.path(key);
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (field.getKey().equalsIgnoreCase(key)) {
                return field.getValue();
            }
        }
        return MissingNode.getInstance();
    }

    private static CniException bad(String message, JsonNode what) {
        return new CniException(CniException.BAD_CONFIG, message, shown(what));
    }

    private static String shown(JsonNode what) {
        return shorter(what.toString());
    }

    private static String shorter(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + " ...";
    }
}
