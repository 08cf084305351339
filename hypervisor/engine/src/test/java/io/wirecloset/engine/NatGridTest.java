package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.minutes;
import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.simnet.Site;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** T22: members behind any two kinds of NAT find the route that these allow, and one of the two there always is. */
class NatGridTest {
    private static final long NETWORK = Scene.NETWORK;

    private enum Route {
        DIRECT,
        RELAYED
    }

    private static final Nat NONE = null;

    private static final List<Nat> KINDS = List.of(
            Nat.FULL_CONE, Nat.ADDRESS_RESTRICTED, Nat.PORT_RESTRICTED, Nat.SYMMETRIC, Nat.SYMMETRIC_SEQUENTIAL);

    /**
     * One line a kind, one column a kind, D for direct and R for relayed; none, full cone, address restricted, port
     * restricted, symmetric, symmetric with sequential ports. A symmetric NAT opens another port towards the other node than
     * the root saw; so the other one must let in what comes from a port it was not told of. Doubling a NAT changes nothing.
     */
    private static final String[] TABLE = {
        "D D D D D D", //
        "D D D D D D",
        "D D D D D D",
        "D D D D R R",
        "D D D R R R",
        "D D D R R R",
    };

    /** A kind in the table. */
    record Place(Nat nat, boolean doubled, int line) {
        @Override
        public String toString() {
            return nat == NONE ? "none" : nat.name() + (doubled ? ", doubled" : "");
        }
    }

    private static List<Place> places() {
        Stream<Place> behind = Stream.of(false, true)
                .flatMap(doubled -> KINDS.stream().map(nat -> new Place(nat, doubled, 1 + KINDS.indexOf(nat))));
        return Stream.concat(Stream.of(new Place(NONE, false, 0)), behind).toList();
    }

    static Stream<List<Place>> pairs() {
        List<Place> all = places();
        return all.stream()
                .flatMap(a -> all.subList(all.indexOf(a), all.size()).stream().map(b -> List.of(a, b)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyPairOfKindsHasTheRouteOfTheTable(List<Place> pair) {
        Place ofA = pair.get(0);
        Place ofB = pair.get(1);
        Route expected = TABLE[ofA.line()].charAt(2 * ofB.line()) == 'D' ? Route.DIRECT : Route.RELAYED;
        SimNet.story(22, net -> {
            Scene scene = new Scene(net);
            scene.controller();
            SimNode a = node(scene, "a", ofA);
            SimNode b = node(scene, "b", ofB);
            join(scene, a, b);

            talkWithoutSilence(net, a, b, 30);
            assertThat(routeBetween(a, b)).isEqualTo(expected);
            // longer than any NAT keeps a mapping that nobody uses
            net.runFor(minutes(3));
            int relayed = a.relayedArrivals() + b.relayedArrivals();
            talkWithoutSilence(net, a, b, 10);
            assertThat(routeBetween(a, b)).isEqualTo(expected);
            if (expected == Route.DIRECT) {
                assertThat(a.relayedArrivals() + b.relayedArrivals()).isEqualTo(relayed);
            }
        });
    }

    /** There is no way round a firewall without UDP; a node behind one says so, and harms nobody. */
    @Test
    void behindAFirewallWithoutUdpANodeKnowsThatItIsOffline() {
        for (Place other : places()) {
            SimNet.story(22, net -> {
                Scene scene = new Scene(net);
                scene.controller();
                SimNode a = node(scene, "a", other);
                SimNode b = scene.leaf("b", Nat.NO_UDP);
                scene.authorize(a, b);
                a.join(NETWORK);
                b.join(NETWORK);
                net.runFor(seconds(60));
                assertThat(a.online()).as(other.toString()).isTrue();
                assertThat(a.status(NETWORK)).isEqualTo(NetworkStatus.OK);
                assertThat(b.online()).isFalse();
                assertThat(b.status(NETWORK)).isEqualTo(NetworkStatus.REQUESTING_CONFIGURATION);
            });
        }
    }

    @Test
    void inOneLanTheyMeetByTheirPrivateAddresses() {
        for (Nat nat : KINDS) {
            SimNet.story(22, net -> {
                Scene scene = new Scene(net);
                scene.controller();
                Site home = net.site(nat);
                SimNode a = scene.leaf("a", home);
                SimNode b = scene.leaf("b", home);
                join(scene, a, b);
                talkWithoutSilence(net, a, b, 60);
                assertThat(routeBetween(a, b)).as(nat.name()).isEqualTo(Route.DIRECT);
            });
        }
    }

    /** Both behind one provider's NAT, with a NAT of their own each: the provider's must send back what is for itself. */
    @Test
    void behindOneCarrierTheyMeetWhereItLetsThem() {
        for (Nat carrier : List.of(Nat.FULL_CONE, Nat.FULL_CONE.withHairpin())) {
            SimNet.story(22, net -> {
                Scene scene = new Scene(net);
                scene.controller();
                Site provider = net.site(carrier);
                SimNode a = scene.leaf("a", provider.behindIt(Nat.PORT_RESTRICTED));
                SimNode b = scene.leaf("b", provider.behindIt(Nat.PORT_RESTRICTED));
                join(scene, a, b);
                talkWithoutSilence(net, a, b, 60);
                assertThat(routeBetween(a, b)).isEqualTo(carrier.hairpin() ? Route.DIRECT : Route.RELAYED);
            });
        }
    }

    private static SimNode node(Scene scene, String name, Place place) {
        if (place.nat() == NONE) return scene.leaf(name);
        return scene.leaf(name, place.doubled() ? scene.net.doubled(place.nat()) : scene.net.site(place.nat()));
    }

    private static void join(Scene scene, SimNode a, SimNode b) {
        scene.authorize(a, b);
        a.join(NETWORK);
        b.join(NETWORK);
        scene.net.runUntil(
                () -> a.status(NETWORK) == NetworkStatus.OK && b.status(NETWORK) == NetworkStatus.OK, seconds(30));
    }

    /** Both ping once a second. The first pings wait for an address; then there is no gap, also while the route changes. */
    private static void talkWithoutSilence(SimNet net, SimNode a, SimNode b, int seconds) {
        HostStack stackA = a.stack(NETWORK);
        HostStack stackB = b.stack(NETWORK);
        int[] gap = new int[2];
        for (int second = 0; second < seconds; second++) {
            int fromA = stackA.ping(stackB.addressOf(4), 56);
            int fromB = stackB.ping(stackA.addressOf(4), 56);
            net.runFor(seconds(1));
            gap[0] = stackA.answered(fromA) ? 0 : gap[0] + 1;
            gap[1] = stackB.answered(fromB) ? 0 : gap[1] + 1;
            assertThat(Math.max(gap[0], gap[1])).as("seconds without an answer").isLessThanOrEqualTo(3);
        }
        assertThat(gap).as("the last pings were answered").containsOnly(0);
    }

    private static Route routeBetween(SimNode a, SimNode b) {
        boolean aToB = a.hasDirectPathTo(b);
        assertThat(b.hasDirectPathTo(a)).as("both use the same kind of route").isEqualTo(aToB);
        return aToB ? Route.DIRECT : Route.RELAYED;
    }
}
