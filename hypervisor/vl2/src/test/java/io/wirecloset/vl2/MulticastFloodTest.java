package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.MulticastLike;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * T34: a member has us replicate ten thousand frames a second to a group of a thousand, while another network carries its
 * own. Counted in control turns of ten milliseconds, not measured.
 */
@DisplayName("T34: a flood of multicast costs what the limits say, and costs other networks nothing")
class MulticastFloodTest {
    private static final long FLOODED = Vl2Bench.NETWORK;
    private static final long QUIET = Vl2Bench.NETWORK + 1;
    private static final int TURN_MS = 10;
    private static final int FRAMES_PER_TURN = 100;
    private static final int LIMIT = 32;
    private static final MulticastGroup GROUP = new MulticastGroup(0x3333_0000_00fbL, 0);

    private final Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config()
            .multicastLimit(LIMIT)
            .specialists(Vl2Bench.SELF.address() | NetworkConfig.ROLE_MULTICAST_REPLICATOR)
            .build());
    private final Map<Integer, Integer> copiesOfFrame = new HashMap<>();
    private int frames;

    @BeforeEach
    void twoNetworksWithListeners() {
        bench.admit(Vl2Bench.MEMBER);
        bench.listens(GROUP, LongStream.range(1, 1_001).toArray());
        NetworkConfig quiet = NetworkConfig.builder(QUIET, Vl2Bench.SELF.address())
                .timestamp(Vl2Bench.CONFIG_TIME)
                .credentialWindowMs(Vl2Bench.WINDOW_MS)
                .flags(NetworkConfig.FLAG_BROADCAST)
                .multicastLimit(LIMIT)
                .rules(RuleTable.ACCEPT)
                .membership(CertificateOfMembership.issue(
                        Vl2Bench.CONFIG_TIME, Vl2Bench.WINDOW_MS, QUIET, Vl2Bench.SELF, Vl2Bench.CONTROLLER))
                .build();
        bench.vl2.join(QUIET, quiet.toBytes(), bench.nowMs);
        for (Identity listener : List.of(Vl2Bench.OTHER, Vl2Bench.BRIDGE)) {
            receive(listener, Verb.NETWORK_CREDENTIALS, certificateOn(QUIET, listener));
            WireWriter like = new WireWriter(32);
            new MulticastLike(QUIET, GROUP).write(like);
            receive(listener, Verb.MULTICAST_LIKE, like.toByteArray());
        }
        bench.run(2_000);
        bench.forgetWhatHappened();
    }

    private static byte[] certificateOn(long network, Identity member) {
        CertificateOfMembership certificate = CertificateOfMembership.issue(
                Vl2Bench.CONFIG_TIME, Vl2Bench.WINDOW_MS, network, member, Vl2Bench.CONTROLLER);
        return new CredentialsMessage(List.of(certificate), List.of(), List.of(), List.of(), List.of()).toBytes();
    }

    private void receive(Identity from, int verb, byte[] payload) {
        bench.receive(from, verb, payload);
    }

    @Test
    void fanOutStaysWithinTheLimitAndTheOtherNetworkWaitsForNothing() {
        for (int turn = 0; turn < 200; turn++) {
            for (int i = 0; i < FRAMES_PER_TURN; i++) {
                receive(Vl2Bench.MEMBER, Verb.MULTICAST_FRAME, pleaseReplicate(frames++));
            }
            int byFlood = countCopies(FLOODED);

            quietUnicast();
            assertThat(taken(QUIET, Verb.FRAME))
                    .as("a frame of the other network")
                    .isEqualTo(1);
            quietMulticast();
            int quietCopies = taken(QUIET, Verb.MULTICAST_FRAME);
            bench.nowMs += TURN_MS;
            bench.vl2.poll(bench.nowMs);
            byFlood += countCopies(FLOODED);
            quietCopies += quiet;
            quiet = 0;
            assertThat(quietCopies)
                    .as("both listeners of the other network, within a turn")
                    .isEqualTo(2);
            assertThat(byFlood).isLessThanOrEqualTo(2 * Limits.MULTICAST_COPIES_PER_TURN);
        }
        assertThat(copiesOfFrame.values())
                .allSatisfy(copies -> assertThat(copies).isLessThanOrEqualTo(LIMIT));
        assertThat(copiesOfFrame).as("some come through").hasSizeGreaterThan(200);
        assertThat(bench.vl2.drops().get(Drop.QUEUE_FULL))
                .as("the rest is counted")
                .isGreaterThan(10_000);
    }

    /** Copies of the other network that {@link #countCopies} came across. */
    private int quiet;

    private int countCopies(long network) {
        int count = 0;
        for (FakeUnderlay.Sent sent : bench.underlay.takeSent()) {
            if (sent.verb() != Verb.MULTICAST_FRAME) {
                continue;
            }
            ByteBuffer payload = ByteBuffer.wrap(sent.payload());
            if (payload.getLong(0) == network) {
                count++;
                copiesOfFrame.merge(payload.getInt(payload.limit() - 4), 1, Integer::sum);
            } else {
                quiet++;
            }
        }
        return count;
    }

    private int taken(long network, int verb) {
        return (int) bench.underlay.takeSent().stream()
                .filter(sent ->
                        sent.verb() == verb && ByteBuffer.wrap(sent.payload()).getLong(0) == network)
                .count();
    }

    private void quietUnicast() {
        byte[] frame = Vl2Bench.frame(
                Mac.of(Vl2Bench.OTHER.address(), QUIET), Mac.of(Vl2Bench.SELF.address(), QUIET), 0x0800, new byte[40]);
        bench.vl2.onTapFrame(QUIET, frame, 0, frame.length, bench.nowMs);
    }

    private void quietMulticast() {
        byte[] frame = Vl2Bench.frame(GROUP.mac(), Mac.of(Vl2Bench.SELF.address(), QUIET), 0x86dd, new byte[40]);
        bench.vl2.onTapFrame(QUIET, frame, 0, frame.length, bench.nowMs);
    }

    private static byte[] pleaseReplicate(int number) {
        WireWriter payload = new WireWriter(64);
        int replicate = io.wirecloset.vl2.wire.Wire.MULTICAST_REPLICATE;
        MulticastFrame.write(payload, FLOODED, replicate, 0, Vl2Bench.MEMBER_MAC, GROUP, 0x86dd);
        return payload.bytes(new byte[36]).u32(number).toByteArray();
    }

    @Test
    void aMemberThatListensToEverythingFillsItsShareAndNoMore() {
        for (int packet = 0; packet < 100; packet++) {
            WireWriter likes = new WireWriter(20_000);
            for (int i = 0; i < 500; i++) {
                new MulticastLike(FLOODED, new MulticastGroup(Mac.BROADCAST, packet * 500L + i)).write(likes);
            }
            receive(Vl2Bench.MEMBER, Verb.MULTICAST_LIKE, likes.toByteArray());
        }

        assertThat(bench.vl2.groupMembers().size())
                .as("its share, and those of the beginning")
                .isLessThanOrEqualTo(Limits.GROUPS_PER_PEER + 1_000 + 2);
        assertThat(bench.vl2.groupMembers().refused()).isGreaterThanOrEqualTo(50_000 - Limits.GROUPS_PER_PEER);
        assertThat(bench.vl2.groupMembers().count(QUIET, GROUP)).isEqualTo(2);
    }

    @Test
    void framesThatWaitForListenersTakeTheirNetworksShareOnly() {
        for (int i = 0; i < 2_000; i++) {
            byte[] frame = Vl2Bench.frame(0x3333_1000_0000L + i, Vl2Bench.SELF_MAC, 0x86dd, new byte[40]);
            bench.fromTap(frame);
        }
        bench.forgetWhatHappened();
        long elsewhere = 0x3333_2000_0000L;
        byte[] frame = new byte[EthernetFrame.HEADER_LENGTH + 40];
        EthernetFrame.put(frame, 0, elsewhere, Mac.of(Vl2Bench.SELF.address(), QUIET), 0x86dd);
        bench.vl2.onTapFrame(QUIET, frame, 0, frame.length, bench.nowMs);
        assertThat(taken(QUIET, Verb.MULTICAST_GATHER)).as("asked for").isPositive();

        WireWriter like = new WireWriter(32);
        new MulticastLike(QUIET, new MulticastGroup(elsewhere, 0)).write(like);
        receive(Vl2Bench.OTHER, Verb.MULTICAST_LIKE, like.toByteArray());
        bench.vl2.poll(bench.nowMs);

        assertThat(taken(QUIET, Verb.MULTICAST_FRAME)).isEqualTo(1);
    }
}
