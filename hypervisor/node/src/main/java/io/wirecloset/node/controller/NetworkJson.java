package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.AuthTokens;
import io.wirecloset.controller.model.CapabilityDefinition;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.TagDefinition;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A network as the stock controller writes it in JSON (controller.md 3), and back: the same mapping for files, for
 * answers and for what is asked of a controller.
 *
 * <p>What is read is taken as forgivingly as stock controllers take it, and written in one form. Single sign-on is not
 * served; its fields stay in the file as they are.
 */
final class NetworkJson {
    private static final String V6_MODE = "v6AssignMode";
    private static final String AUTH_TOKENS = "authTokens";
    /** Set by {@link #write(Network, ObjectNode)} from the network alone. */
    private static final Set<String> WRITTEN = Set.of(
            AUTH_TOKENS,
            "capabilities",
            "certificateTimeoutWindowSize",
            "creationTime",
            "dns",
            "enableBroadcast",
            "id",
            "ipAssignmentPools",
            "mtu",
            "multicastLimit",
            "name",
            "nwid",
            "objtype",
            "private",
            Own.TRACE_LEVEL,
            Own.TRACE_TARGET,
            "revision",
            "routes",
            "rules",
            "tags",
            "v4AssignMode",
            V6_MODE,
            Own.FIELD);

    /** Looked over when they are sent back. */
    private static final Set<String> NOT_SETTABLE =
            Set.of("id", "nwid", "objtype", "creationTime", "revision", "certificateTimeoutWindowSize", Own.FIELD);

    private NetworkJson() {}

    // ---- writing

    /** The whole object. @param rest what {@link #rest} left of a file, or an empty object */
    static ObjectNode write(Network network, ObjectNode rest) {
        ObjectNode o = notServed();
        o.setAll(rest);
        write(network.spec(), o);
        o.put("id", NetworkIds.format(network.id()));
        o.put("nwid", NetworkIds.format(network.id()));
        o.put("objtype", "network");
        o.put("creationTime", network.createdMs());
        o.put("revision", network.revision());
        return Json.sorted(o);
    }

    /** A network nobody has set anything of yet. */
    static ObjectNode fresh() {
        return write(new Network(0, NetworkSpec.DEFAULT, 0, 0), Json.object());
    }

    /** The fields that can be set, as one would ask a controller for them. */
    static void write(NetworkSpec spec, ObjectNode o) {
        o.put("name", spec.name());
        o.put("private", spec.isPrivate());
        o.put("enableBroadcast", spec.broadcast());
        o.put("multicastLimit", spec.multicastLimit());
        o.put("mtu", spec.mtu());
        o.putObject("v4AssignMode").put("zt", spec.assignV4());
        o.putObject(V6_MODE)
                .put("6plane", spec.sixPlane())
                .put("rfc4193", spec.rfc4193())
                .put("zt", spec.assignV6());
        ArrayNode routes = o.putArray("routes");
        spec.routes().forEach(route -> routes.addObject()
                .put("target", route.target().toString())
                .put("via", route.isOnLink() ? null : route.via().ipText()));
        ArrayNode pools = o.putArray("ipAssignmentPools");
        spec.pools().forEach(pool -> pools.addObject()
                .put("ipRangeEnd", pool.end().toString())
                .put("ipRangeStart", pool.start().toString()));
        o.set("rules", spec.rules().equals(RuleTable.ACCEPT) ? accept() : RuleJson.render(spec.rules()));
        ArrayNode capabilities = o.putArray("capabilities");
        spec.capabilities().forEach(capability -> write(capability, capabilities.addObject()));
        ArrayNode tags = o.putArray("tags");
        spec.tags().forEach(tag -> write(tag, tags.addObject()));
        writeTokens(spec.tokens(), o);
        writeDns(spec.dns(), o);
        Own.write(spec.remoteTrace(), o);
        if (spec.credentialWindowMs() != Timing.CREDENTIAL_WINDOW_MS) {
            o.put("certificateTimeoutWindowSize", spec.credentialWindowMs());
        }
    }

    /** As a network has it that nobody has given rules: with the flags that actions have nowhere else. */
    private static ArrayNode accept() {
        ArrayNode rules = RuleJson.render(RuleTable.ACCEPT);
        ((ObjectNode) rules.get(0)).put("not", false).put("or", false);
        return rules;
    }

    private static void write(CapabilityDefinition capability, ObjectNode o) {
        o.put("default", capability.isDefault()).put("id", capability.id());
        o.set("rules", RuleJson.render(capability.rules()));
    }

    private static void write(TagDefinition tag, ObjectNode o) {
        o.putNull("default").put("id", tag.id());
        tag.defaultValue().ifPresent(value -> o.put("default", value));
    }

    /** What to ask another controller for, so that it has all that is wanted and nothing else; what is none there, too. */
    static ObjectNode wish(NetworkSpec spec) {
        ObjectNode o = Json.object();
        write(spec, o);
        o.remove("certificateTimeoutWindowSize");
        if (spec.tokens().isEmpty()) {
            o.putObject(AUTH_TOKENS);
        }
        if (spec.dns().isNone()) {
            o.putObject("dns").put("domain", "").putArray("servers");
        }
        return o;
    }

