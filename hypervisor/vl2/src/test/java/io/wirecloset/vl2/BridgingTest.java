package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("VL2 checklist 40, 41, 44, 57: devices behind active bridges")
class BridgingTest {
    private static final byte[] DATA = {0x45, 0, 0, 20, 9, 9, 9, 9};
    private static final long DEVICE = 0x02_aa_bb_cc_dd_01L;
    private static final long OTHER_DEVICE = 0x02_aa_bb_cc_dd_02L;
    private static final long BRIDGE = Vl2Bench.BRIDGE.address();
    private static final long OTHER_BRIDGE = Vl2Bench.OTHER.address();

    private Vl2Bench bench;
    private LaneBench lane;

    BridgingTest() {
        network(BRIDGE, OTHER_BRIDGE);
    }

    private void network(long... bridges) {
        network(Vl2Bench.config(), bridges);
    }

    private void network(NetworkConfig.Builder config, long... bridges) {
        bench = Vl2Bench.joined(config.specialists(Arrays.stream(bridges)
                        .map(bridge -> bridge | NetworkConfig.ROLE_ACTIVE_BRIDGE)
                        .toArray())
                .build());
        lane = new LaneBench(bench);
        for (Identity member : List.of(Vl2Bench.MEMBER, Vl2Bench.OTHER, Vl2Bench.BRIDGE)) {
            bench.admit(member);
            bench.pushed(member.address());
        }
        bench.forgetWhatHappened();
    }

    private static byte[] ext(long destination, long source) {
        return new WireWriter(64)
                .u64(Vl2Bench.NETWORK)
                .u8(0)
                .u16((int) (destination >>> 32))
                .u32(destination & 0xffff_ffffL)
                .u16((int) (source >>> 32))
                .u32(source & 0xffff_ffffL)
                .u16(0x0800)
                .bytes(DATA)
                .toByteArray();
    }

    private void fromBridge(Identity bridge, long device) {
        lane.fromPeer(bridge.address(), Verb.EXT_FRAME, 1, ext(Vl2Bench.SELF_MAC, device));
    }

    private void toDevice(long device) {
        lane.fromTap(Vl2Bench.frame(device, Vl2Bench.SELF_MAC, 0x0800, DATA));
    }

    private List<Long> sentTo() {
        List<Long> to = lane.allSent().stream()
                .filter(sent -> sent.verb() == Verb.EXT_FRAME)
                .map(FakeUnderlay.Sent::to)
                .sorted()
                .toList();
        lane.sent.clear();
        return to;
    }

    /** A control turn, late enough that the lanes are shown what was learned. */
    private void laterTheLanesKnow() {
        bench.nowMs += Timing.BRIDGE_ROUTES_SHOWN_MS;
        bench.vl2.poll(bench.nowMs);
        bench.underlay.takeSent();
    }

    @Test
    void anUnknownDeviceIsSoughtBehindAllBridgesAndAKnownOneBehindItsOwn() {
        toDevice(DEVICE);
        assertThat(sentTo()).containsExactly(OTHER_BRIDGE, BRIDGE);

        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        toDevice(DEVICE);
        assertThat(sentTo()).containsExactly(BRIDGE);
        toDevice(OTHER_DEVICE);
        assertThat(sentTo()).containsExactly(OTHER_BRIDGE, BRIDGE);
    }

    @Test
    void whatIsKnownTheLaneCarriesByItself() {
        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        assertThat(lane.packetsHandedOver).isEqualTo(1);
        assertThat(bench.tapped).hasSize(1);
        laterTheLanesKnow();

        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        toDevice(DEVICE);

        assertThat(lane.packetsHandedOver).isEqualTo(1);
        assertThat(lane.framesHandedOver).isZero();
        assertThat(lane.tapped).hasSize(1);
        assertThat(lane.sent)
                .extracting(Object::toString)
                .containsExactly(Vl2Bench.text(BRIDGE) + " EXT_FRAME " + Vectors.hex(ext(DEVICE, Vl2Bench.SELF_MAC)));
    }

