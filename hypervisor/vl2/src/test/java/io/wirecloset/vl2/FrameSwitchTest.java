package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lane finishes by itself, and what it hands over. VL2 checklist 39, 42, 44. */
class FrameSwitchTest {
    private static final byte[] DATA = {0x45, 0, 0, 20, 9, 9, 9, 9};
    private static final long STRANGER_MAC = 0x02_aa_bb_cc_dd_01L;

    private final Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
    private final LaneBench lane = new LaneBench(bench);

    @BeforeEach
    void aMemberWithWhomAllIsSettled() {
        bench.admit(Vl2Bench.MEMBER);
        bench.pushed(Vl2Bench.MEMBER.address());
        bench.forgetWhatHappened();
    }

    @Test // VL2 checklist 39
    void aFrameToAnAdmittedMemberLeavesFromTheLane() {
        lane.fromTap(toMember());

        assertThat(lane.sent).hasSize(1);
        assertThat(lane.sent.getFirst())
                .hasToString(
                        Vl2Bench.text(Vl2Bench.MEMBER.address()) + " FRAME 63f07dc54b00beef0800" + Vectors.hex(DATA));
        assertThat(lane.framesHandedOver).isZero();
    }

    @Test // VL2 checklist 39
    void aFrameOfAnAdmittedMemberReachesTheTapFromTheLane() {
        assertThat(lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame(DATA)))
                .as("may be trusted")
                .isTrue();

