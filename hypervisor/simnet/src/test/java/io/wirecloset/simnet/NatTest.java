package io.wirecloset.simnet;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of NAT lets in what its name promises, and nothing more. */
class NatTest {
    private final SimNet net = new SimNet(7);
    private final Mailman server = net.host("server").runs(Mailman::new);
    private final Mailman stranger = net.host("stranger").runs(Mailman::new);
    private Mailman inside;

    /** What a NAT lets in after the inner host wrote to the server, and whether it always shows the same port. */
    record Kind(Nat nat, boolean doubled, boolean stranger, boolean serverOtherPort, boolean samePortForAll) {
        @Override
        public String toString() {
            return nat.name() + (doubled ? ", doubled" : "");
        }
    }

    /** A NAT behind one of its own kind is another of that kind. */
    static Stream<Kind> kinds() {
        return Stream.of(false, true)
                .flatMap(doubled -> Stream.of(
                        new Kind(Nat.FULL_CONE, doubled, true, true, true),
                        new Kind(Nat.ADDRESS_RESTRICTED, doubled, false, true, true),
                        new Kind(Nat.PORT_RESTRICTED, doubled, false, false, true),
                        new Kind(Nat.SYMMETRIC, doubled, false, false, false),
                        new Kind(Nat.SYMMETRIC_SEQUENTIAL, doubled, false, false, false)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void letsInWhatItsNamePromises(Kind kind) {
        SimAddress seen = knockOnServerFrom(kind);
        int serverOther = server.host.open(1000);

        server.send(seen, "answer");
        server.send(serverOther, seen, "from another port", SimHost.DEFAULT_TTL);
        stranger.send(seen, "from a stranger");
        net.runFor(seconds(1));

        assertThat(inside.got("answer")).isTrue();
        assertThat(inside.got("from another port")).isEqualTo(kind.serverOtherPort());
        assertThat(inside.got("from a stranger")).isEqualTo(kind.stranger());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void showsOnePortOrOnePerRemoteSide(Kind kind) {
        SimAddress seenByServer = knockOnServerFrom(kind);
        inside.send(stranger.address(), "knock");
        net.runFor(seconds(1));
        SimAddress seenByStranger = stranger.letters.getLast().from();

        assertThat(seenByStranger.ip()).isEqualTo(seenByServer.ip());
        assertThat(seenByStranger.port() == seenByServer.port()).isEqualTo(kind.samePortForAll());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void forgetsAMappingThatIsNotUsed(Kind kind) {
        SimAddress seen = knockOnServerFrom(kind);
        net.runFor(seconds(28));
        server.send(seen, "in time");
        net.runFor(seconds(2));
        server.send(seen, "too late");
        net.runFor(seconds(1));

        assertThat(inside.texts()).containsExactly("in time");
        assertThat(net.count(Fate.NO_MAPPING)).isEqualTo(1);
    }

    @Test
    void twoPortRestrictedNatsOpenWhenBothSidesKnock() {
        SimAddress aSeen = knockOnServerFrom(Nat.PORT_RESTRICTED);
        Mailman a = inside;
        Mailman b = net.host("b").behind(Nat.PORT_RESTRICTED).runs(Mailman::new);
        b.send(server.address(), "knock");
        net.runFor(seconds(1));
        SimAddress bSeen = server.letters.getLast().from();

        a.send(bSeen, "first, meets a closed door");
        net.runFor(seconds(1));
        b.send(aSeen, "second, the door is open");
        net.runFor(seconds(1));
        a.send(bSeen, "third, open both ways");
        net.runFor(seconds(1));

        assertThat(b.texts()).containsExactly("third, open both ways");
        assertThat(a.texts()).containsExactly("second, the door is open");
    }

    @Test
    void aDatagramOfTwoHopsOpensTheNatAndDiesBehindIt() {
        knockOnServerFrom(Nat.PORT_RESTRICTED);
        inside.send(inside.socket, stranger.address(), "never arrives", 2);
        net.runFor(seconds(1));
        SimAddress seen = server.letters.getLast().from();
        stranger.send(seen, "comes in");
        net.runFor(seconds(1));

        assertThat(stranger.letters).isEmpty();
        assertThat(net.count(Fate.TTL_EXPIRED)).isEqualTo(1);
        assertThat(inside.got("comes in")).isTrue();
    }

    @Test
    void symmetricPortsAreDrawnAndSequentialOnesFollowEachOther() {
        assertThat(portsShownBy(Nat.SYMMETRIC_SEQUENTIAL, "one")).satisfies(ports -> {
            for (int i = 1; i < ports.length; i++) assertThat(ports[i]).isEqualTo(ports[i - 1] + 1);
        });
        int[] drawn = portsShownBy(Nat.SYMMETRIC, "two");
        Set<Integer> steps = new HashSet<>();
        for (int i = 1; i < drawn.length; i++) steps.add(drawn[i] - drawn[i - 1]);
        assertThat(steps).hasSizeGreaterThan(2);
    }

    @Test
    void aSecondHostKeepsItsOwnMappingOnTheSameInnerPort() {
        Site site = net.site(Nat.PORT_RESTRICTED);
        Mailman a = net.host("a").behind(site).runs(Mailman::new);
        Mailman b = net.host("b").behind(site).runs(Mailman::new);
        a.send(server.address(), "echo");
        b.send(server.address(), "echo");
        net.runFor(seconds(1));

        assertThat(a.letters).hasSize(1);
        assertThat(b.letters).hasSize(1);
        assertThat(a.texts()).doesNotContainAnyElementsOf(b.texts());
    }

    @Test
    void hostsOfOneSiteReachEachOtherWithoutTheNat() {
        Site site = net.site(Nat.SYMMETRIC);
        Mailman a = net.host("a").behind(site).runs(Mailman::new);
        Mailman b = net.host("b").behind(site).runs(Mailman::new);
        a.send(b.address(), "neighbour");
        net.runFor(seconds(1));

        assertThat(b.letters).singleElement().satisfies(letter -> assertThat(letter.from())
                .isEqualTo(a.address()));
    }

    @Test
    void onlyAHairpinNatBringsItsOwnAddressBackIn() {
        for (Nat nat : new Nat[] {Nat.FULL_CONE, Nat.FULL_CONE.withHairpin()}) {
            Site site = net.site(nat);
            Mailman a = net.host("a" + nat.hairpin()).behind(site).runs(Mailman::new);
            Mailman b = net.host("b" + nat.hairpin()).behind(site).runs(Mailman::new);
            b.send(server.address(), "knock");
            net.runFor(seconds(1));
            a.send(server.letters.getLast().from(), "around the corner");
            net.runFor(seconds(1));

            assertThat(b.got("around the corner")).isEqualTo(nat.hairpin());
        }
    }

    @Test
    void twoNatsInARowTranslateTwice() {
        Site carrier = net.site(Nat.SYMMETRIC);
        Site home = carrier.behindIt(Nat.PORT_RESTRICTED);
        Mailman a = net.host("a").behind(home).runs(Mailman::new);
        a.send(server.address(), "echo");
        net.runFor(seconds(1));

        assertThat(a.letters).hasSize(1);
        assertThat(server.letters.getLast().from().ip()).isEqualTo(carrier.outerIpAddress());
    }

    @Test
    void aNatThatLostItsTableAnswersNobody() {
        Site site = net.site(Nat.FULL_CONE);
        inside = net.host("inside").behind(site).runs(Mailman::new);
        inside.send(server.address(), "knock");
        net.runFor(seconds(1));
        site.forgetMappings();
        server.send(server.letters.getLast().from(), "lost");
        net.runFor(seconds(1));

        assertThat(inside.letters).isEmpty();
    }

    @Test
    void aNatWithAnotherAddressIsFoundThereAlone() {
        Site site = net.site(Nat.FULL_CONE);
        inside = net.host("inside").behind(site).runs(Mailman::new);
        inside.send(server.address(), "knock");
        net.runFor(seconds(1));
        SimAddress before = server.letters.getLast().from();
        site.changeOuterAddress();
        server.send(before, "lost");
        inside.send(server.address(), "knock");
        net.runFor(seconds(1));
        server.send(server.letters.getLast().from(), "found");
        net.runFor(seconds(1));

        assertThat(server.letters.getLast().from().ip())
                .isEqualTo(site.outerIpAddress())
                .isNotEqualTo(before.ip());
        assertThat(inside.letters).hasSize(1);
    }

    @Test
    void aHostThatMovesKeepsItsSockets() {
        Site first = net.site(Nat.PORT_RESTRICTED);
        Site second = net.site(Nat.PORT_RESTRICTED);
        inside = net.host("inside").behind(first).runs(Mailman::new);
        net.host("inside").movesBehind(second);
        inside.send(server.address(), "echo");
        net.runFor(seconds(1));

        assertThat(server.letters.getLast().from().ip()).isEqualTo(second.outerIpAddress());
        assertThat(inside.letters).hasSize(1);
    }

    @Test
    void aFirewallWithoutUdpLetsNothingOut() {
        inside = net.host("inside").behind(Nat.NO_UDP).runs(Mailman::new);
        inside.send(server.address(), "echo");
        net.runFor(seconds(1));

        assertThat(server.letters).isEmpty();
        assertThat(net.count(Fate.UDP_BLOCKED)).isEqualTo(1);
    }

    private SimAddress knockOnServerFrom(Nat nat) {
        return knockOnServerFrom(net.site(nat));
    }

    private SimAddress knockOnServerFrom(Kind kind) {
        return knockOnServerFrom(kind.doubled() ? net.doubled(kind.nat()) : net.site(kind.nat()));
    }

    private SimAddress knockOnServerFrom(Site site) {
        inside = net.host("inside").behind(site).runs(Mailman::new);
        inside.send(server.address(), "knock");
        net.runFor(seconds(1));
        return server.letters.getLast().from();
    }

    private int[] portsShownBy(Nat nat, String name) {
        Mailman behind = net.host(name).behind(nat).runs(Mailman::new);
        int[] ports = new int[5];
        for (int i = 0; i < ports.length; i++) {
            int other = server.host.open(2000 + i + (nat == Nat.SYMMETRIC ? 100 : 0));
            behind.send(server.host.localAddress(other), "knock");
            net.runFor(seconds(1));
            ports[i] = server.letters.getLast().from().port();
        }
        return ports;
    }
}
