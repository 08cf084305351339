package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 35, 43; rules checklist 19, 25 to 30: three whole nodes under rules")
class RulesStoryTest {
    private static final int DEPARTMENT = 1000;
    private static final Rule ARP = Rule.of(RuleType.ETHERTYPE, false, false, new byte[] {8, 6});
    private static final Rule IPV4 = Rule.of(RuleType.ETHERTYPE, false, false, new byte[] {8, 0});

    static LongStream seeds() {
        return SimNet.seeds(2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tagsAllowAndForbidAndARevokedOneCutsWithinASecond(long seed) {
        story(
                seed,
                story -> {
                    story.controller.rules(ARP, Rule.ACCEPT, sameDepartment(), Rule.ACCEPT);
                    story.controller.tag(story.a, DEPARTMENT, 1);
                    story.controller.tag(story.b, DEPARTMENT, 1);
                    story.controller.tag(story.c, DEPARTMENT, 2);
                },
                story -> {
                    story.pings(story.a, story.b);
                    story.pings(story.b, story.a);
                    story.doesNotPing(story.a, story.c);
                    story.doesNotPing(story.c, story.b);

                    story.controller.revokeTag(story.a, DEPARTMENT);
                    story.net.runFor(seconds(1));
                    int before = story.frames(story.b);
                    story.ping(story.a, story.b);
                    story.net.runFor(seconds(3));
                    assertThat(story.frames(story.b)).isEqualTo(before);

                    story.controller.push();
                    story.net.runFor(seconds(2));
                    story.pings(story.a, story.b); // a newer tag counts again
                });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aCapabilityGrantsWhatTheTableDoesNot(long seed) {
        story(
                seed,
                story -> {
                    story.controller.rules(ARP, Rule.ACCEPT);
                    story.controller.capability(story.a, IPV4, Rule.ACCEPT);
                    story.controller.capability(story.b, IPV4, Rule.ACCEPT);
                },
                story -> {
                    story.pings(story.a, story.b);
                    story.doesNotPing(story.c, story.b);
                    int before = story.frames(story.c);
                    story.ping(story.a, story.c);
                    story.net.runFor(seconds(2));
                    assertThat(story.frames(story.c))
                            .as("the question arrives by a's capability, the answer has none")
                            .isGreaterThan(before);
                });
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aThirdNodeSeesCopiesOfWhatTwoOthersSay(long seed) {
        for (int action : new int[] {RuleType.TEE, RuleType.WATCH}) {
            story(
                    seed,
                    story -> story.controller.rules(
                            ARP, Rule.ACCEPT, IPV4, copy(action, story.c.address(), 64), Rule.ACCEPT),
                    story -> {
                        story.pings(story.a, story.b);
                        story.net.runFor(seconds(1));
                        int before = story.frames(story.c);
                        for (int i = 0; i < 10; i++) story.pings(story.a, story.b);
                        story.net.runFor(seconds(1));
                        assertThat(story.frames(story.c) - before)
                                .as("question and answer, seen by sender and receiver each")
                                .isEqualTo(4 * 10);
                    });
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsRedirectedArrivesElsewhere(long seed) {
        story(
                seed,
                story -> story.controller.rules(
                        ARP,
                        Rule.ACCEPT,
                        from(story.a),
                        IPV4,
                        copy(RuleType.REDIRECT, story.c.address(), 0),
                        Rule.ACCEPT),
                story -> {
                    story.pings(story.c, story.b);
                    int atB = story.frames(story.b);
                    int atC = story.frames(story.c);
                    int asked = story.ping(story.a, story.b);
                    story.net.runFor(seconds(3));
                    assertThat(story.a.stack(story.network()).answered(asked)).isFalse();
                    assertThat(story.frames(story.c)).isGreaterThan(atC);
                    assertThat(story.frames(story.b) - atB)
                            .as("the ARP question alone")
                            .isLessThanOrEqualTo(1);
                });
    }

    private static Rule sameDepartment() {
        byte[] data = ByteBuffer.allocate(8).putInt(DEPARTMENT).putInt(0).array();
        return Rule.of(RuleType.TAGS_DIFFERENCE, false, false, data);
    }

    private static Rule from(SimNode node) {
        byte[] address = new byte[5];
        for (int i = 0; i < 5; i++) address[i] = (byte) (node.address() >>> 8 * (4 - i));
        return Rule.of(RuleType.SOURCE_ZEROTIER_ADDRESS, false, false, address);
    }

    private static Rule copy(int action, long to, int length) {
        byte[] data = ByteBuffer.allocate(14)
                .putLong(to)
                .putInt(0)
                .putShort((short) length)
                .array();
        return Rule.of(action, false, false, data);
    }

    private static void story(long seed, Consumer<Story> network, Consumer<Story> happens) {
        SimNet.story(seed, net -> {
            Story story = new Story(net);
            network.accept(story);
            story.begin();
            happens.accept(story);
        });
    }

    /** Three members behind NATs. */
    private static final class Story {
        final SimNet net;
        final HandmadeController controller;
        final SimNode a;
        final SimNode b;
        final SimNode c;

        Story(SimNet net) {
            this.net = net;
            Scene scene = new Scene(net);
            controller = new HandmadeController(net, scene.leaf("handmade"), TestIdentities.get(2));
            a = scene.leaf("a", Nat.PORT_RESTRICTED);
            b = scene.leaf("b", Nat.PORT_RESTRICTED);
            c = scene.leaf("c");
        }

        long network() {
            return controller.network;
        }

        void begin() {
            for (SimNode node : List.of(a, b, c)) node.join(network());
            net.runUntil(
                    () -> List.of(a, b, c).stream().allMatch(node -> node.status(network()) == NetworkStatus.OK),
                    seconds(30));
            net.runFor(seconds(1));
        }

        int frames(SimNode node) {
            return node.stack(network()).frames();
        }

        int ping(SimNode from, SimNode to) {
            byte[] address = to.stack(network()).addressOf(4);
            return from.stack(network()).ping(address, 100);
        }

        void pings(SimNode from, SimNode to) {
            for (int attempt = 0; attempt < 20; attempt++) {
                int asked = ping(from, to);
                net.runFor(seconds(1));
                if (from.stack(network()).answered(asked)) return;
            }
            throw new AssertionError("no answer");
        }

        void doesNotPing(SimNode from, SimNode to) {
            for (int i = 0; i < 5; i++) {
                int asked = ping(from, to);
                net.runFor(seconds(1));
                assertThat(from.stack(network()).answered(asked)).isFalse();
            }
        }
    }
}
