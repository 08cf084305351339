package io.wirecloset.node.localapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** /status, /health, /network and /peer of the local API, field by field as the stock service has them. */
public final class NodeSection implements ApiSection {
    /** The version that clients of the API see: the one whose protocol this node speaks. */
    public static final int VERSION_MAJOR = 1;

    public static final int VERSION_MINOR = 14;
    public static final int VERSION_REVISION = 1;
    private static final String VERSION = VERSION_MAJOR + "." + VERSION_MINOR + "." + VERSION_REVISION;

    /** The first segments of the paths that it answers. */
    public static final List<String> SEGMENTS = List.of("status", "health", "network", "peer");

    private static final Pattern NETWORK_ID = Pattern.compile("[0-9a-fA-F]{16}");
    private static final List<String> SETTINGS = List.of("allowManaged", "allowGlobal", "allowDefault", "allowDNS");

    private final LocalNode node;
    private final LongSupplier wallMs;

    public NodeSection(LocalNode node, LongSupplier wallMs) {
        this.node = node;
        this.wallMs = wallMs;
    }

    @Override
    public ApiResponse answer(ApiRequest r) {
        return switch (r.segment(0)) {
            case "status" -> r.is("GET") && r.path().size() == 1 ? ApiResponse.ok(status()) : null;
            case "health" -> r.is("GET") && r.path().size() == 1 ? ApiResponse.ok(health()) : null;
            case "peer" -> r.is("GET") ? peer(r) : null;
            case "network" -> network(r);
            default -> null;
        };
    }

    private ObjectNode status() {
        LocalNode.Status s = node.status();
        ObjectNode o = object();
        o.put("address", s.address());
        o.put("clock", wallMs.getAsLong());
        o.set("config", config(s));
        o.put("online", s.online());
        o.put("planetWorldId", s.planetId());
        o.put("planetWorldTimestamp", s.planetTimestamp());
        o.put("publicIdentity", s.publicIdentity());
        o.put("tcpFallbackActive", false);
        putVersion(o);
        return o;
    }

    private static ObjectNode config(LocalNode.Status s) {
        ObjectNode conf = s.conf();
        ObjectNode settings = conf.get("settings") instanceof ObjectNode there ? there : conf.putObject("settings");
        settings.put("allowTcpFallbackRelay", false);
        settings.put("forceTcpRelay", false);
        settings.put("homeDir", s.homeDir());
        settings.put("primaryPort", s.primaryPort());
        settings.put("secondaryPort", 0);
        settings.put("tertiaryPort", 0);
        settings.put("portMappingEnabled", false);
        settings.put("softwareUpdate", "disable");
        settings.put("softwareUpdateChannel", "release");
        putTexts(settings.putArray("listeningOn"), s.listeningOn());
        putTexts(settings.putArray("surfaceAddresses"), s.surfaceAddresses());
        return conf;
    }

    private ObjectNode health() {
        ObjectNode o = object();
        o.put("clock", wallMs.getAsLong());
        o.put("online", node.status().online());
        putVersion(o);
        return o;
    }

    private static void putVersion(ObjectNode o) {
        o.put("version", VERSION);
        o.put("versionBuild", 0);
        o.put("versionMajor", VERSION_MAJOR);
        o.put("versionMinor", VERSION_MINOR);
        o.put("versionRev", VERSION_REVISION);
    }

