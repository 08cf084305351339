package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.simnet.Site;
import io.wirecloset.vl2.network.NetworkStatus;
import org.assertj.core.api.AbstractIntegerAssert;

/** Two authorized members of the network, configured. */
final class Pair {
    final Scene scene;
    SimNode a;
    SimNode b;

    Pair(SimNet net, Nat nat) {
        this(net, nat, nat);
    }

    Pair(SimNet net, Nat ofA, Nat ofB) {
        this(net, net.site(ofA), net.site(ofB));
    }

    Pair(SimNet net, Site ofA, Site ofB) {
        scene = new Scene(net);
        scene.controller();
        a = scene.leaf("a", ofA);
        b = scene.leaf("b", ofB);
        scene.authorize(a, b);
        a.join(Scene.NETWORK);
        b.join(Scene.NETWORK);
        awaitConfigs(60);
    }

    void restartBoth() {
        a = scene.start("a");
        b = scene.start("b");
        a.join(Scene.NETWORK);
        b.join(Scene.NETWORK);
    }

    void awaitConfigs(long withinSeconds) {
        scene.net.runUntil(
                () -> a.status(Scene.NETWORK) == NetworkStatus.OK && b.status(Scene.NETWORK) == NetworkStatus.OK,
                seconds(withinSeconds));
    }

    boolean isDirect() {
        return a.hasDirectPathTo(b) && b.hasDirectPathTo(a);
    }

    HostStack stackA() {
        return a.stack(Scene.NETWORK);
    }

    HostStack stackB() {
        return b.stack(Scene.NETWORK);
    }

    /** One ping each way, each answered; the first ones may find the way blocked. */
    void bothPing(int addressBytes, long withinSeconds) {
        pingUntilAnswered(stackA(), stackB().addressOf(addressBytes), withinSeconds);
        pingUntilAnswered(stackB(), stackA().addressOf(addressBytes), withinSeconds);
    }

    /** Pings once a second. @return to be judged: the most seconds in a row without an answer */
    AbstractIntegerAssert<?> longestGap(HostStack from, HostStack to, int pings) {
        byte[] ip = to.addressOf(4);
        int gap = 0;
        int longest = 0;
        for (int ping = 0; ping < pings; ping++) {
            int sent = from.ping(ip, 56);
            scene.net.runFor(seconds(1));
            gap = from.answered(sent) ? 0 : gap + 1;
            longest = Math.max(longest, gap);
        }
        return assertThat(longest).as("longest gap in seconds");
    }

    void pingUntilAnswered(int addressBytes, long withinSeconds) {
        pingUntilAnswered(stackA(), stackB().addressOf(addressBytes), withinSeconds);
    }

    /** As ping does: once a second. */
    private void pingUntilAnswered(HostStack from, byte[] to, long withinSeconds) {
        int before = from.answers();
        for (int second = 0; second < withinSeconds; second++) {
            from.ping(to, 56);
            scene.net.runFor(seconds(1));
            if (from.answers() > before) return;
        }
        throw new AssertionError("no answer to " + withinSeconds + " pings");
    }
}
