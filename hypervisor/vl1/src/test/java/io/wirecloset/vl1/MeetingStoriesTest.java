package io.wirecloset.vl1;

import static io.wirecloset.simnet.SimNet.minutes;
import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Line;
import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimHost;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A root and two leaves, whole, in a network with NATs, loss and delay. */
// VL1 checklist 29, 31, 61-67, 70
class MeetingStoriesTest {
    private static final Identity ROOT = TestIdentities.get(0);
    private static final Identity A = TestIdentities.get(1);
    private static final Identity B = TestIdentities.get(2);

    /** What every story begins with. */
    private static final class Scene {
        final SimNet net;
        final World planet;
        final SimNode root;

        Scene(SimNet net) {
            this.net = net;
            SimHost host = net.host("root");
            planet = planet(host);
            root = SimNode.start(host, ROOT, planet);
        }

        SimNode leaf(String name, Identity identity, Nat nat) {
            SimHost host = net.host(name);
            return SimNode.start(nat == null ? host : host.behind(nat), identity, planet);
        }
    }

    static World planet(SimHost host) {
        Endpoint endpoint = Endpoint.ofV4(host.ip(), Wire.DEFAULT_PORT);
        SigningKeys keys = SigningKeys.of(new byte[64]);
        return World.sign(
                WorldType.PLANET,
                0x1234567,
                1_700_000_000_000L,
                keys.publicKey(),
                List.of(new World.Root(ROOT, List.of(endpoint))),
                keys);
    }

