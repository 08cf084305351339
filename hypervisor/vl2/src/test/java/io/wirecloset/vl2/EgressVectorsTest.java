package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.Network;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames from the tap and the packets they must become, whether the control loop does all of it or a lane begins. VL2
 * checklist 35, 39, 41, 44 to 49, 56, 57.
 */
class EgressVectorsTest {
    static Stream<Arguments> cases() {
        return Vectors.of("vl2-egress");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheGivenVectorsOnTheControlLoop(JsonNode given) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config(given.path("network")));
        arrange(bench, given);

        bench.fromTap(frame(given));

        assertThat(sent(bench.underlay.takeSent())).containsExactlyInAnyOrderElementsOf(expectedSent(given));
        assertThat(bench.tapped.stream().map(Vl2Bench.Tapped::hex)).containsExactlyElementsOf(expectedTapped(given));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheGivenVectorsThroughALane(JsonNode given) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config(given.path("network")));
        bench.admit(Vl2Bench.MEMBER);
        arrange(bench, given);
        LaneBench lane = new LaneBench(bench);

        lane.fromTap(frame(given));

        // the vectors know nobody who was admitted; such a member is told at once of groups behind us
        List<FakeUnderlay.Sent> sent = lane.allSent().stream()
                .filter(one -> one.verb() != Verb.MULTICAST_LIKE || one.to() != Vl2Bench.MEMBER.address())
                .toList();
        assertThat(sent(sent)).containsExactlyInAnyOrderElementsOf(expectedSent(given));
        assertThat(lane.allTapped()).containsExactlyElementsOf(expectedTapped(given));
    }

    private static void arrange(Vl2Bench bench, JsonNode given) {
        for (JsonNode member : given.path("groupMembers")) {
            MulticastGroup group = new MulticastGroup(
                    Mac.parse(member.path("mac").asText()), member.path("adi").asLong());
            bench.listens(group, Addresses.parse(member.path("address").asText()));
        }
        Network network = bench.vl2.joined(Vl2Bench.NETWORK).network;
        for (JsonNode route : given.path("bridgeRoutes")) {
            network.learnBridgeRoute(
                    Mac.parse(route.path("mac").asText()),
                    Addresses.parse(route.path("via").asText()),
                    bench.nowMs);
        }
        if (given.path("credentialsAlreadyPushed").asBoolean()) {
            for (JsonNode send : given.path("sends")) {
                String to = send.path("to").asText();
                if (!to.equals("root")) {
                    bench.pushed(Addresses.parse(to));
                }
            }
        }
        bench.forgetWhatHappened();
    }

    private static byte[] frame(JsonNode given) {
        return Vl2Bench.frame(
                Mac.parse(given.path("to").asText()),
                Mac.parse(given.path("from").asText()),
                given.path("etherType").asInt(),
                Vectors.bytes(given.path("frame")));
    }

    private static List<String> sent(List<FakeUnderlay.Sent> sent) {
        return sent.stream()
                .map(one -> (one.to() == Vl2Bench.ROOT ? "root" : Addresses.format(one.to())) + " "
                        + Verb.name(one.verb()) + " " + HexFormat.of().formatHex(one.payload()))
                .toList();
    }

    /** Stock nodes ask an anchor twice; once is enough for anybody. */
    private static List<String> expectedSent(JsonNode given) {
        List<String> sends = new ArrayList<>();
        for (JsonNode send : given.path("sends")) {
            sends.add(
                    send.path("to").asText() + " " + Verb.name(send.path("verb").asInt()) + " "
                            + send.path("payload").asText());
        }
        return sends.stream().distinct().toList();
    }

    private static List<String> expectedTapped(JsonNode given) {
        List<String> frames = new ArrayList<>();
        for (JsonNode frame : given.path("tap")) {
            frames.add(Vectors.hex(Vl2Bench.frame(
                    Mac.parse(frame.path("destMac").asText()),
                    Mac.parse(frame.path("sourceMac").asText()),
                    frame.path("etherType").asInt(),
                    Vectors.bytes(frame.path("frame")))));
        }
        return frames;
    }
}
