package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What rules do to frames, the same from a lane as from the control loop: copies, redirections, tags, capabilities. What a
 * single table says about a single frame is proved in the package of rules.
 */
@DisplayName(
        "VL2 checklist 32, 35, 43; rules checklist 18, 21, 26 to 30: rules on their way through lane and control loop")
class FilteredFramesTest {
    private static final byte[] DATA = {0x45, 0, 0, 20, 9, 9, 9, 9};
    private static final long WATCHER = Vl2Bench.OTHER.address();
    private static final long FOREIGN = 0x02_aa_bb_cc_dd_01L;
    private static final String MACS_OUT = macs(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC);
    private static final String MACS_IN = macs(Vl2Bench.SELF_MAC, Vl2Bench.MEMBER_MAC);

    private Vl2Bench bench;
    private LaneBench lane;

    /** Everybody is admitted and has our credentials. */
    private void network(NetworkConfig.Builder config, Rule... rules) {
        bench = Vl2Bench.joined(config.rules(RuleTable.of(List.of(rules))).build());
        lane = new LaneBench(bench);
        for (Identity member : List.of(Vl2Bench.MEMBER, Vl2Bench.OTHER, Vl2Bench.BRIDGE)) {
            bench.admit(member);
            bench.pushed(member.address());
        }
        bench.forgetWhatHappened();
    }

    private void network(Rule... rules) {
        network(Vl2Bench.config(), rules);
    }

