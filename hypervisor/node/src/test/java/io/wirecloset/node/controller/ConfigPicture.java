package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Verdict;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.HexFormat;
import java.util.List;

/** A configuration as the recorded scenarios show it: without times and signatures, which are checked on the way. */
final class ConfigPicture {
    private static final int QUALIFIERS = 7;

    private ConfigPicture() {}

    static JsonNode of(NetworkConfig config, Identity controller) {
        checkCredentials(config, controller);
        ObjectNode o = Json.object();
        o.put("networkId", network(config.networkId()));
        o.put("credentialTimeMaxDelta", config.credentialWindowMs());
        o.put("revision", config.revision());
        o.put("issuedTo", address(config.issuedTo()));
        o.put("remoteTraceTarget", address(config.remoteTraceTarget()));
        o.put("remoteTraceLevel", config.remoteTraceLevel());
        o.put("flags", network(config.flags()));
        o.put("multicastLimit", config.multicastLimit());
        o.put("type", config.isPublic() ? 1 : 0);
        o.put("name", config.name());
        o.put("mtu", config.mtu());
        o.putObject("com")
                .put("timestampMaxDelta", config.membership().windowMs())
                .put("qualifierCount", QUALIFIERS)
                .put("issuedTo", address(config.membership().issuedTo()))
                .put("signedBy", address(controller.address()))
                .put("timestampEqualsConfigTimestamp", true);
        credentials(config, controller, o);
        ArrayNode specialists = o.putArray("specialists");
        for (long specialist : config.specialists()) {
            specialists.add(network(specialist));
        }
        ArrayNode routes = o.putArray("routes");
        config.routes().forEach(route -> routes.addObject()
                .put("target", route.target().toString())
                .put("via", route.isOnLink() ? null : route.via().ipText())
                .put("flags", route.flags())
                .put("metric", route.metric()));
        texts(o.putArray("staticIps"), config.staticAddresses());
        rules(config.rules(), o);
        ArrayNode servers =
                o.putObject("dns").put("domain", config.dns().domain()).putArray("servers");
        config.dns().servers().forEach(server -> servers.add(server.ipText()));
        o.put("ssoEnabled", false).put("ssoVersion", 0);
        return o;
    }

    private static void credentials(NetworkConfig config, Identity controller, ObjectNode o) {
        ArrayNode capabilities = o.putArray("capabilities");
        config.capabilities().forEach(capability -> {
            ObjectNode one = capabilities
                    .addObject()
                    .put("networkId", network(capability.networkId()))
                    .put("id", capability.id());
            rules(capability.rules(), one);
            one.put("maxCustodyChainLength", capability.maxCustodyLength())
                    .putArray("custody")
                    .addObject()
                    .put("to", address(capability.issuedTo()))
                    .put("from", address(controller.address()));
        });
        ArrayNode tags = o.putArray("tags");
        config.tags().forEach(tag -> tags.addObject()
                .put("networkId", network(tag.networkId()))
                .put("id", tag.id())
                .put("value", tag.value())
                .put("issuedTo", address(tag.issuedTo()))
                .put("signedBy", address(tag.signer())));
        ArrayNode ownerships = o.putArray("certificatesOfOwnership");
        config.ownerships().forEach(ownership -> {
            ObjectNode one = ownerships
                    .addObject()
                    .put("networkId", network(ownership.networkId()))
                    .put("flags", network(0))
                    .put("id", ownership.id());
            ArrayNode things = one.putArray("things");
            ownership.things().forEach(thing -> things.addObject()
                    .put("type", thing.type())
                    .put("value", HexFormat.of().formatHex(thing.value())));
            one.put("issuedTo", address(ownership.issuedTo())).put("signedBy", address(controller.address()));
        });
    }

    private static void rules(RuleTable table, ObjectNode into) {
        into.set("rules", RuleJson.render(table));
        into.put("rulesHex", HexFormat.of().formatHex(table.toBytes()));
    }

    // Controller checklist 22: every credential has the configuration's time, and the controller's signature
    private static void checkCredentials(NetworkConfig config, Identity controller) {
        List<Credential> all = new java.util.ArrayList<>(List.of(config.membership()));
        all.addAll(config.capabilities());
        all.addAll(config.tags());
        all.addAll(config.ownerships());
        for (Credential one : all) {
            assertThat(one.timestamp()).isEqualTo(config.timestamp());
            assertThat(one.issuedTo()).isEqualTo(config.issuedTo());
            assertThat(one.verify(address -> address == controller.address() ? controller : null))
                    .isEqualTo(Verdict.OK);
        }
    }

    private static void texts(ArrayNode into, List<InetCidr> addresses) {
        addresses.forEach(address -> into.add(address.toString()));
    }

    static String address(long address) {
        return String.format("%010x", address);
    }

    private static String network(long id) {
        return String.format("%016x", id);
    }

    /** All numbers of one kind, so that equal ones are equal. */
    static JsonNode plain(JsonNode value) {
        if (value.isNumber()) {
            return JsonNodeFactory.instance.numberNode(value.asLong());
        }
        if (value.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            value.forEach(one -> list.add(plain(one)));
            return list;
        }
        if (!value.isObject()) {
            return value;
        }
        ObjectNode o = Json.object();
        value.properties().forEach(field -> o.set(field.getKey(), plain(field.getValue())));
        return o;
    }
}
