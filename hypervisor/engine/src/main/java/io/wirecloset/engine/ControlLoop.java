package io.wirecloset.engine;

import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl1.Stage;
import io.wirecloset.vl1.Vl1;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.NetworkTable;
import io.wirecloset.vl2.Vl2;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The single writer of slow state: peers, paths, worlds, networks, credentials. One thread drives it. A turn takes some of
 * what was posted and of what the lanes handed over, does what is due, and shows the lanes the outcome.
 */
public final class ControlLoop implements Duty {
    /** Records of one lane in one turn, so that timers and the other lanes come to their turn too. */
    private static final int RECORDS_PER_TURN = 256;
    /** Posted tasks of one turn. */
    private static final int TASKS_PER_TURN = 256;

    // set once
    private final Lane[] lanes;
    private final Vl1 vl1;
    private final Vl2 vl2;
    private final Taps taps;
    private final Mailbox.Sink mail = new Mail();

    // any thread adds
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();

    // this loop only
    private final List<Chore> chores = new ArrayList<>();
    private long nowMs;
    private long wakeAtMs;
    private PeerTable peersShown = PeerTable.EMPTY;
    private NetworkTable networksShown = NetworkTable.EMPTY;

    ControlLoop(Lane[] lanes, Vl1 vl1, Vl2 vl2, Taps taps) {
        this.lanes = lanes;
        this.vl1 = vl1;
        this.vl2 = vl2;
        this.taps = taps;
    }

    void post(Runnable task) {
        posted.add(task);
    }

    void add(Chore chore) {
        chores.add(chore);
    }

    @Override
    public int doWork(long turnMs) {
        nowMs = turnMs;
        int done = runPosted();
        for (Lane lane : lanes) done += lane.mailbox().drain(mail, RECORDS_PER_TURN);
        if (done > 0 || turnMs >= wakeAtMs) {
            wakeAtMs = Math.min(vl1.poll(turnMs), vl2.poll(turnMs));
            for (Chore chore : chores) wakeAtMs = Math.min(wakeAtMs, chore.poll(turnMs));
        }
        taps.flush();
        show();
        return done;
    }

    /** When to drive it again though nothing was handed over or posted; in the time of {@link #doWork}. */
    public long wakeAtMs() {
        return wakeAtMs;
    }

    /** The time of the turn that runs now. */
    long nowMs() {
        return nowMs;
    }

    private int runPosted() {
        int count = 0;
        for (Runnable task; count < TASKS_PER_TURN && (task = posted.poll()) != null; count++) task.run();
        return count;
    }

    /** Peers before networks: a member's record leads to its peer's. */
    private void show() {
        PeerTable peers = vl1.peers();
        if (peers != peersShown) {
            peersShown = peers;
            for (Lane lane : lanes) lane.peers(peers);
        }
        NetworkTable networks = vl2.networks();
        if (networks != networksShown) {
            networksShown = networks;
            for (Lane lane : lanes) lane.networks(networks);
        }
        taps.show(networks);
    }

    /** What the lanes handed over. */
    private final class Mail implements Mailbox.Sink {
        @Override
        public void packet(Stage stage, int socket, Endpoint from, byte[] bytes, int at, int length) {
            vl1.onHandedOver(stage, socket, from, bytes, at, length, nowMs);
        }

        @Override
        public void frame(long networkId, byte[] bytes, int at, int length) {
            vl2.onTapFrame(networkId, bytes, at, length, nowMs);
        }

        @Override
        public void toSend(long networkId, long to, int verb, byte[] bytes, int at, int length) {
            vl2.sendForLane(networkId, to, verb, bytes, at, length, nowMs);
        }
    }
}