    /** Through the lane or past it; either way nothing else may happen. */
    private void send(boolean byLane) {
        byte[] frame = Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, DATA);
        if (byLane) {
            lane.fromTap(frame);
        } else {
            bench.fromTap(frame);
        }
    }

    private void receive(boolean byLane, Identity from, int verb, byte[] payload) {
        if (byLane) {
            lane.fromPeer(from.address(), verb, 0x42, payload);
        } else {
            bench.receive(from, verb, 0x42, payload);
        }
    }

    /** Without our likes, which go to whoever passes the gate for the first time. */
    private List<String> sent() {
        List<String> sent = lane.allSent().stream()
                .filter(one -> one.verb() != Verb.MULTICAST_LIKE)
                .map(FakeUnderlay.Sent::toString)
                .toList();
        lane.sent.clear();
        return sent;
    }

    private static String ext(long to, int flags, String macs, byte[] data) {
        return "%s EXT_FRAME %016x%02x%s0800%s"
                .formatted(Addresses.format(to), Vl2Bench.NETWORK, flags, macs, Vectors.hex(data));
    }

    private static String macs(long destination, long source) {
        return "%012x%012x".formatted(destination, source);
    }

    private static String toMember() {
        return Vl2Bench.text(Vl2Bench.MEMBER.address()) + " FRAME 63f07dc54b00beef0800" + Vectors.hex(DATA);
    }

    private static byte[] frame() {
        return new WireWriter(32).u64(Vl2Bench.NETWORK).u16(0x0800).bytes(DATA).toByteArray();
    }

    private static byte[] extFrame(int flags, long destination, long source) {
        return new WireWriter(64)
                .u64(Vl2Bench.NETWORK)
                .u8(flags)
                .u16((int) (destination >>> 32))
                .u32(destination & 0xffff_ffffL)
                .u16((int) (source >>> 32))
                .u32(source & 0xffff_ffffL)
                .u16(0x0800)
                .bytes(DATA)
                .toByteArray();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTeeSendsTheBeginningToAThirdNodeAndTheFrameOnItsWay(boolean byLane) {
        network(TestRules.tee(WATCHER, 4), Rule.ACCEPT);

        send(byLane);

        assertThat(sent()).containsExactly(ext(WATCHER, 0x02, MACS_OUT, new byte[] {0x45, 0, 0, 20}), toMember());
        assertThat(lane.framesHandedOver).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWatchDoesTheSameAndAsksForAnAcknowledgement(boolean byLane) {
        network(TestRules.watch(WATCHER, 0), Rule.ACCEPT);

        send(byLane);

        assertThat(sent()).containsExactly(ext(WATCHER, 0x16, MACS_OUT, DATA), toMember());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRedirectedFrameGoesToItsNewTargetOnlyAndIsNoFault(boolean byLane) {
        network(TestRules.redirect(WATCHER), Rule.ACCEPT);

        send(byLane);

        assertThat(sent()).containsExactly(ext(WATCHER, 0x04, MACS_OUT, DATA));
        assertThat(lane.drops).isEmpty();
        assertThat(bench.vl2.drops().get(Drop.RULE_SAID_NO)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsDroppedIsNotCopiedEither(boolean byLane) {
        network(TestRules.tee(WATCHER, 0), Rule.DROP);

        send(byLane);
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());

        assertThat(sent()).isEmpty();
        assertThat(lane.allTapped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theReceiverMakesItsOwnCopies(boolean byLane) {
        network(TestRules.tee(WATCHER, 0), Rule.ACCEPT);

        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());

        assertThat(sent()).containsExactly(ext(WATCHER, 0x08, MACS_IN, DATA));
        assertThat(lane.allTapped())
                .containsExactly(Vectors.hex(Vl2Bench.frame(Vl2Bench.SELF_MAC, Vl2Bench.MEMBER_MAC, 0x0800, DATA)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theReceiverWatchesAndRedirects(boolean byLane) {
        network(TestRules.watch(WATCHER, 2), TestRules.redirect(Vl2Bench.BRIDGE.address()), Rule.ACCEPT);

        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());

        assertThat(sent())
                .containsExactly(
                        ext(WATCHER, 0x1c, MACS_IN, new byte[] {0x45, 0}),
                        ext(Vl2Bench.BRIDGE.address(), 0x0a, MACS_IN, DATA));
        assertThat(lane.allTapped()).isEmpty();
        assertThat(lane.drops).isEmpty();
    }

    @ParameterizedTest // VL2 checklist 43
    @ValueSource(booleans = {true, false})
    void whoIsNamedByARuleTakesCopiesWhateverTheirMacs(boolean byLane) {
        network(TestRules.protocol(6), TestRules.tee(Vl2Bench.SELF.address(), 0), Rule.ACCEPT);

        receive(byLane, Vl2Bench.MEMBER, Verb.EXT_FRAME, extFrame(0x02, FOREIGN, FOREIGN + 1));

        assertThat(lane.allTapped()).containsExactly(Vectors.hex(Vl2Bench.frame(FOREIGN, FOREIGN + 1, 0x0800, DATA)));
        assertThat(lane.packetsHandedOver)
                .as("not learned, so nothing for the control loop")
                .isZero();
        assertThat(bench.vl2.joined(Vl2Bench.NETWORK).network.bridgeTo(FOREIGN + 1, bench.nowMs))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoIsNotNamedRefusesThem(boolean byLane) {
        network(TestRules.tee(WATCHER, 0), Rule.ACCEPT);

        receive(byLane, Vl2Bench.MEMBER, Verb.EXT_FRAME, extFrame(0x02, FOREIGN, FOREIGN + 1));

        assertThat(lane.allTapped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSenderThatDoesNotKnowATagYetDoesNotDrop(boolean byLane) {
        network(Vl2Bench.config().tags(List.of(tag(Vl2Bench.SELF, 1))), TestRules.tagsEqual(7, 1), Rule.ACCEPT);

        send(byLane);
        assertThat(sent()).containsExactly(toMember());

        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());
        assertThat(lane.allTapped()).as("the receiver is strict").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tagsDecideAsSoonAsTheyAreShownAndUntilTheyAreRevoked(boolean byLane) {
        network(Vl2Bench.config().tags(List.of(tag(Vl2Bench.SELF, 1))), TestRules.tagsEqual(7, 1), Rule.ACCEPT);

        shows(Vl2Bench.MEMBER, tag(Vl2Bench.MEMBER, 1));
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());
        assertThat(lane.allTapped()).hasSize(1);

        Revocation revocation = Revocation.issue(
                5, Vl2Bench.NETWORK, 3, 7, Vl2Bench.CONFIG_TIME, 0, Vl2Bench.MEMBER.address(), Vl2Bench.CONTROLLER);
        bench.receive(
                Vl2Bench.CONTROLLER,
                Verb.NETWORK_CREDENTIALS,
                CredentialsMessage.of(revocation).toBytes());
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());
        assertThat(lane.allTapped()).hasSize(1);

        // the stock nodes' revocation of a tag takes the certificate with it; a new one brings the node back, not the
        // tag
        bench.nowMs += 2_000;
        bench.admit(Vl2Bench.MEMBER, Vl2Bench.certificate(Vl2Bench.MEMBER, Vl2Bench.CONFIG_TIME + 1));
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());
        assertThat(lane.allTapped()).hasSize(1);
    }

    @ParameterizedTest // VL2 checklist 32
    @ValueSource(booleans = {true, false})
    void aTagOutsideTheWindowDoesNotCountUnderTheNextConfiguration(boolean byLane) {
        network(Vl2Bench.config().tags(List.of(tag(Vl2Bench.SELF, 1))), TestRules.tagsEqual(7, 1), Rule.ACCEPT);
        shows(Vl2Bench.MEMBER, tag(Vl2Bench.MEMBER, 1));

        NetworkConfig later = Vl2Bench.config()
                .timestamp(Vl2Bench.CONFIG_TIME + Vl2Bench.WINDOW_MS + 1)
                .tags(List.of(tag(Vl2Bench.SELF, 1)))
                .rules(RuleTable.of(List.of(TestRules.tagsEqual(7, 1), Rule.ACCEPT)))
                .build();
        bench.vl2.sendConfig(Vl2Bench.SELF.address(), 0, Vl2Bench.NETWORK, later.toBytes(), bench.nowMs);
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());

        assertThat(lane.allTapped()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCapabilityOfTheSenderAllowsWhatTheTableDoesNot(boolean byLane) {
        network();
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());
        assertThat(lane.allTapped()).isEmpty();

        Capability watchedAccess = capability(Vl2Bench.MEMBER, TestRules.tee(WATCHER, 0), Rule.ACCEPT);
        bench.receive(
                Vl2Bench.MEMBER,
                Verb.NETWORK_CREDENTIALS,
                new CredentialsMessage(List.of(), List.of(watchedAccess), List.of(), List.of(), List.of()).toBytes());
        receive(byLane, Vl2Bench.MEMBER, Verb.FRAME, frame());
        assertThat(lane.allTapped()).hasSize(1);
        assertThat(sent()).containsExactly(ext(WATCHER, 0x08, MACS_IN, DATA));

        send(byLane);
        assertThat(sent()).as("it is the sender's, not ours").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ourOwnCapabilityLetsUsSend(boolean byLane) {
        network(Vl2Bench.config().capabilities(List.of(capability(Vl2Bench.SELF, Rule.ACCEPT))));

        send(byLane);

        assertThat(sent()).containsExactly(toMember());
    }

    @Test // VL2 checklist 35
    void tagsAndCapabilitiesArePushedBeforeTheFirstFrame() {
        network(
                Vl2Bench.config()
                        .tags(List.of(tag(Vl2Bench.SELF, 1)))
                        .capabilities(List.of(capability(Vl2Bench.SELF, Rule.ACCEPT))),
                Rule.ACCEPT);
        bench.nowMs += 500_000;

        send(true);

        List<FakeUnderlay.Sent> sent = bench.underlay.takeSent();
        assertThat(sent).extracting(FakeUnderlay.Sent::verb).containsExactly(Verb.NETWORK_CREDENTIALS, Verb.FRAME);
        CredentialsMessage pushed = CredentialsMessage.read(
                new io.wirecloset.vl1.wire.WireReader(sent.getFirst().payload()));
        assertThat(pushed.tags()).hasSize(1);
        assertThat(pushed.capabilities()).hasSize(1);
        assertThat(pushed.memberships()).hasSize(1);
    }

    @Test
    void aCopyToANodeTheLaneCannotReachGoesThroughTheControlLoopBehindItsCredentials() {
        long stranger = 0x1234567890L;
        network(TestRules.tee(stranger, 0), Rule.ACCEPT);

        send(true);

        assertThat(lane.sent).extracting(FakeUnderlay.Sent::verb).containsExactly(Verb.FRAME);
        assertThat(lane.sentThroughControl).isEqualTo(1);
        List<FakeUnderlay.Sent> byControl = bench.underlay.takeSent();
        assertThat(byControl).extracting(FakeUnderlay.Sent::to).containsOnly(stranger);
        assertThat(byControl.getLast()).hasToString(ext(stranger, 0x02, MACS_OUT, DATA));
        assertThat(byControl.getFirst().verb()).isEqualTo(Verb.NETWORK_CREDENTIALS);
    }

    @Test
    void chanceIsAskedOnceAlsoWhenTheFrameHasNoPathFromTheLane() {
        network(TestRules.random(1L << 31), Rule.ACCEPT, TestRules.tee(WATCHER, 0), Rule.ACCEPT);
        lane.hasPath = false;
        int frames = 2_000;

        for (int i = 0; i < frames; i++) {
            send(true);
        }

        List<String> sent = sent();
        assertThat(sent.stream().filter(toMember()::equals)).hasSize(frames);
        assertThat((double) sent.size() - frames).as("copies of about half").isBetween(900.0, 1_100.0);
    }

    @Test
    void watchersSeeAMulticastFrameOnceHoweverManyListen() {
        network(TestRules.tee(WATCHER, 0), Rule.ACCEPT);
        MulticastGroup group = MulticastGroup.BROADCAST;
        bench.listens(group, Vl2Bench.MEMBER.address(), Vl2Bench.BRIDGE.address());
        bench.forgetWhatHappened();

        lane.fromTap(Vl2Bench.frame(Mac.BROADCAST, Vl2Bench.SELF_MAC, 0x0800, DATA));

        List<FakeUnderlay.Sent> sent = lane.allSent();
        assertThat(sent.stream().filter(one -> one.verb() == Verb.EXT_FRAME))
                .extracting(Object::toString)
                .containsExactly(ext(WATCHER, 0x02, macs(Mac.BROADCAST, Vl2Bench.SELF_MAC), DATA));
        assertThat(sent.stream().filter(one -> one.verb() == Verb.MULTICAST_FRAME))
                .hasSize(2);
    }

    @Test
    void rulesAboutTheDestinationAreAskedForEachListener() {
        network(
                TestRules.destination(Vl2Bench.MEMBER.address()),
                Rule.DROP,
                TestRules.destination(Vl2Bench.BRIDGE.address()),
                TestRules.redirect(WATCHER),
                Rule.ACCEPT);
        bench.listens(MulticastGroup.BROADCAST, Vl2Bench.MEMBER.address(), Vl2Bench.BRIDGE.address(), WATCHER);
        bench.forgetWhatHappened();

        lane.fromTap(Vl2Bench.frame(Mac.BROADCAST, Vl2Bench.SELF_MAC, 0x0800, DATA));

        List<FakeUnderlay.Sent> sent = lane.allSent();
        assertThat(sent.stream().filter(one -> one.verb() == Verb.MULTICAST_FRAME))
                .extracting(FakeUnderlay.Sent::to)
                .containsExactly(WATCHER);
        assertThat(sent.stream().filter(one -> one.verb() == Verb.EXT_FRAME))
                .extracting(Object::toString)
                .containsExactly(ext(WATCHER, 0x04, macs(Mac.BROADCAST, Vl2Bench.SELF_MAC), DATA));
    }

    @Test
    void acknowledgementsAreGivenForFilteredFramesAndCopiesAreStillMade() {
        network(TestRules.watch(WATCHER, 0), TestRules.redirect(Vl2Bench.BRIDGE.address()), Rule.ACCEPT);

        receive(true, Vl2Bench.MEMBER, Verb.EXT_FRAME, extFrame(0x10, Vl2Bench.SELF_MAC, Vl2Bench.MEMBER_MAC));

        assertThat(sent()).hasSize(3).anyMatch(one -> one.contains(" OK "));
    }

    @Test
    void aFrameTooLongForACopyIsCountedAndGoesOn() {
        network(TestRules.tee(WATCHER, 0), Rule.ACCEPT);

        lane.fromTap(
                Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, new byte[Limits.TAP_FRAME_BYTES - 14]));

        assertThat(lane.sent).extracting(FakeUnderlay.Sent::verb).containsExactly(Verb.FRAME);
        assertThat(lane.drops).containsExactly(Drop.FRAME_TOO_LONG);
    }

    @Test
    void aNetworkWithoutRulesAllowsNothingAndSaysSo() {
        network();

        send(true);
        receive(true, Vl2Bench.MEMBER, Verb.FRAME, frame());

        assertThat(sent()).isEmpty();
        assertThat(lane.allTapped()).isEmpty();
        assertThat(lane.drops).containsExactly(Drop.RULE_SAID_NO, Drop.RULE_SAID_NO);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).trouble()).contains("no rules");
    }

    @Test
    void aPartyIsTheSameInstanceWhileNothingChanges() {
        network(Rule.ACCEPT);
        shows(Vl2Bench.MEMBER, tag(Vl2Bench.MEMBER, 1));
        var before = record();

        shows(Vl2Bench.MEMBER, tag(Vl2Bench.MEMBER, 1));
        bench.pushed(Vl2Bench.MEMBER.address());
        assertThat(record().party()).as("a cache may rely on it").isSameAs(before.party());

        shows(Vl2Bench.MEMBER, tag(Vl2Bench.MEMBER, 2));
        assertThat(record().party()).isNotSameAs(before.party());
    }

    private MemberRecord record() {
        return bench.vl2.networks().find(Vl2Bench.NETWORK).members().find(Vl2Bench.MEMBER.address());
    }

    private static Tag tag(Identity of, int value) {
        return Tag.issue(Vl2Bench.NETWORK, Vl2Bench.CONFIG_TIME, 7, value, of.address(), Vl2Bench.CONTROLLER);
    }

    private static Capability capability(Identity of, Rule... rules) {
        return Capability.issue(
                Vl2Bench.NETWORK,
                Vl2Bench.CONFIG_TIME,
                9,
                RuleTable.of(List.of(rules)),
                1,
                of.address(),
                Vl2Bench.CONTROLLER);
    }

    private void shows(Identity member, Tag tag) {
        bench.nowMs += 2_000;
        List<Tag> tags = new ArrayList<>(List.of(tag));
        bench.receive(
                member,
                Verb.NETWORK_CREDENTIALS,
                new CredentialsMessage(List.of(), List.of(), tags, List.of(), List.of()).toBytes());
    }
}
