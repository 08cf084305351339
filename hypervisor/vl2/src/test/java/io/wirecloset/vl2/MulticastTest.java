package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.Underlay;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.MulticastGather;
import io.wirecloset.vl2.wire.MulticastLike;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How one frame reaches many, and how it is known who they are. VL2 checklist 48 to 52, 54, 55. */
class MulticastTest {
    private static final MulticastGroup GROUP = new MulticastGroup(0x3333_0000_00fbL, 0);
    private static final long ELSEWHERE = 0x1122334455667788L;

    private Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().multicastLimit(3).build());

    @Test // VL2 checklist 50
    void aFrameWaitsFiveSecondsForMembersUpToTheLimit() {
        bench.fromTap(frame());
        assertThat(copies()).isEmpty();

        bench.nowMs += 4_000;
        bench.listens(GROUP, 11, 12);
        assertThat(copies()).containsExactlyInAnyOrder(11L, 12L);

        bench.listens(GROUP, 12, 13, 14, 15);
        bench.vl2.poll(bench.nowMs);
        assertThat(copies()).as("one more makes three").hasSize(1);
    }

    @Test // VL2 checklist 50
    void afterFiveSecondsAFrameWaitsNoMore() {
        bench.fromTap(frame());
        bench.nowMs += 5_000;

        bench.listens(GROUP, 11);
        bench.vl2.poll(bench.nowMs);

        assertThat(copies()).isEmpty();
    }

    @Test
    void aLikeBringsAWaitingFrameAsWellAsAGatherDoes() {
        bench.admit(Vl2Bench.MEMBER);
        bench.fromTap(frame());

        bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_LIKE, likes(new MulticastLike(Vl2Bench.NETWORK, GROUP)));
        bench.vl2.poll(bench.nowMs);

        assertThat(copies()).containsExactly(Vl2Bench.MEMBER.address());
    }

    @Test // VL2 checklist 48
    void aGroupIsAskedForOnceAMinuteWhileItHasTooFewMembers() {
        bench.listens(GROUP, 11);
        bench.forgetWhatHappened();

        bench.fromTap(frame());
        assertThat(gathers()).containsExactlyInAnyOrder(Vl2Bench.ROOT, Vl2Bench.CONTROLLER.address());
        bench.nowMs += 59_000;
        bench.fromTap(frame());
        assertThat(gathers()).isEmpty();
        bench.nowMs += 1_000;
        bench.fromTap(frame());
        assertThat(gathers()).hasSize(2);
    }

    @Test // VL2 checklist 48
    void anEmptyGroupIsAskedForWithEveryFrame() {
        bench.fromTap(frame());
        bench.fromTap(frame());

        List<FakeUnderlay.Sent> asked = bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_GATHER)
                .toList();
        assertThat(asked).hasSize(4).allSatisfy(sent -> {
            assertThat(MulticastGather.read(new WireReader(sent.payload())).limit())
                    .isEqualTo(4);
            assertThat(sent.options()).isEqualTo(Underlay.COMPRESS | Underlay.EXPECT_REPLY);
        });
    }

    @Test // VL2 checklist 49
    void noMoreThanTheLimitGetACopyChosenAtRandom() {
        bench.listens(GROUP, LongStream.range(1, 40).toArray());
        bench.forgetWhatHappened();
        Set<Long> everServed = new HashSet<>();

        for (int i = 0; i < 200; i++) {
            bench.vl2.poll(bench.nowMs); // a turn for each, so that the budget never ends
            bench.fromTap(frame());
            List<Long> served = copies();
            assertThat(served).hasSize(3).doesNotHaveDuplicates();
            everServed.addAll(served);
        }

        assertThat(everServed).hasSize(39);
    }

    @Test
    void multicastIsCompressedUnlessTheNetworkSaysOtherwise() {
        bench.listens(GROUP, 1, 2, 3);
        bench.fromTap(frame());
        assertThat(frameOptions()).isEqualTo(Underlay.COMPRESS | Underlay.EXPECT_REPLY);

        bench = Vl2Bench.joined(Vl2Bench.config()
                .multicastLimit(3)
                .flags(NetworkConfig.FLAG_DO_NOT_COMPRESS_MULTICAST)
                .build());
        bench.listens(GROUP, 1, 2, 3);
        bench.fromTap(frame());
        assertThat(frameOptions()).isEqualTo(Underlay.EXPECT_REPLY);
    }

    @Test
    void theNearestReplicatorThatIsReachedMakesAllCopies() {
        long near = Vl2Bench.OTHER.address();
        long far = Vl2Bench.BRIDGE.address();
        long role = NetworkConfig.ROLE_MULTICAST_REPLICATOR | NetworkConfig.ROLE_ACTIVE_BRIDGE;
        bench = Vl2Bench.joined(Vl2Bench.config()
                .multicastLimit(3)
                .specialists(far | role, near | role)
                .build());
        bench.listens(GROUP, 1, 2, 3);
        bench.pushed(near);
        bench.pushed(far);
        bench.forgetWhatHappened();

        bench.fromTap(frame());
        assertThat(copies()).as("none is reached: we make them ourselves").hasSize(3);

        bench.underlay.latencies.put(far, 80);
        bench.underlay.latencies.put(near, 20);
        bench.fromTap(frame());
        List<FakeUnderlay.Sent> sent = bench.underlay.takeSent();
        assertThat(sent).hasSize(1);
        assertThat(sent.getFirst().to()).isEqualTo(near);
        MulticastFrame copy = new MulticastFrame();
        assertThat(copy.over(sent.getFirst().payload(), 0, sent.getFirst().payload().length))
                .isTrue();
        assertThat(copy.flags()).isEqualTo(0x0c);
        assertThat(copy.source()).isEqualTo(Vl2Bench.SELF_MAC);
        assertThat(copy.group()).isEqualTo(GROUP);

        bench.underlay.latencies.remove(near);
        bench.fromTap(frame());
        assertThat(copies()).containsExactly(far);
    }

    @Test
    void aReplicatorWhoseCopiesNobodyWouldTakeIsNotAsked() {
        bench = Vl2Bench.joined(Vl2Bench.config()
                .multicastLimit(3)
                .specialists(Vl2Bench.OTHER.address() | NetworkConfig.ROLE_MULTICAST_REPLICATOR)
                .build());
        bench.underlay.latencies.put(Vl2Bench.OTHER.address(), 1);
        bench.listens(GROUP, 1, 2, 3);
        bench.forgetWhatHappened();

        bench.fromTap(frame());

        assertThat(copies()).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void bridgesAndReplicatorsMakeTheirOwnCopies() {
        for (long role : new long[] {NetworkConfig.ROLE_ACTIVE_BRIDGE, NetworkConfig.ROLE_MULTICAST_REPLICATOR}) {
            bench = Vl2Bench.joined(Vl2Bench.config()
                    .multicastLimit(3)
                    .specialists(
                            Vl2Bench.SELF.address() | role,
                            Vl2Bench.OTHER.address()
                                    | NetworkConfig.ROLE_MULTICAST_REPLICATOR
                                    | NetworkConfig.ROLE_ACTIVE_BRIDGE)
                    .build());
            bench.underlay.latencies.put(Vl2Bench.OTHER.address(), 1);
            bench.listens(GROUP, 1, 2, 3);
            bench.forgetWhatHappened();

            bench.fromTap(frame());

            assertThat(copies())
                    .as("the other, as a bridge, and two more")
                    .hasSize(3)
                    .contains(Vl2Bench.OTHER.address());
        }
    }

    @Test
    void copiesBeyondATurnsBudgetLeaveInTheNextTurns() {
        bench = Vl2Bench.joined(Vl2Bench.config().multicastLimit(1_000).build());
        bench.listens(GROUP, LongStream.range(1, 1_001).toArray());
        bench.forgetWhatHappened();

        bench.fromTap(frame());
        assertThat(copies()).hasSize(Limits.MULTICAST_COPIES_PER_TURN);

        Set<Long> rest = new HashSet<>();
        int turns = 0;
        while (bench.vl2.poll(bench.nowMs) == bench.nowMs) {
            List<Long> copies = copies();
            assertThat(copies.size()).isLessThanOrEqualTo(Limits.MULTICAST_COPIES_PER_TURN);
            rest.addAll(copies);
            turns++;
        }
        rest.addAll(copies());
        assertThat(rest).hasSize(1_000 - Limits.MULTICAST_COPIES_PER_TURN);
        assertThat(turns).isBetween(2, 4);
    }

    @Test
    void aFloodOfMulticastIsBoundedAndCounted() {
        bench = Vl2Bench.joined(Vl2Bench.config().multicastLimit(1_000).build());
        bench.listens(GROUP, LongStream.range(1, 1_001).toArray());

        for (int i = 0; i < 1_000; i++) {
            bench.fromTap(frame());
        }

        assertThat(bench.vl2.drops().get(Drop.QUEUE_FULL)).isBetween(700L, 750L);
    }

    @Test // VL2 checklist 54
    void likesAreTakenFromMembersOnly() {
        byte[] likes = likes(new MulticastLike(Vl2Bench.NETWORK, GROUP));

        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_LIKE, likes)).isEqualTo(Handled.DONE);
        assertThat(bench.vl2.groupMembers().size()).isZero();

        bench.admit(Vl2Bench.MEMBER);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_LIKE, likes)).isEqualTo(Handled.TRUSTED);
        assertThat(bench.vl2.groupMembers().contains(Vl2Bench.NETWORK, GROUP, Vl2Bench.MEMBER.address()))
                .isTrue();
    }

    @Test // VL2 checklist 54
    void beingAMemberOfOneNetworkGivesNoRightOnTheNext() {
        bench.admit(Vl2Bench.MEMBER);

        bench.receive(
                Vl2Bench.MEMBER,
                Verb.MULTICAST_LIKE,
                likes(
                        new MulticastLike(Vl2Bench.NETWORK, GROUP),
                        new MulticastLike(ELSEWHERE, GROUP),
                        new MulticastLike(Vl2Bench.NETWORK, MulticastGroup.BROADCAST)));

        assertThat(bench.vl2.groupMembers().count(ELSEWHERE, GROUP)).isZero();
        assertThat(bench.vl2.groupMembers().size()).isEqualTo(2);
    }

    @Test // VL2 checklist 54
    void aRootServesNetworksItHasNotJoined() {
        bench.underlay.root = true;

        bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_LIKE, likes(new MulticastLike(ELSEWHERE, GROUP)));
        bench.forgetWhatHappened();
        bench.receive(Vl2Bench.OTHER, Verb.MULTICAST_GATHER, gather(ELSEWHERE, 5));

        assertThat(bench.underlay.takeSent()).hasSize(1).allSatisfy(sent -> {
            assertThat(sent.to()).isEqualTo(Vl2Bench.OTHER.address());
            assertThat(Vectors.hex(sent.payload())).endsWith("00000001" + "0001" + "03a8aa6f02");
        });
    }

    @Test // VL2 checklist 54
    void aControllerServesThoseItAdmittedLately() {
        bench.vl2.controller(new OnlyMemberAdmitted());

        bench.receive(Vl2Bench.MEMBER, Verb.MULTICAST_LIKE, likes(new MulticastLike(ELSEWHERE, GROUP)));
        bench.receive(Vl2Bench.OTHER, Verb.MULTICAST_LIKE, likes(new MulticastLike(ELSEWHERE, GROUP)));

        assertThat(bench.vl2.groupMembers().pick(ELSEWHERE, GROUP, 10, 0)).containsExactly(Vl2Bench.MEMBER.address());
    }

    @Test
    void aMemberThatDoesNotWantAGroupGetsNoMoreOfIt() {
        bench.admit(Vl2Bench.MEMBER);
        bench.listens(GROUP, Vl2Bench.MEMBER.address());
        byte[] unwanted = new WireWriter(32)
                .u64(Vl2Bench.NETWORK)
                .u16((int) (GROUP.mac() >>> 32))
                .u32(GROUP.mac())
                .u32(0)
                .toByteArray();

        bench.receiveError(Vl2Bench.OTHER, Verb.MULTICAST_FRAME, ErrorCode.UNWANTED_MULTICAST, unwanted);
        assertThat(bench.vl2.groupMembers().size()).as("not for others").isEqualTo(1);
        bench.receiveError(Vl2Bench.MEMBER, Verb.MULTICAST_FRAME, ErrorCode.UNWANTED_MULTICAST, unwanted);

        assertThat(bench.vl2.groupMembers().size()).isZero();
    }

    @Test // VL2 checklist 55
    void groupsAreToldToEveryMemberThatPassesTheGateOnceAMinute() {
        bench.admit(Vl2Bench.MEMBER);
        bench.forgetWhatHappened();

        bench.run(181_000);

        assertThat(likesSentTo(Vl2Bench.MEMBER.address())).isEqualTo(3);
    }

    @Test // VL2 checklist 55
    void groupsAreToldToGatherersOnceAMinute() {
        bench.run(181_000);

        assertThat(likesSentTo(Vl2Bench.ROOT)).isEqualTo(3);
    }

    @Test
    void weAreNeverAMemberOfOurOwnGroups() {
        bench.listens(GROUP, Vl2Bench.SELF.address(), 0);

        assertThat(bench.vl2.groupMembers().size()).isZero();
    }

    private List<Long> copies() {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_FRAME)
                .peek(sent -> assertThat(new MulticastFrame().over(sent.payload(), 0, sent.payload().length))
                        .isTrue())
                .map(FakeUnderlay.Sent::to)
                .toList();
    }

    private List<Long> gathers() {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_GATHER)
                .map(FakeUnderlay.Sent::to)
                .toList();
    }

    private int frameOptions() {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_FRAME)
                .findFirst()
                .orElseThrow()
                .options();
    }

    private long likesSentTo(long address) {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.MULTICAST_LIKE && sent.to() == address)
                .count();
    }

    private static byte[] frame() {
        return Vl2Bench.frame(GROUP.mac(), Vl2Bench.SELF_MAC, 0x86dd, new byte[60]);
    }

    private static byte[] likes(MulticastLike... likes) {
        WireWriter out = new WireWriter(64);
        for (MulticastLike like : likes) {
            like.write(out);
        }
        return out.toByteArray();
    }

    private static byte[] gather(long networkId, long limit) {
        WireWriter out = new WireWriter(64);
        new MulticastGather(networkId, GROUP, limit, null).write(out);
        return out.toByteArray();
    }

    private static final class OnlyMemberAdmitted implements ConfigRequests {
        @Override
        public void onConfigRequest(ConfigRequest request, Identity from, Endpoint path, long packetId, long nowMs) {
            throw new AssertionError("nobody asked");
        }

        @Override
        public boolean authorizedRecently(long networkId, long member, long nowMs) {
            return networkId == ELSEWHERE && member == Vl2Bench.MEMBER.address();
        }
    }
}
