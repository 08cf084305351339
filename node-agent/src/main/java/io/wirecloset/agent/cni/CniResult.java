package io.wirecloset.agent.cni;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.agent.attach.Attachment;
import io.wirecloset.agent.attach.Attachments.Attached;
import io.wirecloset.agent.attach.PodWiring;
import io.wirecloset.transport.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.List;

/** Says results and errors in the words of each version of the specification. */
final class CniResult {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEFAULT_4 = "0.0.0.0/0";
    private static final String DEFAULT_6 = "::/0";

    private CniResult() {}

    /** What earlier plugins of the chain made stands in front of ours. */
    static String added(Attached attached, CniRequest request) {
        return print(
                request.version().isAtLeast(CniVersion.V0_3_0)
                        ? withInterfaces(attached, request)
                        : withoutInterfaces(attached, request));
    }

    private static ObjectNode withInterfaces(Attached attached, CniRequest request) {
        CniVersion version = request.version();
        ObjectNode result = JSON.createObjectNode();
        result.put("cniVersion", version.toString());
        ArrayNode interfaces = copyOf(request.previous(), "interfaces", result);
        ArrayNode ips = copyOf(request.previous(), "ips", result);
        ArrayNode routes = copyOf(request.previous(), "routes", result);
        int podIndex = interfaces.size();
        addInterfaces(interfaces, attached.attachment(), version);
        for (InetAddress ip : attached.attachment().addresses()) {
            addIp(ips, ip, podIndex, version);
            addRoutes(routes, attached, ip, request);
        }
        result.set("dns", dns(request));
        return result;
    }

    private static JsonNode dns(CniRequest request) {
        JsonNode asked = request.podConfig().dns();
        JsonNode before =
                request.previous() == null ? asked : request.previous().path("dns");
        return asked.isObject() ? asked : before.isObject() ? before : JSON.createObjectNode();
    }

    /** Up to 0.2.0 a result has one address of each family, and chains are not known. */
    private static ObjectNode withoutInterfaces(Attached attached, CniRequest request) {
        ObjectNode result = JSON.createObjectNode();
        result.put("cniVersion", request.version().toString());
        for (InetAddress ip : attached.attachment().addresses()) {
            boolean v4 = ip.getAddress().length == 4;
            ObjectNode one = result.putObject(v4 ? "ip4" : "ip6");
            one.put("ip", ip.getHostAddress() + (v4 ? "/32" : "/128"));
            one.put("gateway", gateway(v4));
            addRoutes(one.putArray("routes"), attached, ip, request);
        }
        result.set("dns", dns(request));
        return result;
    }

    private static ArrayNode copyOf(JsonNode previous, String key, ObjectNode result) {
        ArrayNode items = result.putArray(key);
        if (previous != null) {
            previous.path(key).forEach(items::add);
        }
        return items;
    }

    /** The pod's first: whoever looks for "the" interface takes the first that has a sandbox. */
    private static void addInterfaces(ArrayNode interfaces, Attachment a, CniVersion version) {
        ObjectNode pod = interfaces
                .addObject()
                .put("name", a.key().ifname())
                .put("mac", macText(a.key().podMac()))
                .put("sandbox", a.netnsPath());
        ObjectNode host = interfaces
                .addObject()
                .put("name", a.hostLink())
                .put("mac", macText(a.key().hostMac()));
        if (version.isAtLeast(CniVersion.V1_1_0)) {
            pod.put("mtu", a.mtuBytes());
            host.put("mtu", a.mtuBytes());
        }
    }

    private static void addIp(ArrayNode ips, InetAddress ip, int interfaceIndex, CniVersion version) {
        boolean v4 = ip.getAddress().length == 4;
        ObjectNode one = ips.addObject();
        if (!version.isAtLeast(CniVersion.V1_0_0)) {
            one.put("version", v4 ? "4" : "6");
        }
        one.put("interface", interfaceIndex);
        one.put("address", ip.getHostAddress() + (v4 ? "/32" : "/128"));
        one.put("gateway", gateway(v4));
    }

    private static void addRoutes(ArrayNode routes, Attached attached, InetAddress ip, CniRequest request) {
        boolean v4 = ip.getAddress().length == 4;
        for (List<IpPrefix> some :
                List.of(attached.network().pools(), request.podConfig().routes())) {
            for (IpPrefix to : some) {
                if (to.isV4() == v4) {
                    routes.addObject().put("dst", to.network().toString()).put("gw", gateway(v4));
                }
            }
        }
        if (attached.attachment().options().besideOthers()) {
            return;
        }
        ObjectNode toEverywhere =
                routes.addObject().put("dst", v4 ? DEFAULT_4 : DEFAULT_6).put("gw", gateway(v4));
        if (request.version().isAtLeast(CniVersion.V1_1_0)) {
            toEverywhere.put(
                    "mtu",
                    PodWiring.defaultRouteMtu(
                            attached.uplinkMtuBytes(), attached.attachment().mtuBytes(), v4));
        }
    }

    private static String gateway(boolean v4) {
        return (v4 ? PodWiring.GATEWAY_4 : PodWiring.GATEWAY_6).getHostAddress();
    }

    static String error(CniException e, CniVersion version) {
        ObjectNode error = JSON.createObjectNode();
        error.put("cniVersion", version.toString());
        error.put("code", e.code());
        error.put("msg", e.getMessage());
        if (!e.details().isEmpty()) {
            error.put("details", e.details());
        }
        return print(error);
    }

    private static String print(ObjectNode json) {
        try {
            return JSON.writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("plain values have a JSON form", e);
        }
    }

    static String macText(long mac) {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(text.isEmpty() ? "" : ":").append(String.format("%02x", mac >>> shift & 0xff));
        }
        return text.toString();
    }
}
