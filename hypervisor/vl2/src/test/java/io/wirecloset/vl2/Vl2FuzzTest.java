package io.wirecloset.vl2;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.Payloads.Payload;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.Arrays;
import java.util.List;

/** Anything at all, as any payload of VL2 or as a frame of the tap: nothing is thrown. */
class Vl2FuzzTest {
    private static final List<Payload> PAYLOADS = Payloads.all();
    private static final int[] LANE_VERBS = {Verb.FRAME, Verb.EXT_FRAME, Verb.MULTICAST_FRAME};
    // signed once: signing costs more than all that is tried with it
    private static final NetworkConfig PLAIN = Vl2Bench.config().build();
    private static final NetworkConfig RULED = ruled().build();
    private static final CertificateOfMembership MEMBERSHIP = Vl2Bench.certificate(Vl2Bench.MEMBER);

    /** First byte: as which of {@link Payloads}; second, if odd: from a member; then the payload. */
    @FuzzTest
    void payload(byte[] input) {
        if (input.length < 2) {
            return;
        }
        Payload like = PAYLOADS.get((input[0] & 0xff) % PAYLOADS.size());
        Vl2Bench bench = Vl2Bench.joined(PLAIN);
        if ((input[1] & 1) != 0) {
            bench.admit(Vl2Bench.MEMBER, MEMBERSHIP);
        }
        byte[] bytes = Arrays.copyOfRange(input, 2, input.length);

        Payloads.show(bench, new Payload(like.verb(), like.inReVerb(), like.errorCode(), bytes));
        bench.run(6_000);
    }

    /**
     * First byte: its top bit for a network of rules and bridges; the others 0 from the tap, else which verb. Then the frame
     * or payload, through a lane.
     */
    @FuzzTest
    void frame(byte[] input) {
        if (input.length == 0 || input.length > 10_000) {
            return;
        }
        Vl2Bench bench = Vl2Bench.joined(input[0] < 0 ? RULED : PLAIN);
        bench.admit(Vl2Bench.MEMBER, MEMBERSHIP);
        bench.pushed(Vl2Bench.MEMBER.address());
        bench.vl2.neighbours(Vl2Bench.NETWORK, LocalNeighbours.of(List.of(new byte[] {10, 1, 0, 7})), bench.nowMs);
        LaneBench lane = new LaneBench(bench);
        byte[] bytes = Arrays.copyOfRange(input, 1, input.length);

        int way = input[0] & 0x7f;
        if (way == 0) {
            lane.fromTap(bytes);
        } else {
            lane.fromPeer(Vl2Bench.MEMBER.address(), LANE_VERBS[way % 3], 1, bytes);
        }
    }

    private static NetworkConfig.Builder ruled() {
        return Vl2Bench.config()
                .specialists(
                        Vl2Bench.SELF.address() | NetworkConfig.ROLE_ACTIVE_BRIDGE,
                        Vl2Bench.MEMBER.address() | NetworkConfig.ROLE_ACTIVE_BRIDGE)
                .tags(List.of(Tag.issue(
                        Vl2Bench.NETWORK, Vl2Bench.CONFIG_TIME, 7, 1, Vl2Bench.SELF.address(), Vl2Bench.CONTROLLER)))
                .rules(RuleTable.of(List.of(
                        TestRules.watch(Vl2Bench.OTHER.address(), 100),
                        TestRules.protocol(17),
                        TestRules.destinationPorts(0, 0x7fff),
                        TestRules.redirect(Vl2Bench.BRIDGE.address()),
                        TestRules.tagsEqual(7, 1),
                        Rule.DROP,
                        Rule.ACCEPT)));
    }
}