        assertThat(lane.tapped)
                .containsExactly(Vectors.hex(Vl2Bench.frame(Vl2Bench.SELF_MAC, Vl2Bench.MEMBER_MAC, 0x0800, DATA)));
        assertThat(lane.packetsHandedOver).isZero();
    }

    @Test
    void whatIsDueAPushOfCredentialsIsHandedOverWhole() {
        bench.nowMs += 500_000;

        lane.fromTap(toMember());

        assertThat(lane.sent).isEmpty();
        assertThat(bench.underlay.takeSent())
                .extracting(FakeUnderlay.Sent::verb)
                .containsExactly(Verb.NETWORK_CREDENTIALS, Verb.FRAME);

        lane.fromTap(toMember());
        assertThat(lane.sent).as("settled again").hasSize(1);
    }

    @Test
    void aFrameWithoutPathIsHandedOverUnchanged() {
        lane.hasPath = false;

        lane.fromTap(toMember());

        assertThat(bench.sentText())
                .containsExactly(
                        Vl2Bench.text(Vl2Bench.MEMBER.address()) + " FRAME 63f07dc54b00beef0800" + Vectors.hex(DATA));
    }

    @Test
    void framesToUnknownMembersAreHandedOver() {
        long unknown = io.wirecloset.vl2.ethernet.Mac.of(0x1234567890L, Vl2Bench.NETWORK);

        lane.fromTap(Vl2Bench.frame(unknown, Vl2Bench.SELF_MAC, 0x0800, DATA));

        assertThat(lane.framesHandedOver).isEqualTo(1);
    }

    @Test
    void aPacketThatFailsTheGateIsHandedOverWhole() {
        assertThat(lane.fromPeer(Vl2Bench.OTHER.address(), Verb.FRAME, 0x42, frame(DATA)))
                .isFalse();

        assertThat(lane.packetsHandedOver).isEqualTo(1);
        assertThat(bench.sentText())
                .containsExactly(
                        Vl2Bench.text(Vl2Bench.OTHER.address()) + " ERROR 0600000000000000420663f07dc54b00beef");
    }

    @Test
    void aRevokedMembersFramesAreHandedOverFromTheNextSnapshotOn() {
        bench.revoke(Vl2Bench.MEMBER, Vl2Bench.CONFIG_TIME);

        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 0x42, frame(DATA));

        assertThat(lane.tapped).isEmpty();
        assertThat(lane.packetsHandedOver).isEqualTo(1);
    }

    @Test
    void whoComesToHaveAMembersAddressIsNotThatMember() {
        Identity impostor = Identity.of(Vl2Bench.MEMBER.address(), Vl2Bench.OTHER.publicKey(), null);
        bench.underlay.identities.put(impostor.address(), impostor);
        bench.underlay.knows(impostor.address());

        assertThat(lane.fromPeer(impostor.address(), Verb.FRAME, 1, frame(DATA)))
                .as("may be trusted")
                .isFalse();
        lane.fromTap(toMember());

        assertThat(lane.tapped).isEmpty();
        assertThat(bench.tapped)
                .as("the control loop does not let it pass either")
                .isEmpty();
        assertThat(lane.sent).isEmpty();
        assertThat(lane.packetsHandedOver).isEqualTo(1);
        assertThat(lane.framesHandedOver).isEqualTo(1);

        bench.underlay.identities.put(Vl2Bench.MEMBER.address(), Vl2Bench.MEMBER);
        bench.underlay.knows(Vl2Bench.MEMBER.address());
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 2, frame(DATA));
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 3, frame(DATA));
        assertThat(lane.tapped)
                .as("the member itself is judged anew, then carried again")
                .hasSize(1);
        assertThat(bench.tapped).hasSize(1);
    }

    @Test // VL2 checklist 42
    void anAcknowledgementIsTheControlLoopsWork() {
        byte[] payload = new WireWriter(64)
                .u64(Vl2Bench.NETWORK)
                .u8(0x10)
                .u16((int) (Vl2Bench.SELF_MAC >>> 32))
                .u32(Vl2Bench.SELF_MAC)
                .u16((int) (Vl2Bench.MEMBER_MAC >>> 32))
                .u32(Vl2Bench.MEMBER_MAC)
                .u16(0x0800)
                .bytes(DATA)
                .toByteArray();

        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.EXT_FRAME, 0x42, payload);

        assertThat(lane.packetsHandedOver).isEqualTo(1);
        assertThat(bench.tapped).hasSize(1);
        assertThat(bench.underlay.takeSent().stream().filter(sent -> sent.verb() == Verb.OK))
                .hasSize(1);
    }

    @Test // VL2 checklist 44; T26 at this level
    void aForgedSourceMacIsDroppedByName() {
        lane.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, STRANGER_MAC, 0x0800, DATA));
        lane.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.MEMBER_MAC, 0x0806, DATA));
        lane.fromTap(Vl2Bench.frame(0xffffffffffffL, STRANGER_MAC, 0x0806, DATA));
        lane.fromTap(Vl2Bench.frame(STRANGER_MAC, STRANGER_MAC, 0x0800, DATA));

        assertThat(lane.drops)
                .containsExactly(Drop.BAD_SOURCE_MAC, Drop.BAD_SOURCE_MAC, Drop.BAD_SOURCE_MAC, Drop.BAD_SOURCE_MAC);
        assertThat(lane.allSent()).isEmpty();
    }

    @Test
    void runtsAndGiantsAreDroppedByName() {
        lane.fromTap(new byte[13]);
        lane.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, new byte[9_987]));
        lane.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, new byte[9_986]));

        assertThat(lane.drops).containsExactly(Drop.FRAME_TOO_SHORT, Drop.FRAME_TOO_LONG);
        assertThat(lane.sent.getFirst().payload()).hasSize(9_996);
    }

    @Test
    void aFrameForAnotherNetworkIsDroppedByName() {
        byte[] elsewhere = new WireWriter(32)
                .u64(Vl2Bench.NETWORK + 1)
                .u16(0x0800)
                .bytes(DATA)
                .toByteArray();

        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, elsewhere);

        assertThat(lane.drops).containsExactly(Drop.UNKNOWN_NETWORK);
    }

    @Test
    void snapshotsStayTheSameObjectWhileOnlyMembersRecordsChange() {
        NetworkTable before = bench.vl2.networks();
        assertThat(bench.vl2.networks()).isSameAs(before);

        bench.revoke(Vl2Bench.MEMBER, Vl2Bench.CONFIG_TIME);

        assertThat(bench.vl2.networks()).isSameAs(before);
        assertThat(before.find(Vl2Bench.NETWORK)
                        .members()
                        .find(Vl2Bench.MEMBER.address())
                        .admitted())
                .isFalse();

        bench.admit(Vl2Bench.OTHER);
        assertThat(bench.vl2.networks()).isNotSameAs(before);
    }

    @Test
    void aPeerThatVl1MadeAnewIsFoundByTheLanes() {
        bench.vl2.networks();
        bench.underlay.knows(Vl2Bench.MEMBER.address());

        MemberRecord member =
                bench.vl2.networks().find(Vl2Bench.NETWORK).members().find(Vl2Bench.MEMBER.address());

        assertThat(member.peer()).isSameAs(bench.underlay.peers.find(Vl2Bench.MEMBER.address()));
    }

    @Test
    void carryingFramesAllocatesNothing() {
        carryWithoutAllocating(1);
    }

    /** Ports nobody asks for, tags of both, chance, a copy each way, and at the end a grant by a capability. */
    @Test
    void twoHundredRulesTagsAndCopiesAllocateNothingEither() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < 49; i++) {
            rules.add(TestRules.protocol(6));
            rules.add(TestRules.tagsDifference(7, i + 1));
            rules.add(TestRules.destinationPorts(i, i));
            rules.add(Rule.DROP);
        }
        rules.add(TestRules.random(0xffff_ffffL));
        rules.add(TestRules.tee(Vl2Bench.OTHER.address(), 64));
        rules.add(TestRules.ethertype(0x86dd));
        rules.add(Rule.ACCEPT);
        assertThat(rules).hasSize(200);
        NetworkConfig config = Vl2Bench.config()
                .rules(RuleTable.of(rules))
                .tags(List.of(tag(Vl2Bench.SELF)))
                .capabilities(List.of(capability(Vl2Bench.SELF)))
                .build();
        bench.vl2.sendConfig(Vl2Bench.SELF.address(), 0, Vl2Bench.NETWORK, config.toBytes(), bench.nowMs);
        bench.receive(
                Vl2Bench.MEMBER,
                Verb.NETWORK_CREDENTIALS,
                new CredentialsMessage(
                                List.of(),
                                List.of(capability(Vl2Bench.MEMBER)),
                                List.of(tag(Vl2Bench.MEMBER)),
                                List.of(),
                                List.of())
                        .toBytes());
        bench.nowMs += 2_000;
        bench.admit(Vl2Bench.OTHER);
        bench.pushed(Vl2Bench.MEMBER.address());
        bench.pushed(Vl2Bench.OTHER.address());

        carryWithoutAllocating(3);
    }

    private static Tag tag(Identity of) {
        return Tag.issue(Vl2Bench.NETWORK, Vl2Bench.CONFIG_TIME, 7, 1, of.address(), Vl2Bench.CONTROLLER);
    }

    private static Capability capability(Identity of) {
        RuleTable rules = RuleTable.of(List.of(TestRules.ethertype(0x0800), Rule.ACCEPT));
        return Capability.issue(Vl2Bench.NETWORK, Vl2Bench.CONFIG_TIME, 1, rules, 1, of.address(), Vl2Bench.CONTROLLER);
    }

    /** @param packets sent for one frame out and one frame in */
    private void carryWithoutAllocating(int packets) {
        Quiet quiet = new Quiet();
        FrameSwitch frames = new FrameSwitch(RandomSource.of(new Random(7)), quiet);
        frames.networks(bench.vl2.networks());
        NetworkRecord n = frames.networks().find(Vl2Bench.NETWORK);
        byte[] slot = new byte[4_000];
        byte[] tcp = new byte[60];
        tcp[0] = 0x45;
        tcp[9] = 6;
        tcp[22] = 1; // to port 256
        byte[] outgoing = Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, tcp);
        byte[] incoming = frame(tcp);
        PeerRecord peer = new PeerRecord(Vl2Bench.MEMBER, 0, null, 12, null, null);
        Runnable both = () -> {
            System.arraycopy(outgoing, 0, slot, 64, outgoing.length);
            frames.fromTap(n, slot, 64, outgoing.length, bench.nowMs);
            System.arraycopy(incoming, 0, slot, 64 + PacketHeader.LENGTH, incoming.length);
            frames.fromPeer(peer, Verb.FRAME, 1, slot, 64, PacketHeader.LENGTH + incoming.length, bench.nowMs);
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            both.run();
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            both.run();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(quiet.sent).isEqualTo(30_000 * packets);
        assertThat(quiet.tapped).isEqualTo(30_000);
        assertThat(allocated).as("bytes in 20,000 frames").isLessThan(10_000);
    }

    private static byte[] toMember() {
        return Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, DATA);
    }

    private static byte[] frame(byte[] data) {
        return new WireWriter(32).u64(Vl2Bench.NETWORK).u16(0x0800).bytes(data).toByteArray();
    }

    private static final class Quiet implements FrameSwitch.Out {
        int sent;
        int tapped;

        @Override
        public boolean toPeer(PeerRecord to, int verb, byte[] slot, int at, int length) {
            sent++;
            return true;
        }

        @Override
        public void toPeerThroughControl(long networkId, long to, int verb, byte[] slot, int at, int length) {
            throw new AssertionError("handed over");
        }

        @Override
        public void toTap(NetworkRecord n, byte[] slot, int at, int length) {
            tapped++;
        }

        @Override
        public void frameToControl(long networkId, byte[] slot, int at, int length) {
            throw new AssertionError("handed over");
        }

        @Override
        public void packetToControl(byte[] slot, int at, int length) {
            throw new AssertionError("handed over");
        }

        @Override
        public void drop(Drop why) {
            throw new AssertionError(why);
        }
    }
}
