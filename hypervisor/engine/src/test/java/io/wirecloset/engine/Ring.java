package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.seconds;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl2.network.NetworkStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Members of one network, each of which pings the next, and the last one the first. */
final class Ring {
    private static final long NETWORK = Scene.NETWORK;

    final Scene scene;
    private final SimNet net;
    private final List<SimNode> members = new ArrayList<>();

    /** All joined and configured, on hosts "m0", "m1", …; every other one behind a NAT. The scene has its controller. */
    Ring(Scene scene, int size) {
        this.scene = scene;
        this.net = scene.net;
        for (int i = 0; i < size; i++) {
            if (i % 2 == 1) net.host(name(i)).behind(Nat.PORT_RESTRICTED);
            SimNode member = scene.leaf(name(i), SimIdentities.leaf(i));
            scene.authorize(member);
            member.join(NETWORK);
            members.add(member);
        }
        await("all members have a configuration", 60, () -> members.stream().allMatch(Ring::isConfigured));
    }

    static String name(int index) {
        return "m" + index;
    }

    static boolean isConfigured(SimNode member) {
        return member.status(NETWORK) == NetworkStatus.OK;
    }

    int size() {
        return members.size();
    }

    SimNode member(int index) {
        return members.get(index);
    }

    HostStack stack(int index) {
        return member(index).stack(NETWORK);
    }

    /** The host was started again. */
    void replace(int index, SimNode restarted) {
        members.set(index, restarted);
    }

    /** Of the configuration and the certificate in it, as the controller dated it. */
    long timestampOf(int index) {
        return member(index).view(NETWORK).config().timestamp();
    }

    /** One ping each. @return who was not answered within the time */
    List<Integer> silentAfter(Duration patience) {
        int[] sent = new int[size()];
        Arrays.setAll(sent, i -> stack(i).ping(stack((i + 1) % size()).addressOf(4), 56));
        net.runFor(patience);
        List<Integer> silent = new ArrayList<>();
        for (int i = 0; i < sent.length; i++) if (!stack(i).answered(sent[i])) silent.add(i);
        return silent;
    }

    /** Pings every second until all are answered in one. @return how many seconds that took */
    int secondsUntilAllTalk(int atMost) {
        List<Integer> silent = List.of();
        for (int second = 1; second <= atMost; second++) {
            silent = silentAfter(seconds(1));
            if (silent.isEmpty()) return second;
        }
        throw new AssertionError("after " + atMost + " s still no answer to members " + silent);
    }

    /** Looks once a second, as looking at many nodes takes its time. */
    void await(String what, int atMostSeconds, java.util.function.BooleanSupplier condition) {
        for (int second = 0; second < atMostSeconds; second++) {
            if (condition.getAsBoolean()) return;
            net.runFor(seconds(1));
        }
        if (!condition.getAsBoolean()) throw new AssertionError("not within " + atMostSeconds + " s: " + what);
    }
}