    /** None is an array of nothing, an oddity that clients know. */
    private static void writeTokens(AuthTokens tokens, ObjectNode o) {
        if (tokens.isEmpty()) {
            o.putArray(AUTH_TOKENS).addNull();
        } else {
            ObjectNode into = o.putObject(AUTH_TOKENS);
            tokens.expiries().forEach(into::put);
        }
    }

    /** None is an empty array, an oddity that clients know. */
    private static void writeDns(DnsSettings dns, ObjectNode o) {
        if (dns.isNone()) {
            o.putArray("dns");
        } else {
            ObjectNode into = o.putObject("dns").put("domain", dns.domain());
            ArrayNode servers = into.putArray("servers");
            dns.servers().forEach(server -> servers.add(server.ipText()));
        }
    }

    /** What stock controllers write for what is not served here, when it is not used. */
    private static ObjectNode notServed() {
        ObjectNode o = Json.object();
        o.put("authorizationEndpoint", "");
        o.put("clientId", "");
        o.put("rulesSource", "");
        o.put("ssoEnabled", false);
        return o;
    }

    // ---- reading

    /**
     * A network from its file.
     *
     * @throws Refusal for one that cannot be served as it is written: better no configuration than one without its rules
     */
    static Network read(long id, ObjectNode file, Notes notes) {
        if (Lenient.bool(file.path("ssoEnabled"), false)) {
            throw new Refusal(409, "ssoEnabled: single sign-on is not served");
        }
        NetworkSpec.Builder spec = NetworkSpec.builder();
        file.properties().forEach(field -> set(spec, field.getKey(), field.getValue(), notes));
        spec.credentialWindowMs(
                Lenient.integer(file.path("certificateTimeoutWindowSize"), Timing.CREDENTIAL_WINDOW_MS));
        return new Network(
                id,
                build(spec),
                Math.max(1, Lenient.integer(file.path("revision"), 1)),
                Math.max(0, Lenient.integer(file.path("creationTime"), 0)));
    }

    /** What of a file {@link #write} would not write by itself. */
    static ObjectNode rest(ObjectNode file) {
        ObjectNode unset = notServed();
        ObjectNode rest = Json.object();
        for (Map.Entry<String, JsonNode> field : file.properties()) {
            if (!WRITTEN.contains(field.getKey()) && !field.getValue().equals(unset.get(field.getKey()))) {
                rest.set(field.getKey(), field.getValue());
            }
        }
        return rest;
    }

