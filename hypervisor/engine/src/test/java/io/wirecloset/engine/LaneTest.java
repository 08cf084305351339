package io.wirecloset.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wirecloset.controller.Controller;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frame path of two whole nodes, from tap to tap, without the control loops: nobody there has anything to say. */
class LaneTest {
    private static final int FRAMES = 64;

    private final Map<Endpoint, CableNode> cables = CableNode.cables();
    private long nowMs = 1_000_000_000L;
    private CableNode a;
    private CableNode b;
    private byte[] toA;
    private byte[] toB;

    @Test
    void carryingFramesFromTapToTapAllocatesNothing() {
        build(Wire.PROTOCOL_VERSION, 1400);
        carryWithoutAllocating();
    }

    @Test
    void underTwoHundredRulesNeither() {
        build(Wire.PROTOCOL_VERSION, 1400, twoHundredRules());
        carryWithoutAllocating();
    }

    /** Dropped would be UDP to some ports; the frames are TCP. */
    private static RuleTable twoHundredRules() {
        List<Rule> rules = new ArrayList<>();
        for (int port = 0; port < 66; port++) {
            rules.add(Rule.of(RuleType.ETHERTYPE, false, false, new byte[] {8, 0}));
            rules.add(Rule.of(RuleType.IP_DEST_PORT_RANGE, false, false, new byte[] {1, (byte) port, 1, (byte) port}));
            rules.add(Rule.DROP);
        }
        rules.add(Rule.of(RuleType.IP_PROTOCOL, false, false, new byte[] {6}));
        rules.add(Rule.ACCEPT);
        assertThat(rules).hasSize(200);
        return RuleTable.of(rules);
    }

    private void carryWithoutAllocating() {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        int rounds = 200;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++) {
            long before = thread.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < rounds; i++) carry();
            least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes for %d frames", 2 * FRAMES * rounds).isLessThan(rounds);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 1400, 2814})
    void twoOfOurNodesSpeakSuiteThree(int frameBytes) {
        build(Wire.PROTOCOL_VERSION, frameBytes);
        carry();
        assertThat(a.laneSuites[Wire.SUITE_AES_GMAC_SIV]).isGreaterThanOrEqualTo(FRAMES);
        assertThat(b.laneSuites[Wire.SUITE_AES_GMAC_SIV]).isGreaterThanOrEqualTo(FRAMES);
        assertThat(a.laneSuites[Wire.SUITE_SALSA_POLY1305]).isZero();
        assertThat(a.device.lastLength).isEqualTo(frameBytes);
    }

    @Test
    void aNodeThatAnnouncesProtocol11IsSpokenToInSuiteOne() {
        build(11, 1400);
        carry();
        assertThat(a.laneSuites[Wire.SUITE_SALSA_POLY1305]).isGreaterThanOrEqualTo(FRAMES);
        assertThat(a.laneSuites[Wire.SUITE_AES_GMAC_SIV]).isZero();
    }

    /** Frames both ways, by the lanes alone. */
    private void carry() {
        int before = a.device.received + b.device.received;
        a.device.send(toB, FRAMES);
        b.device.send(toA, FRAMES);
        a.engine.lane(0).doWork(nowMs);
        b.engine.lane(0).doWork(nowMs);
        a.engine.lane(0).doWork(nowMs);
        int carried = a.device.received + b.device.received - before;
        if (carried != 2 * FRAMES) throw new AssertionError("carried only " + carried);
    }

    /** Three nodes that know each other's place, one of them the controller, the others members that met. */
    private void build(int protocolOfB, int frameBytes) {
        build(protocolOfB, frameBytes, RuleTable.ACCEPT);
    }

    private void build(int protocolOfB, int frameBytes, RuleTable rules) {
        CableNode c = node(0, Wire.PROTOCOL_VERSION);
        a = node(1, Wire.PROTOCOL_VERSION);
        b = node(2, protocolOfB);
        for (CableNode one : cables.values()) {
            for (CableNode other : cables.values()) {
                if (one != other) {
                    one.engine.post(() -> one.engine.vl1().introduce(other.self, List.of(other.endpoint), nowMs));
                }
            }
        }
        long network = c.self.address() << 24 | 1;
        Controller controller = c.control(nowMs, Scene.OR_FAIL);
        controller.putNetwork(
                network,
                NetworkSpec.builder().name("lane").sixPlane(true).rules(rules).build(),
                Scene.OR_FAIL);
        for (CableNode member : List.of(a, b)) {
            controller.putMember(network, member.self.address(), MemberSpec.AUTHORIZED, Scene.OR_FAIL);
            member.join(network);
        }
        for (int i = 0; i < 2_000 && (a.status != NetworkStatus.OK || b.status != NetworkStatus.OK); i++) turn();
        assertThat(List.of(a.status, b.status)).containsOnly(NetworkStatus.OK);
        toB = frame(network, a, b, frameBytes);
        toA = frame(network, b, a, frameBytes);
        for (int i = 0; i < 100; i++) {
            a.device.send(toB, 1);
            b.device.send(toA, 1);
            turn();
        }
        for (int i = 0; i < 10; i++) turn();
        Arrays.fill(a.laneSuites, 0);
        Arrays.fill(b.laneSuites, 0);
    }

    private CableNode node(int number, int protocol) {
        Endpoint endpoint = Endpoint.parse("198.18." + number + ".7/9993");
        return new CableNode(TestIdentities.get(number), endpoint, protocol, cables);
    }

    private void turn() {
        nowMs += 20;
        for (CableNode node : cables.values()) {
            node.engine.lane(0).doWork(nowMs);
            node.engine.control().doWork(nowMs);
        }
    }

    private static byte[] frame(long network, CableNode from, CableNode to, int bytes) {
        byte[] frame = new byte[bytes];
        long destination = Mac.of(to.self.address(), network);
        EthernetFrame.put(frame, 0, destination, Mac.of(from.self.address(), network), 0x0800);
        frame[14] = 0x45;
        frame[14 + 9] = 6;
        return frame;
    }

    /** For a look at what a frame costs: {@code java … LaneTest [bytes]}. */
    public static void main(String[] args) {
        int bytes = args.length > 0 ? Integer.parseInt(args[0]) : 1400;
        LaneTest test = new LaneTest();
        test.build(args.length > 1 ? Integer.parseInt(args[1]) : Wire.PROTOCOL_VERSION, bytes);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < 10; round++) {
            long beganNs = thread.getCurrentThreadCpuTime();
            int rounds = 1_000;
            for (int i = 0; i < rounds; i++) test.carry();
            long ns = (thread.getCurrentThreadCpuTime() - beganNs) / (2L * FRAMES * rounds);
            System.out.println(ns + " ns of processor time per frame of " + bytes + " bytes, tap to tap");
        }
    }
}
