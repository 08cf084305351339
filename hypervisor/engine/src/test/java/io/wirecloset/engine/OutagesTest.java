package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.minutes;
import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Fate;
import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.PeerView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hours without a controller or a root, and clocks that jump: what goes on, what stops, and how it comes back. */
class OutagesTest {
    private static final long NETWORK = Scene.NETWORK;
    /** As many as it should be when there is time for it, else enough to see the same. */
    private static final int MEMBERS = SimNet.seeds(1).count() >= 100 ? 100 : 20;

    /** T18 */
    @Test
    void membersGoOnForHoursWithoutAControllerAndAgreeSoonAfterItIsBack() {
        SimNet.story(18, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            Ring ring = new Ring(scene, MEMBERS);
            ring.secondsUntilAllTalk(30);
            net.runFor(minutes(3));

            net.host("controller").stop();
            for (int minute = 0; minute < 180; minute++) {
                assertThat(ring.silentAfter(minutes(1)))
                        .as("without an answer in minute " + minute)
                        .isEmpty();
                if (minute == 60) secondsUntilAnswered(net, ring.stack(3), ring.stack(8), 10);
                if (minute == 90) aRestartedMemberGoesOnFromWhatItSaved(ring, 1);
            }

            List<Long> before = timestamps(ring);
            net.host("controller").clockAhead(Duration.ofMinutes(-10));
            scene.startController();
            ring.await("all have a new configuration", 30, () -> allRefreshed(ring, before));
            assertThat(ring.secondsUntilAllTalk(30))
                    .as("seconds until all agree")
                    .isLessThanOrEqualTo(30);
        });
    }

    private static void aRestartedMemberGoesOnFromWhatItSaved(Ring ring, int index) {
        ring.replace(index, ring.scene.restart(Ring.name(index)));
        ring.member(index).join(NETWORK);
        ring.await("the restarted one has its configuration", 5, () -> Ring.isConfigured(ring.member(index)));
        assertThat(ring.secondsUntilAllTalk(5)).isLessThanOrEqualTo(5);
    }

    private static List<Long> timestamps(Ring ring) {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < ring.size(); i++) all.add(ring.timestampOf(i));
        return all;
    }

    private static boolean allRefreshed(Ring ring, List<Long> before) {
        for (int i = 0; i < ring.size(); i++) {
            long now = ring.timestampOf(i);
            assertThat(now).as("a timestamp never goes back").isGreaterThanOrEqualTo(before.get(i));
            if (now == before.get(i)) return false;
        }
        return true;
    }

    /** T18: even a controller that was hardly away, so that its clock now stands before what it signed. */
    @Test
    void aControllerWhoseClockWentBackSignsNothingOlderThanBefore() {
        SimNet.story(18, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            Ring ring = new Ring(scene, 4);
            for (int minutesBehind : new int[] {10, 60, 60 * 24 * 365 * 50}) {
                net.host("controller").stop();
                net.runFor(seconds(20));
                net.host("controller").clockAhead(Duration.ofMinutes(-minutesBehind));
                List<Long> before = timestamps(ring);
                scene.startController();
                ring.await("all are refreshed", 75, () -> allRefreshed(ring, before));
                assertThat(ring.secondsUntilAllTalk(10)).isLessThanOrEqualTo(10);
            }
        });
    }

    /** T19: one half cannot refresh. It is heard until the other half's certificates are newer than its own by the window. */
    @Test
    void halfTheMembersCutOffFromTheControllerPartExactlyWhenTheWindowIsOver() {
        SimNet.story(19, net -> {
            long windowMs = 300_000;
            Scene scene = new Scene(net);
            SimNode controller = scene.controllerOf(Scene.privateNetwork("10.147.17")
                    .credentialWindowMs(windowMs)
                    .build());
            Ring ring = new Ring(scene, 8);
            ring.secondsUntilAllTalk(30);

            Set<Long> cutOff = new HashSet<>();
            for (int i = 0; i < ring.size(); i += 2) cutOff.add(ring.member(i).address());
            controller.deafTo(cutOff);
            int partedSeconds = 0;
            for (int second = 0; second < 480; second++) {
                List<Boolean> agreedBefore = agreements(ring, windowMs);
                List<Integer> silent = ring.silentAfter(seconds(1));
                List<Boolean> agreed = agreements(ring, windowMs);
                for (int i = 0; i < ring.size(); i++) {
                    if (!agreed.get(i).equals(agreedBefore.get(i))) continue;
                    assertThat(silent.contains(i))
                            .as("second " + second + ", member " + i + " is unheard")
                            .isEqualTo(!agreed.get(i));
                    if (!agreed.get(i)) partedSeconds++;
                }
            }
            assertThat(partedSeconds).as("it came to that at all").isPositive();

            controller.deafTo(Set.of());
            assertThat(ring.secondsUntilAllTalk(15)).as("seconds until healed").isLessThanOrEqualTo(15);
        });
    }

    /** Whether each member's certificate and the next one's are within the window. */
    private static List<Boolean> agreements(Ring ring, long windowMs) {
        List<Boolean> all = new ArrayList<>();
        for (int i = 0; i < ring.size(); i++) {
            long apart = Math.abs(ring.timestampOf(i) - ring.timestampOf((i + 1) % ring.size()));
            all.add(apart <= windowMs);
        }
        return all;
    }

    /** T20 */
    @Test
    void withoutAnyRootThoseWhoTalkGoOnAndNewPairsMeetWhenOneIsBack() {
        SimNet.story(20, net -> {
            Scene scene = new Scene(net, true);
            scene.controller();
            Ring ring = new Ring(scene, 8);
            ring.secondsUntilAllTalk(30);
            net.runFor(seconds(10));

            net.host("root").stop();
            net.host("root 2").stop();
            for (int half = 0; half < 120; half++) {
                assertThat(ring.silentAfter(seconds(30)))
                        .as("without an answer in half minute " + half)
                        .isEmpty();
            }
            // two of them behind NATs that never had to do with each other
            HostStack one = ring.stack(1);
            HostStack other = ring.stack(5);
            int unheard = one.ping(other.addressOf(4), 56);
            net.runFor(seconds(10));
            assertThat(one.answered(unheard)).isFalse();

            scene.startSecondRoot();
            assertThat(secondsUntilAnswered(net, one, other, 60)).isLessThanOrEqualTo(60);
            SimNode late = scene.leaf("late", SimIdentities.leaf(40));
            scene.authorize(late);
            late.join(NETWORK);
            ring.await("a newcomer is served", 60, () -> Ring.isConfigured(late));
        });
    }

    /** As when a cluster starts anew while the machine is away that hosts its only root and its controller. */
    @Test
    void nodesThatWereToldOfEachOtherMeetThoughAllStartAnewAndTheOnlyRootIsAway() {
        SimNet.story(20, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            net.host("b").behind(Nat.PORT_RESTRICTED);
            List<SimNode> nodes = new ArrayList<>();
            for (String name : List.of("a", "b", "c", "d")) {
                SimNode node = scene.leaf(name);
                scene.authorize(node);
                node.join(NETWORK);
                nodes.add(node);
            }
            net.runUntil(() -> nodes.stream().allMatch(Ring::isConfigured), seconds(30));

            net.host("root").stop();
            net.host("controller").stop();
            for (String name : List.of("a", "b", "c", "d")) net.host(name).stop();
            net.runFor(minutes(5));
            nodes.clear();
            List<Acquaintance> told = scene.everybody();
            for (String name : List.of("a", "b", "c", "d")) {
                SimNode node = scene.restartKnowing(name, told);
                node.join(NETWORK);
                nodes.add(node);
            }
            net.runUntil(() -> nodes.stream().allMatch(Ring::isConfigured), seconds(5));
            long quietBefore = net.count(Fate.SENT);
            HostStack a = nodes.get(0).stack(NETWORK);
            HostStack behindNat = nodes.get(1).stack(NETWORK);
            HostStack c = nodes.get(2).stack(NETWORK);
            assertThat(secondsUntilAnswered(net, a, c, 16, 3)).isLessThanOrEqualTo(3);
            assertThat(secondsUntilAnswered(net, behindNat, c, 16, 3)).isLessThanOrEqualTo(3);
            assertThat(nodes.get(3).peers())
                    .as(
                            "whom one knows who sends to nobody, beside the root and the controller, whose signature is checked")
                    .allMatch(peer -> peer.role() != PeerView.Role.LEAF || peer.address() == NETWORK >>> 24);
            assertThat(net.count(Fate.SENT) - quietBefore).isLessThan(400);

            // and as soon as the root is back, all is as ever
            scene.startRoot();
            assertThat(secondsUntilAnswered(net, nodes.get(3).stack(NETWORK), behindNat, 16, 30))
                    .isLessThanOrEqualTo(30);
        });
    }

    private static int secondsUntilAnswered(SimNet net, HostStack from, HostStack to, int atMost) {
        return secondsUntilAnswered(net, from, to, 4, atMost);
    }

    /** @param ipBytes 4: somebody has to be asked who has the address; 16: it can be computed from it */
    private static int secondsUntilAnswered(SimNet net, HostStack from, HostStack to, int ipBytes, int atMost) {
        for (int second = 1; second <= atMost; second++) {
            int sent = from.ping(to.addressOf(ipBytes), 56);
            net.runFor(seconds(1));
            if (from.answered(sent)) return second;
        }
        throw new AssertionError("no answer for " + atMost + " s");
    }

    /** T20: one root dies, the other takes over what is relayed. */
    @Test
    void whatIsRelayedFindsTheOtherRoot() {
        SimNet.story(20, net -> {
            Scene scene = new Scene(net, true);
            scene.controller();
            SimNode a = scene.leaf("a", Nat.SYMMETRIC);
            SimNode b = scene.leaf("b", Nat.SYMMETRIC);
            scene.authorize(a, b);
            a.join(NETWORK);
            b.join(NETWORK);
            net.runUntil(() -> Ring.isConfigured(a) && Ring.isConfigured(b), seconds(30));
            secondsUntilAnswered(net, a.stack(NETWORK), b.stack(NETWORK), 10);
            for (String root : List.of("root", "root 2")) {
                net.host(root).stop();
                assertThat(secondsUntilAnswered(net, a.stack(NETWORK), b.stack(NETWORK), 20))
                        .as("seconds without " + root)
                        .isLessThanOrEqualTo(20);
                if (root.equals("root")) scene.startRoot();
                else scene.startSecondRoot();
                net.runFor(minutes(2));
            }
            assertThat(a.hasDirectPathTo(b)).isFalse();
        });
    }

    /** T25: an hour ahead, an hour behind, a year ahead, back to 1970; for members and roots, and what they run next. */
    @ParameterizedTest
    @ValueSource(longs = {60, -60, 60 * 24 * 365, -60 * 24 * 365 * 53})
    void whenClocksJumpNothingIsLostAndNobodyTalksMore(long minutesAhead) {
        SimNet.story(25, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            Ring ring = new Ring(scene, 8);
            ring.secondsUntilAllTalk(30);
            net.runFor(minutes(1));
            long usual = sentInFiveMinutesOfPings(net, ring);

            for (int i = 0; i < ring.size(); i += 2) jump(net.host(Ring.name(i)), minutesAhead);
            jump(net.host("root"), minutesAhead);
            assertThat(sentInFiveMinutesOfPings(net, ring)).isLessThanOrEqualTo(2 * usual);

            ring.replace(0, scene.restart(Ring.name(0)));
            ring.member(0).join(NETWORK);
            scene.startRoot();
            ring.await("it is configured again", 5, () -> Ring.isConfigured(ring.member(0)));
            assertThat(ring.secondsUntilAllTalk(15)).isLessThanOrEqualTo(15);
            assertThat(sentInFiveMinutesOfPings(net, ring)).isLessThanOrEqualTo(2 * usual);
        });
    }

    /** T25: the controller's clock dates certificates. Back: it signs on from where it was. Ahead: all have to refresh. */
    @ParameterizedTest
    @ValueSource(longs = {-60, -60 * 24 * 365 * 53, 20, 60 * 24 * 365})
    void whenTheControllersClockJumpsAllAgreeAgainWithinARefresh(long minutesAhead) {
        SimNet.story(25, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            Ring ring = new Ring(scene, 8);
            ring.secondsUntilAllTalk(30);

            jump(net.host("controller"), minutesAhead);
            boolean withinTheWindow = minutesAhead < 30;
            int silentSeconds = 0;
            for (int second = 0; second < 180; second++) {
                if (!ring.silentAfter(seconds(1)).isEmpty()) silentSeconds++;
            }
            assertThat(silentSeconds)
                    .as("seconds in which somebody was not heard")
                    .isLessThanOrEqualTo(withinTheWindow ? 0 : 65);
            assertThat(ring.secondsUntilAllTalk(1)).isEqualTo(1);
        });
    }

    private static void jump(SimHost host, long minutesAhead) {
        host.clockAhead(Duration.ofMinutes(minutesAhead));
    }

    private static long sentInFiveMinutesOfPings(SimNet net, Ring ring) {
        long before = net.count(Fate.SENT);
        for (int i = 0; i < 30; i++) {
            assertThat(ring.silentAfter(seconds(10))).as("without an answer").isEmpty();
        }
        return net.count(Fate.SENT) - before;
    }

    /** Who listens to a group is asked for; who died is not written to for longer than ten minutes. */
    @Test
    void aGroupForgetsMembersThatDied() {
        SimNet.story(49, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            Ring ring = new Ring(scene, 4);
            ring.secondsUntilAllTalk(30);
            byte[] ofTheDead = ring.stack(3).addressOf(4);
            net.host(Ring.name(3)).stop();
            net.runFor(minutes(11));

            ring.stack(0).forgetNeighbours();
            long before = net.count(Fate.PORT_CLOSED) + net.count(Fate.NO_MAPPING);
            ring.stack(0).ping(ofTheDead, 8);
            net.runFor(seconds(10));
            assertThat(net.count(Fate.PORT_CLOSED) + net.count(Fate.NO_MAPPING))
                    .as("datagrams for the dead")
                    .isEqualTo(before);
        });
    }
}