    @Test
    void aDeviceThatMovesIsFollowed() {
        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        laterTheLanesKnow();

        fromBridge(Vl2Bench.OTHER, DEVICE);

        assertThat(lane.packetsHandedOver).isEqualTo(2);
        toDevice(DEVICE);
        assertThat(sentTo()).containsExactly(OTHER_BRIDGE);
        assertThat(lane.framesHandedOver)
                .as("the lane's table need not be newer for that")
                .isZero();
    }

    @Test
    void aDeviceNotSeenForFiveMinutesIsSoughtAnewAndOneThatTalksIsNot() {
        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        fromBridge(Vl2Bench.BRIDGE, OTHER_DEVICE);
        for (long ms = 0; ms < Timing.BRIDGE_ROUTE_EXPIRES_MS; ms += 10_000) {
            bench.nowMs += 10_000;
            bench.vl2.poll(bench.nowMs);
            fromBridge(Vl2Bench.BRIDGE, DEVICE);
        }
        assertThat(lane.packetsHandedOver)
                .as("refreshed now and then only")
                .isLessThanOrEqualTo(2 + (int) (Timing.BRIDGE_ROUTE_EXPIRES_MS / Timing.BRIDGE_ROUTE_REFRESH_MS));
        bench.pushed(BRIDGE);
        bench.pushed(OTHER_BRIDGE);
        bench.underlay.takeSent();

        toDevice(DEVICE);
        assertThat(sentTo()).containsExactly(BRIDGE);
        toDevice(OTHER_DEVICE);
        assertThat(sentTo()).containsExactly(OTHER_BRIDGE, BRIDGE);
    }

    @Test
    void aBridgeThatIsNoneAnyMoreIsNotSentTo() {
        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        laterTheLanesKnow();
        NetworkConfig next = Vl2Bench.config()
                .specialists(OTHER_BRIDGE | NetworkConfig.ROLE_ACTIVE_BRIDGE)
                .build();
        bench.vl2.sendConfig(Vl2Bench.SELF.address(), 0, Vl2Bench.NETWORK, next.toBytes(), bench.nowMs);

        toDevice(DEVICE);
        assertThat(sentTo()).containsExactly(OTHER_BRIDGE);

        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        assertThat(lane.drops).containsExactly(Drop.BRIDGING_REFUSED);
    }

    @Test // VL2 checklist 40
    void nobodyElseTeachesAndAMulticastMacIsNotTaught() {
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.EXT_FRAME, 1, ext(Vl2Bench.SELF_MAC, DEVICE));
        long multicast = 0x03_aa_bb_cc_dd_01L;
        fromBridge(Vl2Bench.BRIDGE, multicast);
        fromBridge(Vl2Bench.BRIDGE, Mac.BROADCAST);

