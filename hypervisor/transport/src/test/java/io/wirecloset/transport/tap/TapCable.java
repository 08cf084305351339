package io.wirecloset.transport.tap;

import io.wirecloset.engine.FramePort;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.linux.Poller;
import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;

/** Carries frames between two TAPs of one queue as a network would, and looks at each of them. */
final class TapCable implements AutoCloseable {
    private static final int FRAMES_PER_TURN = 64;
    private static final int SLEEP_MS = 100;

    private final TapDevice a;
    private final TapDevice b;
    private final Poller poller = Poller.create();
    private final Thread thread = Thread.ofPlatform().name("tap-cable").daemon().unstarted(this::run);
    final CopyOnWriteArrayList<String> faults = new CopyOnWriteArrayList<>();
    volatile int longest;
    volatile int frames;
    private volatile boolean stopped;

    TapCable(TapDevice a, TapDevice b) throws IOException {
        this.a = a;
        this.b = b;
        a.watchedBy(0, poller);
        b.watchedBy(0, poller);
        thread.start();
    }

    private void run() {
        Slab slab = new Slab(1);
        while (!stopped) {
            int done = carry(slab, a.lane(0), b.lane(0)) + carry(slab, b.lane(0), a.lane(0));
            poller.await(done > 0 ? 0 : SLEEP_MS);
        }
    }

    private int carry(Slab slab, FramePort from, FramePort to) {
        int done = from.poll(
                slab,
                (slot, at, length) -> {
                    longest = Math.max(longest, length);
                    frames++;
                    String fault = PacketCheck.faultOf(slot, at, length);
                    if (fault != null) {
                        faults.add(fault);
                    }
                    to.add(slot, at, length);
                },
                FRAMES_PER_TURN);
        to.flush();
        return done;
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        poller.wake();
        thread.join();
        poller.close();
    }
}
