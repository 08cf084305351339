package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who is told our groups, and when. VL2 checklist 55. */
class AnnounceVectorsTest {
    private static final List<JsonNode> CASES = Vectors.read("vl2-announce");
    private static final long[] ROOTS = {Vl2Bench.ROOT, 0x1d20dd3bf5L, 0x3bb01dd1d2L, 0x778cde7190L};

    /** The first three cases are one story. */
    @Test
    void announcesGroupsAsTheGivenVectorsDo() {
        JsonNode subscribes = CASES.get(0);
        JsonNode periodic = CASES.get(1);
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config(subscribes.path("network")));
        bench.underlay.upstreams = ROOTS;
        bench.admit(Vl2Bench.MEMBER);
        bench.vl2.poll(bench.nowMs); // the member, new, is told our groups
        bench.forgetWhatHappened();

        bench.vl2.groups(Vl2Bench.NETWORK, Set.of(group(subscribes.path("subscription"))), bench.nowMs);
        assertThat(sent(bench)).containsExactlyInAnyOrderElementsOf(expected(subscribes));

        Set<MulticastGroup> groups = new HashSet<>();
        periodic.path("subscriptions").forEach(group -> groups.add(group(group)));
        bench.vl2.groups(Vl2Bench.NETWORK, groups, bench.nowMs);
        bench.forgetWhatHappened();
        bench.vl2
                .joined(Vl2Bench.NETWORK)
                .network
                .member(Vl2Bench.MEMBER.address())
                .groupsAnnounced(bench.nowMs + 59_000);
        bench.nowMs += 60_000;
        bench.vl2.poll(bench.nowMs);
        List<String> likes = sent(bench);
        assertThat(likes).containsExactlyInAnyOrderElementsOf(expected(periodic));

        bench.vl2.poll(bench.nowMs);
        assertThat(sent(bench)).as("again at the same time").isEmpty();
    }

    private static MulticastGroup group(JsonNode group) {
        return new MulticastGroup(
                Mac.parse(group.path("mac").asText()), group.path("adi").asLong());
    }

    private static List<String> sent(Vl2Bench bench) {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() != Verb.NETWORK_CONFIG_REQUEST)
                .map(sent -> (isRoot(sent.to()) ? "root" : Addresses.format(sent.to())) + " " + Verb.name(sent.verb())
                        + " " + HexFormat.of().formatHex(sent.payload()))
                .toList();
    }

    private static boolean isRoot(long address) {
        for (long root : ROOTS) {
            if (root == address) {
                return true;
            }
        }
        return false;
    }

    private static List<String> expected(JsonNode given) {
        List<String> sends = new ArrayList<>();
        given.path("sends")
                .forEach(send -> sends.add(send.path("to").asText() + " "
                        + Verb.name(send.path("verb").asInt()) + " "
                        + send.path("payload").asText()));
        return sends;
    }
}