        assertThat(lane.allTapped()).isEmpty();
        assertThat(bench.vl2.drops().get(Drop.BAD_SOURCE_MAC)).isEqualTo(2);
        Network network = bench.vl2.joined(Vl2Bench.NETWORK).network;
        for (long mac : new long[] {DEVICE, multicast, Mac.BROADCAST}) {
            assertThat(network.bridgeTo(mac, bench.nowMs)).isZero();
        }
    }

    /** As replicators send it. */
    @Test
    void aMembersMacCarriedByABridgeIsDeliveredAndNotLearned() {
        fromBridge(Vl2Bench.BRIDGE, Vl2Bench.MEMBER_MAC);

        assertThat(lane.packetsHandedOver).isZero();
        assertThat(lane.tapped).hasSize(1);
        assertThat(bench.vl2.joined(Vl2Bench.NETWORK).network.takeChangedBridgeRoutes())
                .isNull();
    }

    @Test
    void theTableIsBoundedAndTheGreediestBridgeLosesItsEntries() {
        Network network = bench.vl2.joined(Vl2Bench.NETWORK).network;
        network.learnBridgeRoute(DEVICE, OTHER_BRIDGE, bench.nowMs);
        for (long i = 0; i < Limits.BRIDGE_ROUTES; i++) {
            network.learnBridgeRoute(0x02_00_00_00_00_00L + i, BRIDGE, bench.nowMs);
        }

        assertThat(network.bridgeTo(DEVICE, bench.nowMs)).isEqualTo(OTHER_BRIDGE);
        assertThat(network.bridgeTo(0x02_00_00_00_00_00L, bench.nowMs)).isZero();
        assertThat(network.takeChangedBridgeRoutes()).hasSize(1);
    }

    @Test
    void withManyBridgesTheFrameGoesToThirtyTwo() {
        long[] bridges = new long[40];
        for (int i = 0; i < bridges.length; i++) {
            bridges[i] = 0x1000L + i;
        }
        network(bridges);

        toDevice(DEVICE);

        assertThat(sentTo()).hasSize(32).doesNotHaveDuplicates();
    }

    @Test // VL2 checklist 41, 44
    void asABridgeWeCarryForDevicesBehindUsAndTheirGroupsAreOurs() {
        network(Vl2Bench.SELF.address(), BRIDGE);
        bench.listens(MulticastGroup.BROADCAST, Vl2Bench.MEMBER.address());
        bench.forgetWhatHappened();

        lane.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, DEVICE, 0x0800, DATA));
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.EXT_FRAME, 1, ext(DEVICE, Vl2Bench.MEMBER_MAC));
        assertThat(lane.sent).extracting(FakeUnderlay.Sent::verb).containsExactly(Verb.EXT_FRAME);
        assertThat(lane.tapped).containsExactly(Vectors.hex(Vl2Bench.frame(DEVICE, Vl2Bench.MEMBER_MAC, 0x0800, DATA)));
        bench.underlay.takeSent();

        MulticastGroup group = new MulticastGroup(0x3333_0000_0042L, 0);
        lane.fromTap(Vl2Bench.frame(group.mac(), DEVICE, 0x86dd, DATA));
        assertThat(bench.underlay.takeSent())
                .filteredOn(sent -> sent.verb() == Verb.MULTICAST_LIKE)
                .as("announced at once")
                .hasSizeGreaterThanOrEqualTo(4);
        Network network = bench.vl2.joined(Vl2Bench.NETWORK).network;
        assertThat(network.isSubscribed(group)).isTrue();

        lane.fromTap(Vl2Bench.frame(group.mac(), DEVICE, 0x86dd, DATA));
        assertThat(bench.underlay.takeSent())
                .filteredOn(sent -> sent.verb() == Verb.MULTICAST_LIKE)
                .isEmpty();

        bench.run(Timing.GROUP_BEHIND_EXPIRES_MS + Timing.HOUSEKEEPING_MS);
        assertThat(network.isSubscribed(group)).isFalse();
    }

    @Test
    void rulesAreAskedOnceWithoutAndOnceWithTheBridgeAsDestination() {
        Rule teeToMember = TestRules.tee(Vl2Bench.MEMBER.address(), 0);
        network(
                Vl2Bench.config()
                        .rules(RuleTable.of(
                                List.of(teeToMember, TestRules.destination(OTHER_BRIDGE), Rule.DROP, Rule.ACCEPT))),
                BRIDGE,
                OTHER_BRIDGE);

        toDevice(DEVICE);
        assertThat(sentTo()).as("one tee, and one of two bridges").containsExactly(Vl2Bench.MEMBER.address(), BRIDGE);

        fromBridge(Vl2Bench.BRIDGE, DEVICE);
        laterTheLanesKnow();
        lane.sent.clear();
        toDevice(DEVICE);
        assertThat(lane.framesHandedOver).as("but the first").isEqualTo(1);
        assertThat(sentTo()).containsExactly(Vl2Bench.MEMBER.address(), BRIDGE);
    }
}
