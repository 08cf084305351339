package io.wirecloset.vl2.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.rule.ReferenceFilter.Credentials;
import io.wirecloset.vl2.rule.ReferenceFilter.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the stock client's filter does with a frame, ours does (rules checklist 6 to 30, 33). */
class FilterVectorsTest {
    private static final int EMULATE_NDP = 0x04;
    private static final int UNKNOWN_MATCHES = 0x08;
    private static final int OWNERSHIP = 4;
    private static final int TAG = 3;
    private static final int CAPABILITY = 2;

    static Stream<Arguments> decides() {
        return Vectors.of("rules-eval");
    }

    @ParameterizedTest
    @MethodSource
    void decides(JsonNode given) {
        Question asked = question(given);
        RuleTable base = table(given.get("config"));
        byte[] slot = new byte[asked.data().length + 11];
        System.arraycopy(asked.data(), 0, slot, 7, asked.data().length);
        FrameFacts facts = new FrameFacts()
                .of(
                        asked.source(),
                        asked.destination(),
                        asked.sourceMac(),
                        asked.destinationMac(),
                        asked.ethertype(),
                        slot,
                        7,
                        asked.data().length);
        Filter filter = new Filter(new FixedChance());
        Party self = asked.self().party();
        Party remote = asked.remote().party();

        Ruling ruling = asked.inbound()
                ? filter.inbound(base, facts, self, remote)
                : filter.outbound(base, facts, self, remote, asked.noTee());

        JsonNode expected = given.get("expect");
        assertThat(accept(ruling)).isEqualTo(expected.get("accept").asInt());
        assertThat(ruling.qosBucket()).isEqualTo(expected.path("qosBucket").asInt(0));
        assertThat(sent(ruling, given, asked)).isEqualTo(expectedToBeSent(expected));
        assertThat(Questions.of(ruling)).isEqualTo(ReferenceFilter.answer(base, asked));
    }

    private static int accept(Ruling ruling) {
        return switch (ruling.decision()) {
            case SUPER_ACCEPT -> 2;
            case ACCEPT -> 1;
            default -> 0;
        };
    }

    private static List<String> expectedToBeSent(JsonNode expected) {
        List<String> all = new ArrayList<>();
        expected.get("emitted")
                .forEach(one -> all.add(
                        one.get("to").asText() + " " + one.get("payload").asText()));
        return all;
    }

    private static List<String> sent(Ruling ruling, JsonNode given, Question asked) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < ruling.copies(); i++) {
            byte[] payload = new WireWriter(64)
                    .u64(Vectors.id(given.get("networkId")))
                    .u8(ruling.copyFlags(i))
                    .address(asked.destinationMac() >>> 8)
                    .u8((int) asked.destinationMac() & 0xff)
                    .address(asked.sourceMac() >>> 8)
                    .u8((int) asked.sourceMac() & 0xff)
                    .u16(asked.ethertype())
                    .bytes(Arrays.copyOf(asked.data(), ruling.copyLength(i)))
                    .toByteArray();
            all.add(String.format("%010x ", ruling.copyTo(i)) + Vectors.hex(payload));
        }
        return all;
    }

    private static Question question(JsonNode given) {
        boolean inbound = given.get("direction").asText().equals("in");
        long self = Vectors.id(given.get("self"));
        JsonNode peer = given.get("peer");
        long other = peer.get("address").isNull() ? 0 : Vectors.id(peer.get("address"));
        return new Question(
                inbound,
                inbound ? other : self,
                inbound ? self : other,
                Mac.parse(given.get("macSource").asText()),
                Mac.parse(given.get("macDest").asText()),
                given.get("etherType").asInt(),
                Vectors.bytes(given.get("frame")),
                ofSelf(given),
                ofPeer(given),
                given.path("noTee").asBoolean(),
                FixedChance.VALUE);
    }

    private static Credentials ofSelf(JsonNode given) {
        JsonNode config = given.get("config");
        Credentials all = new Credentials();
        fill(all, config, (kind, id) -> one -> true);
        long flags = Vectors.id(config.get("flags"));
        all.unknownMatches = (flags & UNKNOWN_MATCHES) != 0;
        if ((flags & EMULATE_NDP) != 0) {
            long networkId = Vectors.id(given.get("networkId"));
            long self = Vectors.id(given.get("self"));
            byte[] sixPlane = DerivedAddresses.sixPlane(networkId, self);
            byte[] rfc4193 = DerivedAddresses.rfc4193(networkId, self);
            for (JsonNode ip : config.get("staticIps")) {
                byte[] held = InetCidr.parse(ip.asText()).ip();
                all.sixPlane = Arrays.equals(held, sixPlane) ? sixPlane : all.sixPlane;
                all.rfc4193 = Arrays.equals(held, rfc4193) ? rfc4193 : all.rfc4193;
            }
        }
        return all;
    }

    private static Credentials ofPeer(JsonNode given) {
        JsonNode config = given.get("config");
        JsonNode peer = given.get("peer");
        long now = config.get("timestamp").asLong();
        long delta = config.get("credentialTimeMaxDelta").asLong();
        Credentials all = new Credentials();
        fill(all, peer, (kind, id) -> one -> {
            long timestamp = one.get("timestamp").asLong();
            for (JsonNode revocation : peer.get("revocations")) {
                if (revocation.get("credentialType").asInt() == kind
                        && revocation.get("credentialId").asLong() == id
                        && timestamp <= revocation.get("threshold").asLong()) {
                    return false;
                }
            }
            return Math.abs(timestamp - now) <= delta;
        });
        return all;
    }

    private interface Counts {
        Predicate<JsonNode> of(int kind, long id);
    }

    private static void fill(Credentials into, JsonNode from, Counts counts) {
        each(
                from,
                "tags",
                TAG,
                counts,
                one -> into.tags.putIfAbsent(
                        one.get("id").asLong(), one.get("value").asLong()));
        each(
                from,
                "capabilities",
                CAPABILITY,
                counts,
                one -> into.capabilities.putIfAbsent(one.get("id").asLong(), table(one)));
        each(from, "ownership", OWNERSHIP, counts, one -> {
            one.get("ips")
                    .forEach(ip ->
                            into.ips.add(InetCidr.parse(ip.asText() + "/0").ip()));
            one.get("macs").forEach(mac -> into.macs.add(Mac.parse(mac.asText())));
        });
    }

    private static void each(JsonNode from, String list, int kind, Counts counts, Consumer<JsonNode> take) {
        for (JsonNode one : from.get(list)) {
            if (counts.of(kind, one.get("id").asLong()).test(one)) {
                take.accept(one);
            }
        }
    }

    /** From the bytes, but for the bucket of PRIORITY, which they do not carry. */
    private static RuleTable table(JsonNode given) {
        List<Rule> rules = new ArrayList<>(
                RuleTable.read(Vectors.bytes(given.get("rulesHex"))).rules());
        for (int i = 0; i < rules.size(); i++) {
            JsonNode bucket = given.get("rules").get(i).get("qosBucket");
            if (bucket != null) {
                rules.set(i, Rule.priority(bucket.asInt()));
            }
        }
        return RuleTable.of(rules);
    }
}
