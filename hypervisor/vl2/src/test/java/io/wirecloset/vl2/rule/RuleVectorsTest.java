package io.wirecloset.vl2.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.ethernet.Mac;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of rules mean what the vectors say, and come out as they went in. */
class RuleVectorsTest {
    static Stream<Arguments> bytes() {
        return Stream.concat(Vectors.of("rules-binary", "json"), Vectors.of("rules-binary", "table"))
                .filter(one -> !payload(one).get("hex").isNull());
    }

    static Stream<Arguments> meaning() {
        return Vectors.of("rules-binary", "json")
                .filter(one -> !payload(one).get("rendered").isNull());
    }

    static Stream<Arguments> decode() {
        return Vectors.of("rules-binary", "decode");
    }

    private static JsonNode payload(Arguments one) {
        return (JsonNode) ((Named<?>) one.get()[0]).getPayload();
    }

    @ParameterizedTest
    @MethodSource
    void bytes(JsonNode given) {
        RuleTable table = RuleTable.read(Vectors.bytes(given.get("hex")));

        assertThat(Vectors.hex(table.toBytes())).isEqualTo(given.get("hex").asText());
    }

    @ParameterizedTest
    @MethodSource
    void meaning(JsonNode given) {
        RuleTable table = RuleTable.read(Vectors.bytes(given.get("hex")));

        assertThat(table.size()).isEqualTo(1);
        Rule rule = table.rules().getFirst();
        assertThat(render(rule)).isEqualTo(given.get("rendered"));
        assertThat(Rule.of(rule.type(), rule.not(), rule.or(), rule.data())).isEqualTo(rule);
    }

    @ParameterizedTest
    @MethodSource
    void decode(JsonNode given) {
        byte[] bytes = Vectors.bytes(given.get("hex"));
        if (given.get("rejected").asBoolean()) {
            assertThatThrownBy(() -> RuleTable.read(bytes)).isInstanceOf(MalformedException.class);
            return;
        }
        RuleTable table = RuleTable.read(bytes);
        assertThat(table.size()).isEqualTo(given.get("count").asInt());
        assertThat(Vectors.hex(table.toBytes()))
                .isEqualTo(given.get("reencoded").asText());
    }

    /** The JSON form, made from the entry's own accessors. */
    private static ObjectNode render(Rule rule) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("type", RuleType.name(rule.type()));
        if (!rule.isAction()) {
            json.put("not", rule.not()).put("or", rule.or());
        }
        byte[] data = rule.data();
        switch (rule.type()) {
            case RuleType.TEE, RuleType.WATCH ->
                json.put("address", address(rule.u64(0)))
                        .put("flags", (int) rule.u32(8))
                        .put("length", rule.u16(12));
            case RuleType.REDIRECT -> json.put("address", address(rule.u64(0))).put("flags", (int) rule.u32(8));
            case RuleType.SOURCE_ZEROTIER_ADDRESS, RuleType.DEST_ZEROTIER_ADDRESS ->
                json.put("zt", address(Addresses.get(data, 0)));
            case RuleType.VLAN_ID -> json.put("vlanId", rule.u16(0));
            case RuleType.VLAN_PCP -> json.put("vlanPcp", rule.u8(0));
            case RuleType.VLAN_DEI -> json.put("vlanDei", rule.u8(0));
            case RuleType.MAC_SOURCE, RuleType.MAC_DEST -> json.put("mac", Mac.format(Mac.get(data, 0)));
            case RuleType.IPV4_SOURCE, RuleType.IPV4_DEST ->
                json.put("ip", InetCidr.of(Arrays.copyOf(data, 4), rule.u8(4)).toString());
            case RuleType.IPV6_SOURCE, RuleType.IPV6_DEST ->
                json.put("ip", InetCidr.of(Arrays.copyOf(data, 16), rule.u8(16)).toString());
            case RuleType.IP_TOS ->
                json.put("mask", rule.u8(0)).put("start", rule.u8(1)).put("end", rule.u8(2));
            case RuleType.IP_PROTOCOL -> json.put("ipProtocol", rule.u8(0));
            case RuleType.ETHERTYPE -> json.put("etherType", rule.u16(0));
            case RuleType.ICMP -> {
                json.put("icmpType", rule.u8(0));
                if ((rule.u8(2) & 1) != 0) {
                    json.put("icmpCode", rule.u8(1));
                } else {
                    json.putNull("icmpCode");
                }
            }
            case RuleType.IP_SOURCE_PORT_RANGE, RuleType.IP_DEST_PORT_RANGE, RuleType.FRAME_SIZE_RANGE ->
                json.put("start", rule.u16(0)).put("end", rule.u16(2));
            case RuleType.CHARACTERISTICS -> json.put("mask", String.format("%016x", rule.u64(0)));
            case RuleType.RANDOM -> number(json, "probability", rule.u32(0));
            case RuleType.TAGS_DIFFERENCE,
                    RuleType.TAGS_BITWISE_AND,
                    RuleType.TAGS_BITWISE_OR,
                    RuleType.TAGS_BITWISE_XOR,
                    RuleType.TAGS_EQUAL,
                    RuleType.TAG_SENDER,
                    RuleType.TAG_RECEIVER -> {
                number(json, "id", rule.u32(0));
                number(json, "value", rule.u32(4));
            }
            case RuleType.INTEGER_RANGE ->
                json.put("start", String.format("%016x", rule.u64(0)))
                        .put("end", String.format("%016x", rule.u64(8)))
                        .put("idx", rule.u16(16))
                        .put("little", (rule.u8(18) & 0x80) != 0)
                        .put("bits", (rule.u8(18) & 0x3f) + 1);
            default -> {}
        }
        return json;
    }

    /** As the JSON parser makes them: int where it fits. */
    private static void number(ObjectNode json, String field, long value) {
        if (value <= Integer.MAX_VALUE) {
            json.put(field, (int) value);
        } else {
            json.put(field, value);
        }
    }

    private static String address(long address) {
        return Addresses.format(address);
    }
}
