package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Packets of a peer and what they must lead to. VL2 checklist 33, 34, 36 to 40, 42, 43, 47, 51 to 54. */
class IngressVectorsTest {
    static Stream<Arguments> cases() {
        return Vectors.of("vl2-ingress");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheGivenVectors(JsonNode given) {
        Vl2Bench bench =
                given.hasNonNull("network") ? Vl2Bench.joined(Vl2Bench.config(given.path("network"))) : new Vl2Bench();
        Identity sender = Identity.parse(given.path("sender").asText());
        arrange(bench, given, sender);

        Handled handled = bench.receive(
                sender,
                given.path("verb").asInt(),
                Vectors.id(given.path("packetId")),
                Vectors.bytes(given.path("payload")));

        assertThat(handled != Handled.HOLD)
                .as("consumed")
                .isEqualTo(given.path("consumed").asBoolean());
        assertThat(tapped(bench)).containsExactlyElementsOf(expectedTapped(given));
        assertThat(sent(bench)).containsExactlyInAnyOrderElementsOf(expectedSent(given));
        assertThat(groupMembers(bench, given)).isEqualTo(expectedGroupMembers(given));
        given.path("learned").forEach(learned -> assertThat(Addresses.format(bench.vl2
                        .joined(Vl2Bench.NETWORK)
                        .network
                        .bridgeTo(Mac.parse(learned.path("mac").asText()), bench.nowMs)))
                .isEqualTo(learned.path("via").asText()));
    }

    private static void arrange(Vl2Bench bench, JsonNode given, Identity sender) {
        JsonNode membership = given.path("membership");
        if (membership.hasNonNull("com")) {
            bench.admit(sender, CertificateOfMembership.read(new WireReader(Vectors.bytes(membership.path("com")))));
        }
        if (membership.path("comRevocationThreshold").asLong() != 0) {
            bench.revoke(sender, membership.path("comRevocationThreshold").asLong());
        }
        for (JsonNode member : given.path("groupMembers")) {
            bench.listens(group(member), Addresses.parse(member.path("address").asText()));
        }
        Set<MulticastGroup> subscriptions = new HashSet<>();
        given.path("subscriptions").forEach(group -> subscriptions.add(group(group)));
        bench.vl2.groups(Vl2Bench.NETWORK, subscriptions, bench.nowMs);
        bench.forgetWhatHappened();
    }

    private static MulticastGroup group(JsonNode group) {
        return new MulticastGroup(
                Mac.parse(group.path("mac").asText()), group.path("adi").asLong());
    }

    private static List<String> tapped(Vl2Bench bench) {
        return bench.tapped.stream().map(Vl2Bench.Tapped::hex).toList();
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

    /** Without our likes, which go to whoever passes the gate for the first time; the vectors leave them out. */
    private static List<String> sent(Vl2Bench bench) {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() != Verb.MULTICAST_LIKE)
                .map(FakeUnderlay.Sent::toString)
                .toList();
    }

    private static List<String> expectedSent(JsonNode given) {
        List<String> sends = new ArrayList<>();
        for (JsonNode send : given.path("sends")) {
            sends.add(new FakeUnderlay.Sent(
                            Addresses.parse(send.path("to").asText()),
                            send.path("verb").asInt(),
                            Vectors.bytes(send.path("payload")),
                            0)
                    .toString());
        }
        return sends;
    }

    private static Set<String> groupMembers(Vl2Bench bench, JsonNode given) {
        Set<String> members = new HashSet<>();
        for (String line : expectedGroupMembers(given)) {
            String[] part = line.split(" ", -1);
            MulticastGroup group = new MulticastGroup(Mac.parse(part[1]), Long.parseLong(part[2]));
            long network = Long.parseUnsignedLong(part[0], 16);
            for (long address : bench.vl2.groupMembers().pick(network, group, 100, 0)) {
                members.add(part[0] + " " + part[1] + " " + part[2] + " " + Addresses.format(address));
            }
        }
        assertThat(bench.vl2.groupMembers().size()).isEqualTo(members.size());
        return members;
    }

    private static Set<String> expectedGroupMembers(JsonNode given) {
        Set<String> members = new HashSet<>();
        for (JsonNode member : given.path("groupMembersAfter")) {
            members.add(member.path("networkId").asText() + " "
                    + member.path("mac").asText() + " " + member.path("adi").asText() + " "
                    + member.path("address").asText());
        }
        return members;
    }
}