    private ApiResponse peer(ApiRequest r) {
        if (r.path().size() == 1) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            node.peers().forEach(p -> all.add(render(p)));
            return ApiResponse.ok(all);
        }
        return node.peers().stream()
                .filter(p -> p.address().equals(r.segment(1)))
                .findFirst()
                .map(p -> ApiResponse.ok(render(p)))
                .orElseGet(() -> ApiResponse.emptyObject(200));
    }

    private static ObjectNode render(LocalNode.PeerStatus p) {
        ObjectNode o = object();
        o.put("address", p.address());
        o.put("isBonded", false);
        o.put("latency", p.latencyMs());
        ArrayNode paths = o.putArray("paths");
        p.paths().forEach(path -> paths.add(render(path)));
        o.put("role", p.role());
        o.put("tunneled", p.tunneled());
        o.put("version", p.versionMajor() + "." + p.versionMinor() + "." + p.versionRevision());
        o.put("versionMajor", p.versionMajor());
        o.put("versionMinor", p.versionMinor());
        o.put("versionRev", p.versionRevision());
        return o;
    }

    private static ObjectNode render(LocalNode.PathStatus p) {
        ObjectNode o = object();
        o.put("active", p.active());
        o.put("address", p.endpoint());
        o.put("expired", p.expired());
        o.put("lastReceive", p.lastReceiveMs());
        o.put("lastSend", p.lastSendMs());
        o.put("localPort", p.localPort());
        o.put("localSocket", p.localSocket());
        o.put("preferred", p.preferred());
        o.put("trustedPathId", p.trustedPathId());
        return o;
    }

    private ApiResponse network(ApiRequest r) {
        if (r.path().size() == 1) {
            return r.is("GET") ? ApiResponse.ok(networks()) : null;
        }
        if (!NETWORK_ID.matcher(r.segment(1)).matches()) {
            return ApiResponse.emptyObject(404);
        }
        long id = NetworkIds.parse(r.segment(1));
        return switch (r.method()) {
            case "GET" ->
                node.network(id).map(n -> ApiResponse.ok(render(n))).orElseGet(() -> ApiResponse.emptyObject(404));
            case "POST" -> ApiResponse.ok(render(node.join(id, s -> changed(s, r.jsonOrEmpty()))));
            case "DELETE" ->
                node.leave(id) ? ApiResponse.ok(object().put("result", true)) : ApiResponse.emptyObject(200);
            default -> null;
        };
    }

    /** JSON booleans only, as with the stock service: anything else leaves the setting as it is. */
    private static NetworkSettings changed(NetworkSettings settings, ObjectNode wish) {
        NetworkSettings s = settings;
        for (String name : SETTINGS) {
            if (wish.path(name).isBoolean()) {
                s = s.with(name, wish.path(name).booleanValue());
            }
        }
        return s;
    }

    private ArrayNode networks() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        node.networks().forEach(n -> all.add(render(n)));
        return all;
    }

    private static ObjectNode render(LocalNode.JoinedNetwork n) {
        ObjectNode o = object();
        o.put("allowDNS", n.settings().allowDns());
        o.put("allowDefault", n.settings().allowDefault());
        o.put("allowGlobal", n.settings().allowGlobal());
        o.put("allowManaged", n.settings().allowManaged());
        putTexts(o.putArray("assignedAddresses"), n.addresses());
        o.put("bridge", n.bridge());
        o.put("broadcastEnabled", n.broadcast());
        o.put("dhcp", false);
        ObjectNode dns = o.putObject("dns");
        dns.put("domain", n.dnsDomain());
        putTexts(dns.putArray("servers"), n.dnsServers());
        o.put("id", NetworkIds.format(n.id()));
        o.put("mac", n.mac());
        o.put("mtu", n.mtu());
        ArrayNode groups = o.putArray("multicastSubscriptions");
        n.groups().forEach(g -> groups.addObject().put("adi", g.adi()).put("mac", g.mac()));
        o.put("name", n.name());
        o.put("netconfRevision", n.revision());
        o.put("nwid", NetworkIds.format(n.id()));
        o.put("portDeviceName", n.device());
        o.put("portError", n.portError());
        ArrayNode routes = o.putArray("routes");
        n.routes().forEach(t -> routes.addObject()
                .put("flags", t.flags())
                .put("metric", t.metric())
                .put("target", t.target())
                .put("via", t.via()));
        o.put("status", n.status());
        o.put("type", n.isPrivate() ? "PRIVATE" : "PUBLIC");
        if (n.sso() != null) {
            o.put("authenticationExpiryTime", n.sso().expiryMs());
            o.put("authenticationURL", n.sso().authenticationUrl());
            o.put("ssoEnabled", true);
        }
        if (!n.reason().isEmpty()) {
            o.put("wirecloset", n.reason());
        }
        return o;
    }

    private static void putTexts(ArrayNode into, List<String> texts) {
        texts.forEach(into::add);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
