package io.wirecloset.vl2.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who listens to what. VL2 checklist 60. */
class GroupMembersTest {
    private static final long NETWORK = 0x63f07dc54b00beefL;
    private static final MulticastGroup GROUP = MulticastGroup.BROADCAST;

    private final GroupMembers members = new GroupMembers(RandomSource.of(new Random(1)));

    @Test // VL2 checklist 60
    void aMemberIsForgottenTenMinutesAfterItsLastMention() {
        members.mention(NETWORK, GROUP, 1, 0);
        members.mention(NETWORK, GROUP, 2, 0);
        members.mention(NETWORK, GROUP, 1, 60_000);

        members.expire(Timing.MULTICAST_MEMBER_EXPIRES_MS - 1);
        assertThat(members.count(NETWORK, GROUP)).isEqualTo(2);
        members.expire(Timing.MULTICAST_MEMBER_EXPIRES_MS);
        assertThat(members.pick(NETWORK, GROUP, 10, 0)).containsExactly(1);
        members.expire(Timing.MULTICAST_MEMBER_EXPIRES_MS + 60_000);
        assertThat(members.size()).isZero();
    }

    @Test
    void picksAreDistinctAndLeaveOutWhoAsked() {
        for (long address = 1; address <= 100; address++) {
            members.mention(NETWORK, GROUP, address, 0);
        }

        for (int i = 0; i < 50; i++) {
            long[] picked = members.pick(NETWORK, GROUP, 40, 7);
            assertThat(picked).hasSize(40).doesNotHaveDuplicates().doesNotContain(7);
        }
        assertThat(members.pick(NETWORK, GROUP, 1_000, 7)).hasSize(99);
    }

    @Test
    void everyMemberIsPickedAboutAsOftenAsAnyOther() {
        int[] times = new int[20];
        for (long address = 0; address < times.length; address++) {
            members.mention(NETWORK, GROUP, address + 1, 0);
        }

        for (int i = 0; i < 10_000; i++) {
            Arrays.stream(members.pick(NETWORK, GROUP, 5, 0)).forEach(address -> times[(int) address - 1]++);
        }

        assertThat(Arrays.stream(times).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(2_250, 2_750));
    }

    @Test
    void onePeerCannotListenToMoreGroupsThanAllowed() {
        for (int adi = 0; adi < Limits.GROUPS_PER_PEER + 10; adi++) {
            members.mention(NETWORK, MulticastGroup.resolutionOfIpv4(adi), 1, 0);
        }

        assertThat(members.size()).isEqualTo(Limits.GROUPS_PER_PEER);
        assertThat(members.refused()).isEqualTo(10);
        assertThat(members.mention(NETWORK, GROUP, 2, 0))
                .as("others are not hurt")
                .isTrue();
    }

    @Test
    void onePeerCannotFillTheTableWithNetworksItInvented() {
        for (int i = 0; i < Limits.GROUPS_PER_PEER_OVERALL + 5; i++) {
            members.mention(NETWORK + i, GROUP, 1, 0);
        }

        assertThat(members.size()).isEqualTo(Limits.GROUPS_PER_PEER_OVERALL);
    }

    @Test
    void whenAllIsFullTheOldestMentionMakesRoom() {
        int peers = Limits.GROUP_MEMBERS / Limits.GROUPS_PER_PEER;
        for (int peer = 1; peer <= peers; peer++) {
            for (int adi = 0; adi < Limits.GROUPS_PER_PEER; adi++) {
                members.mention(NETWORK, MulticastGroup.resolutionOfIpv4(adi), peer, peer);
            }
        }
        assertThat(members.size()).isEqualTo(Limits.GROUP_MEMBERS);

        assertThat(members.mention(NETWORK, GROUP, 9_999, 10_000)).isTrue();

        assertThat(members.size()).isEqualTo(Limits.GROUP_MEMBERS);
        assertThat(members.evicted()).isEqualTo(1);
        assertThat(members.contains(NETWORK, MulticastGroup.resolutionOfIpv4(0), 1))
                .isFalse();
    }

    @Test
    void aForgottenNetworkLeavesNothingBehind() {
        members.mention(NETWORK, GROUP, 1, 0);
        members.mention(NETWORK + 1, GROUP, 1, 0);

        members.forget(NETWORK);

        assertThat(members.size()).isEqualTo(1);
        assertThat(members.count(NETWORK + 1, GROUP)).isEqualTo(1);
        for (int i = 0; i < Limits.GROUPS_PER_PEER; i++) {
            assertThat(members.mention(NETWORK, MulticastGroup.resolutionOfIpv4(i + 1), 1, 0))
                    .isTrue();
        }
    }
}
