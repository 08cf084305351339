package io.wirecloset.agent.attach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;

/** Words of libnftables-json(5), as few as the filter of {@link FilterRules} is said with. */
final class Nft {
    private static final ObjectMapper JSON = new ObjectMapper();
    static final JsonNode ACCEPT = verdict("accept");
    static final JsonNode DROP = verdict("drop");
    static final JsonNode COUNTER = verdict("counter");
    static final JsonNode RETURN = verdict("return");
    static final JsonNode MASQUERADE = verdict("masquerade");

    private Nft() {}

    /** A list of commands that take effect together. */
    static final class Batch {
        private final ArrayNode commands = JSON.createArrayNode();

        void add(String kind, ObjectNode what) {
            command("add", kind, what);
        }

        void delete(String kind, ObjectNode what) {
            command("delete", kind, what);
        }

        void list(String kind, ObjectNode what) {
            command("list", kind, what);
        }

        private void command(String verb, String kind, ObjectNode what) {
            ObjectNode object = JSON.createObjectNode();
            object.set(kind, what);
            commands.addObject().set(verb, object);
        }

        @Override
        public String toString() {
            ObjectNode whole = JSON.createObjectNode();
            whole.set("nftables", commands);
            return whole.toString();
        }
    }

    static ObjectNode object(String family, String table) {
        return JSON.createObjectNode().put("family", family).put("table", table);
    }

    static ObjectNode table(String family, String name) {
        return JSON.createObjectNode().put("family", family).put("name", name);
    }

    static ArrayNode list(Collection<? extends JsonNode> items) {
        return JSON.createArrayNode().addAll(items);
    }

    private static ObjectNode verdict(String name) {
        ObjectNode node = JSON.createObjectNode();
        node.set(name, null);
        return node;
    }

    static JsonNode jump(String chain) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("jump").put("target", chain);
        return node;
    }

    static JsonNode text(String value) {
        return JSON.getNodeFactory().textNode(value);
    }

    static JsonNode number(long value) {
        return JSON.getNodeFactory().numberNode(value);
    }

    static JsonNode set(List<JsonNode> items) {
        ObjectNode node = JSON.createObjectNode();
        node.set("set", list(items));
        return node;
    }

    static JsonNode prefix(String address, int length) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("prefix").put("addr", address).put("len", length);
        return node;
    }

    static JsonNode concat(JsonNode... parts) {
        ObjectNode node = JSON.createObjectNode();
        node.set("concat", list(List.of(parts)));
        return node;
    }

    static JsonNode payload(String protocol, String field) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("payload").put("protocol", protocol).put("field", field);
        return node;
    }

    /** Bits of the transport header, or of what lies behind the IP header. */
    static JsonNode transportBits(int offset, int length) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("payload").put("base", "th").put("offset", offset).put("len", length);
        return node;
    }

    static JsonNode meta(String key) {
        return keyed("meta", key);
    }

    static JsonNode ct(String key) {
        return keyed("ct", key);
    }

    private static JsonNode keyed(String kind, String key) {
        ObjectNode node = JSON.createObjectNode();
        node.putObject(kind).put("key", key);
        return node;
    }

    /** The kind of address a source is, seen from this host. */
    static JsonNode sourceType() {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("fib").put("result", "type").putArray("flags").add("saddr");
        return node;
    }

    /** The kind of address a destination is, seen from this host. */
    static JsonNode destinationType() {
        ObjectNode node = JSON.createObjectNode();
        node.putObject("fib").put("result", "type").putArray("flags").add("daddr");
        return node;
    }

    /** What a map holds for the key; a rule whose key is in no map goes no further. */
    static JsonNode lookUp(JsonNode key, String map) {
        ObjectNode node = JSON.createObjectNode();
        ObjectNode lookUp = node.putObject("map");
        lookUp.set("key", key);
        lookUp.put("data", "@" + map);
        return node;
    }

    /** Sends the connection elsewhere. */
    static JsonNode translate(String family, JsonNode address, JsonNode port) {
        ObjectNode node = JSON.createObjectNode();
        ObjectNode dnat = node.putObject("dnat");
        dnat.put("family", family);
        dnat.set("addr", address);
        dnat.set("port", port);
        return node;
    }

    static JsonNode and(JsonNode left, JsonNode right) {
        ObjectNode node = JSON.createObjectNode();
        node.set("&", JSON.createArrayNode().add(left).add(right));
        return node;
    }

    /** Puts the route's MTU into the segment size that a TCP connection opens with. */
    static JsonNode clampSegmentSize() {
        ObjectNode option = JSON.createObjectNode();
        option.putObject("tcp option").put("name", "maxseg").put("field", "size");
        ObjectNode change = JSON.createObjectNode();
        ObjectNode mangle = change.putObject("mangle");
        mangle.set("key", option);
        mangle.set("value", keyed("rt", "mtu"));
        return change;
    }

    static JsonNode is(JsonNode left, JsonNode right) {
        return match("==", left, right);
    }

    static JsonNode isNot(JsonNode left, JsonNode right) {
        return match("!=", left, right);
    }

    /** One of the bits, or one of the names, is set. */
    static JsonNode has(JsonNode left, JsonNode right) {
        return match("in", left, right);
    }

    private static JsonNode match(String operator, JsonNode left, JsonNode right) {
        ObjectNode node = JSON.createObjectNode();
        ObjectNode match = node.putObject("match");
        match.put("op", operator);
        match.set("left", left);
        match.set("right", right);
        return node;
    }
}