    @Test
    void twoNodesOnTheInternetMeetDirectly() {
        SimNet.story(1, net -> {
            Scene scene = new Scene(net);
            SimNode a = scene.leaf("a", A, null);
            SimNode b = scene.leaf("b", B, null);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(10));
            a.say(b, "hello");
            net.runUntil(() -> b.heard("hello"), seconds(5));
            net.runUntil(() -> a.hasDirectPathTo(b) && b.hasDirectPathTo(a), seconds(5));
            assertThat(scene.root.vl1.isRoot()).isTrue();
        });
    }

    static LongStream seeds() {
        return SimNet.seeds(8);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void twoNodesBehindPortRestrictedNatsFindADirectPathWithinTenSeconds(long seed) {
        meetBehindNats(seed, Line.ORDINARY.withReorder(0.05), 10_000);
    }

    /** Of a hundred, one may lose every datagram it needs for so long; see the stories of whole nodes. */
    @ParameterizedTest
    @MethodSource("seeds")
    void withEveryTwentiethDatagramLostItTakesThemTwoMinutesAtMost(long seed) {
        meetBehindNats(seed, Line.ORDINARY.withLoss(0.05).withReorder(0.05), 120_000);
    }

    private static void meetBehindNats(long seed, Line weather, long limitMs) {
        SimNet.story(seed, net -> {
            net.weather(weather);
            Scene scene = new Scene(net);
            SimNode a = scene.leaf("a", A, Nat.PORT_RESTRICTED);
            SimNode b = scene.leaf("b", B, Nat.PORT_RESTRICTED);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            long beganMs = net.nowMs();
            while (!a.hasDirectPathTo(b) || !b.hasDirectPathTo(a)) {
                a.say(b, "hello");
                net.runFor(seconds(1));
                assertThat(net.nowMs() - beganMs).isLessThanOrEqualTo(limitMs);
            }
            int relayed = scene.root.datagramsOut;
            for (int i = 0; i < 20; i++) {
                assertThat(a.frame(b, 1000)).isTrue();
            }
            net.runFor(seconds(1));
            assertThat(b.frames).contains("0/1028").doesNotContain("1/1028");
            assertThat(scene.root.datagramsOut - relayed).isLessThan(5);
        });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void twoNodesBehindSymmetricNatsGoOnTalkingThroughTheRoot(long seed) {
        SimNet.story(seed, net -> {
            Scene scene = new Scene(net);
            SimNode a = scene.leaf("a", A, Nat.SYMMETRIC);
            SimNode b = scene.leaf("b", B, Nat.SYMMETRIC);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            for (int i = 0; i < 60; i++) {
                a.say(b, "ping " + i);
                b.say(a, "pong " + i);
                net.runFor(seconds(10));
            }
            assertThat(a.messages).hasSize(60);
            assertThat(b.messages).hasSize(60);
            assertThat(a.hasDirectPathTo(b)).isFalse();
        });
    }

    @Test
    void trustedPeersTellEachOtherWhereTheyAreAndMeetInTheirLan() {
        SimNet.story(9, net -> {
            Scene scene = new Scene(net);
            var home = net.site(Nat.PORT_RESTRICTED);
            SimNode a = SimNode.start(net.host("a").behind(home), A, scene.planet);
            SimNode b = SimNode.start(net.host("b").behind(home), B, scene.planet);
            a.handled = Upper.Handled.TRUSTED;
            b.handled = Upper.Handled.TRUSTED;
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            a.say(b, "hello");
            b.say(a, "hello");
            net.runUntil(() -> a.hasDirectPathTo(b) && b.hasDirectPathTo(a), seconds(10));
        });
    }

    @Test
    void bothRestartAtOnceAndMeetAgain() {
        SimNet.story(5, net -> {
            Scene scene = new Scene(net);
            SimNode a = scene.leaf("a", A, Nat.PORT_RESTRICTED);
            SimNode b = scene.leaf("b", B, Nat.PORT_RESTRICTED);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            a.say(b, "hello");
            net.runUntil(() -> a.hasDirectPathTo(b) && b.hasDirectPathTo(a), seconds(10));
            net.host("a").stop();
            net.host("b").stop();
            net.runFor(seconds(3));
            SimNode a2 = SimNode.start(net.host("a"), A, scene.planet);
            SimNode b2 = SimNode.start(net.host("b"), B, scene.planet);
            net.runUntil(() -> a2.vl1.online() && b2.vl1.online(), seconds(30));
            a2.say(b2, "again");
            b2.say(a2, "again");
            net.runUntil(() -> a2.heard("again") && b2.heard("again"), seconds(5));
            net.runUntil(() -> a2.hasDirectPathTo(b2) && b2.hasDirectPathTo(a2), seconds(30));
        });
    }

    @Test
    void aPathInUseIsKeptOpenThroughNatsForHours() {
        SimNet.story(6, net -> {
            Scene scene = new Scene(net);
            SimNode a = scene.leaf("a", A, Nat.PORT_RESTRICTED);
            SimNode b = scene.leaf("b", B, Nat.PORT_RESTRICTED);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            a.say(b, "hello");
            net.runUntil(() -> a.hasDirectPathTo(b) && b.hasDirectPathTo(a), seconds(10));
            for (int i = 0; i < 30; i++) {
                a.frame(b, 100);
                b.frame(a, 100);
                net.runFor(minutes(4));
            }
            b.frames.clear();
            a.frame(b, 100);
            net.runFor(seconds(1));
            assertThat(b.frames).containsExactly("0/128");
        });
    }

    @Test
    void aDeadPathExpiresAndTheRootTakesOver() {
        SimNet.story(7, net -> {
            Scene scene = new Scene(net);
            SimNode a = scene.leaf("a", A, null);
            SimNode b = scene.leaf("b", B, null);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            a.say(b, "hello");
            net.runUntil(() -> a.hasDirectPathTo(b) && b.hasDirectPathTo(a), seconds(10));
            net.cut(net.host("a"), net.host("b"));
            net.runFor(seconds(250));
            a.say(b, "through the root");
            net.runUntil(() -> b.heard("through the root"), seconds(5));
            assertThat(a.hasDirectPathTo(b)).isFalse();
        });
    }

    @Test
    void anOldNodeIsSpokenToInSuiteOne() {
        SimNet.story(8, net -> {
            Scene scene = new Scene(net);
            SimNode a = net.host("a")
                    .runs(at -> new SimNode(at, A, scene.planet, Wire.DEFAULT_PORT, with -> with.withProtocol(11)));
            SimNode b = scene.leaf("b", B, null);
            net.runUntil(() -> a.vl1.online() && b.vl1.online(), seconds(30));
            a.say(b, "hello");
            net.runUntil(() -> a.hasDirectPathTo(b) && b.hasDirectPathTo(a), seconds(10));
            int before = b.suitesOut[Wire.SUITE_SALSA_POLY1305];
            int modern = b.suitesOut[Wire.SUITE_AES_GMAC_SIV];
            b.frame(a, 100);
            assertThat(b.suitesOut[Wire.SUITE_SALSA_POLY1305]).isEqualTo(before + 1);
            assertThat(b.suitesOut[Wire.SUITE_AES_GMAC_SIV]).isEqualTo(modern);
            a.frame(b, 100);
            assertThat(a.suitesOut[Wire.SUITE_AES_GMAC_SIV]).isPositive();
        });
    }

    @Test
    void manyNodesBehindOneNatAreAllAdmitted() {
        SimNet.story(10, net -> {
            Scene scene = new Scene(net);
            var home = net.site(Nat.PORT_RESTRICTED);
            List<SimNode> leaves = IntStream.range(1, 9)
                    .mapToObj(
                            i -> SimNode.start(net.host("leaf" + i).behind(home), TestIdentities.get(i), scene.planet))
                    .toList();
            net.runUntil(() -> leaves.stream().allMatch(leaf -> leaf.vl1.online()), seconds(60));
        });
    }

    @Test
    void theSameSeedGivesTheSameRunByteForByte() {
        assertThat(fingerprint(77)).isEqualTo(fingerprint(77)).isNotEqualTo(fingerprint(78));
    }

    private static String fingerprint(long seed) {
        SimNet net = new SimNet(seed);
        net.weather(Line.ORDINARY.withLoss(0.1));
        Scene scene = new Scene(net);
        SimNode a = scene.leaf("a", A, Nat.PORT_RESTRICTED);
        SimNode b = scene.leaf("b", B, Nat.SYMMETRIC);
        net.runFor(seconds(15));
        a.say(b, "hello");
        net.runFor(seconds(60));
        return net.fingerprint();
    }
}
