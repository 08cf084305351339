package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 21: networks without controller configure themselves")
class AdHocVectorsTest {
    private static final long PORT_22 = 0xff00160016000000L;
    private static final long V4 = 0xff0a000000000001L;

    private final Vl2Bench bench = new Vl2Bench();

    static Stream<Arguments> cases() {
        return Vectors.of("vl2-adhoc");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheGivenVectors(JsonNode given) {
        assertThat(Addresses.format(Vl2Bench.SELF.address()))
                .isEqualTo(given.path("address").asText());
        bench.underlay.upstreams = new long[0];
        long network = Vectors.id(given.path("networkId"));

        bench.vl2.join(network, null, bench.nowMs);
        bench.run(120_000);

        NetworkView view = bench.vl2.view(network);
        assertThat(view.status().name()).isEqualTo(given.path("status").asText());
        assertThat(bench.sentText()).isEmpty();
        assertThat(bench.underlay.asked).isEmpty();
        if (given.path("meaning").isNull()) {
            assertThat(view.config()).isNull();
            assertThat(view.trouble()).contains("without controller");
        } else {
            assertMeans(given.path("meaning"), view.config());
        }
    }

    private static void assertMeans(JsonNode meaning, NetworkConfig config) {
        assertThat(config.networkId()).isEqualTo(Vectors.id(meaning.path("networkId")));
        assertThat(Addresses.format(config.issuedTo()))
                .isEqualTo(meaning.path("issuedTo").asText());
        assertThat(config.credentialWindowMs())
                .isEqualTo(meaning.path("credentialTimeMaxDelta").asLong());
        assertThat(config.revision()).isEqualTo(meaning.path("revision").asLong());
        assertThat(config.remoteTraceTarget()).isZero();
        assertThat(config.flags()).isEqualTo(Vectors.id(meaning.path("flags")));
        assertThat(config.multicastLimit())
                .isEqualTo(meaning.path("multicastLimit").asLong());
        assertThat(config.isPublic()).isEqualTo(meaning.path("type").asInt() == 1);
        assertThat(config.name()).isEqualTo(meaning.path("name").asText());
        assertThat(config.mtu()).isEqualTo(meaning.path("mtu").asInt());
        assertThat(config.membership()).isNull();
        assertThat(config.specialists())
                .isEqualTo(texts(meaning.path("specialists")).stream()
                        .mapToLong(id -> Long.parseUnsignedLong(id, 16))
                        .toArray());
        assertThat(config.routes()).isEmpty();
        assertThat(config.staticAddresses().stream().map(Object::toString))
                .containsExactlyElementsOf(texts(meaning.path("staticIps")));
        assertThat(Vectors.hex(config.rules().toBytes()))
                .isEqualTo(meaning.path("rulesHex").asText());
        assertThat(config.dns().domain()).isEmpty();
        assertThat(config.sso().enabled()).isFalse();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(one -> texts.add(one.asText()));
        return texts;
    }

    @Test
    void nothingIsKeptAndNothingKeptIsBelieved() {
        byte[] forged = NetworkConfig.builder(V4, Vl2Bench.SELF.address())
                .name("forged")
                .build()
                .toBytes();

        bench.vl2.join(V4, forged, bench.nowMs);

        assertThat(bench.vl2.view(V4).config().name()).isEqualTo("adhoc-10.0.0.0");
        assertThat(bench.saved).isEmpty();
    }

    @Test
    void nobodyElseConfiguresThem() {
        bench.vl2.join(PORT_22, null, bench.nowMs);
        bench.forgetWhatHappened();
        byte[] forged = NetworkConfig.builder(PORT_22, Vl2Bench.SELF.address())
                .name("forged")
                .build()
                .toBytes();
        WireWriter push = new WireWriter(512);
        ConfigChunk.cut(PORT_22, forged, 1, Vl2Bench.CONTROLLER).getFirst().write(push);

        assertThat(bench.receive(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG, push.toByteArray()))
                .isEqualTo(Handled.IGNORED);
        bench.receiveError(
                Vl2Bench.CONTROLLER,
                Verb.NETWORK_CONFIG_REQUEST,
                7,
                new WireWriter(8).u64(PORT_22).toByteArray());

        assertThat(bench.vl2.view(PORT_22).status()).isEqualTo(NetworkStatus.OK);
        assertThat(bench.vl2.view(PORT_22).config().name()).isEqualTo("adhoc-0016-0016");
        assertThat(bench.underlay.asked).as("there is no such controller").isEmpty();
    }

    @Test
    void twoNodesTalkWithoutAnybodysLeave() {
        MemoryVl1 net = new MemoryVl1();
        net.root(Vl2Bench.BRIDGE);
        MemoryVl1.Node a = net.node(Vl2Bench.SELF);
        MemoryVl1.Node b = net.node(Vl2Bench.MEMBER);
        a.vl2.join(V4, null, net.nowMs);
        b.vl2.join(V4, null, net.nowMs);
        net.settle();
        long macA = Mac.of(a.identity.address(), V4);
        long macB = Mac.of(b.identity.address(), V4);

        byte[] frame = Vl2Bench.frame(macB, macA, 0x0800, new byte[] {7});
        a.vl2.onTapFrame(V4, frame, 0, frame.length, net.nowMs);
        net.settle();

        assertThat(b.tapped).containsExactly(Vectors.hex(frame));
    }
}