    /**
     * What is asked for, on top of what there is.
     *
     * @param shown the object as the one who asks could have read it; asking for what stands there changes nothing
     * @throws Refusal for what no configuration can carry
     */
    static NetworkSpec change(NetworkSpec kept, ObjectNode wish, ObjectNode shown, Notes notes) {
        NetworkSpec.Builder spec = kept.with();
        wish.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (!set(spec, name, value, notes) && !shown.has(name) && !NOT_SETTABLE.contains(name)) {
                notes.add(name, "no such field, ignored");
            }
        });
        return build(spec);
    }

    private static NetworkSpec build(NetworkSpec.Builder spec) {
        try {
            return spec.build();
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, e.getMessage());
        }
    }

    /** @return whether there is such a field */
    private static boolean set(NetworkSpec.Builder spec, String name, JsonNode value, Notes notes) {
        switch (name) {
            case "name" -> spec.name(Lenient.text(value, ""));
            case "private" -> spec.isPrivate(Lenient.bool(value, true));
            case "enableBroadcast" -> spec.broadcast(Lenient.bool(value, false));
            case "multicastLimit" -> spec.multicastLimit(Lenient.number(value, 32));
            case "mtu" -> spec.mtu(Lenient.number(value, NetworkSpec.DEFAULT.mtu()));
            case "v4AssignMode" -> setV4Mode(spec, value);
            case V6_MODE -> setV6Mode(spec, value);
            case "routes" -> ifArray(name, value, notes).ifPresent(list -> spec.routes(routes(list, notes)));
            case "ipAssignmentPools" -> ifArray(name, value, notes).ifPresent(list -> spec.pools(pools(list, notes)));
            case "rules" ->
                ifArray(name, value, notes)
                        .ifPresent(list -> spec.rules(RuleJson.read(list, Limits.BASE_RULES, notes)));
            case "capabilities" ->
                ifArray(name, value, notes).ifPresent(list -> spec.capabilities(capabilities(list, notes)));
            case "tags" -> ifArray(name, value, notes).ifPresent(list -> spec.tags(tags(list, notes)));
            case AUTH_TOKENS -> setTokens(spec, value, notes);
            case "dns" -> setDns(spec, value, notes);
            case Own.TRACE_TARGET, Own.TRACE_LEVEL -> spec.remoteTrace(Own.with(spec.remoteTrace(), name, value));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Text is an old form; what is neither that nor an object switches off. */
    private static void setV4Mode(NetworkSpec.Builder spec, JsonNode value) {
        if (value.isTextual()) {
            spec.assignV4(value.textValue().equals("zt"));
        } else {
            spec.assignV4(Lenient.bool(value.path("zt"), false));
        }
    }

    private static void setV6Mode(NetworkSpec.Builder spec, JsonNode value) {
        if (value.isTextual()) {
            List<String> words = List.of(value.textValue().split(",", -1));
            spec.sixPlane(words.contains("6plane"))
                    .rfc4193(words.contains("rfc4193"))
                    .assignV6(words.contains("zt"));
        } else {
            spec.sixPlane(Lenient.bool(value.path("6plane"), false))
                    .rfc4193(Lenient.bool(value.path("rfc4193"), false))
                    .assignV6(Lenient.bool(value.path("zt"), false));
        }
    }

    private static Optional<ArrayNode> ifArray(String name, JsonNode value, Notes notes) {
        if (value instanceof ArrayNode list) {
            return Optional.of(list);
        }
        notes.add(name, "is no array, left as it was");
        return Optional.empty();
    }

    private static List<Route> routes(ArrayNode list, Notes notes) {
        List<Route> routes = new ArrayList<>();
        for (JsonNode entry : list) {
            Optional<InetCidr> target = Lenient.network(entry.path("target"));
            if (target.isEmpty()) {
                notes.add("routes", "left out, its target is no network in the form 10.1.0.0/16: " + entry);
                continue;
            }
            Optional<IpAddress> via = Lenient.ip(entry.path("via"))
                    .filter(ip -> ip.isV4() == target.get().isV4());
            if (via.isEmpty() && entry.hasNonNull("via")) {
                notes.add("routes", "via left out, it is no address of the target's family: " + entry);
            }
            routes.add(
                    via.map(ip -> Route.via(target.get(), endpoint(ip))).orElseGet(() -> Route.onLink(target.get())));
        }
        return routes;
    }

    private static List<AddressPool> pools(ArrayNode list, Notes notes) {
        List<AddressPool> pools = new ArrayList<>();
        for (JsonNode entry : list) {
            Optional<IpAddress> start = Lenient.ip(entry.path("ipRangeStart"));
            Optional<IpAddress> end = Lenient.ip(entry.path("ipRangeEnd"));
            if (start.isPresent()
                    && end.isPresent()
                    && start.get().isV4() == end.get().isV4()) {
                pools.add(new AddressPool(start.get(), end.get()));
            } else {
                notes.add("ipAssignmentPools", "left out, its ends are not two addresses of one family: " + entry);
            }
        }
        return pools;
    }

    private static List<CapabilityDefinition> capabilities(ArrayNode list, Notes notes) {
        List<CapabilityDefinition> capabilities = new ArrayList<>();
        for (JsonNode entry : list) {
            if (entry.isObject()) {
                capabilities.add(new CapabilityDefinition(
                        Lenient.u32(entry.path("id")),
                        Lenient.bool(entry.path("default"), false),
                        RuleJson.read(entry.path("rules"), Limits.RULES_PER_CAPABILITY, notes)));
            } else {
                notes.add("capabilities", "left out, it is no object with id, default and rules: " + entry);
            }
        }
        return capabilities;
    }

    private static List<TagDefinition> tags(ArrayNode list, Notes notes) {
        List<TagDefinition> tags = new ArrayList<>();
        for (JsonNode entry : list) {
            if (entry.isObject()) {
                JsonNode value = entry.path("default");
                tags.add(new TagDefinition(
                        Lenient.u32(entry.path("id")),
                        value.isMissingNode() || value.isNull()
                                ? OptionalLong.empty()
                                : OptionalLong.of(Lenient.u32(value))));
            } else {
                notes.add("tags", "left out, it is no object with id and default: " + entry);
            }
        }
        return tags;
    }

    private static void setTokens(NetworkSpec.Builder spec, JsonNode value, Notes notes) {
        if (!value.isObject()) {
            return;
        }
        Map<String, Long> expiries = new HashMap<>();
        value.properties().forEach(token -> {
            long expiry = token.getValue().isNumber() ? Lenient.integer(token.getValue(), -1) : -1;
            if (expiry >= 0) {
                expiries.put(token.getKey(), expiry);
            } else {
                notes.add(AUTH_TOKENS, "one left out, its expiry is no time in ms, nor 0 for never");
            }
        });
        try {
            spec.tokens(AuthTokens.of(expiries));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, AUTH_TOKENS + ": " + e.getMessage());
        }
    }

    private static void setDns(NetworkSpec.Builder spec, JsonNode value, Notes notes) {
        if (!value.isObject()) {
            return;
        }
        List<Endpoint> servers = new ArrayList<>();
        for (JsonNode server : value.path("servers")) {
            Optional<IpAddress> ip = Lenient.ip(server);
            ip.ifPresentOrElse(
                    address -> servers.add(endpoint(address)),
                    () -> notes.add("dns", "server left out, it is no address: " + server));
        }
        try {
            spec.dns(new DnsSettings(Lenient.text(value.path("domain"), ""), servers));
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, "dns: " + e.getMessage());
        }
    }

    private static Endpoint endpoint(IpAddress ip) {
        return Endpoint.of(ip.bytes(), 0);
    }
}
