package io.wirecloset.node;

import io.wirecloset.engine.Engine;
import io.wirecloset.node.NetworkHost.HostedNetwork;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps the host's devices, addresses and routes as the joined networks want them. Told on the control loop; does what
 * takes time on the {@link Background} thread. What fails is tried again at the next look.
 */
final class HostSide {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");
    /** How often the groups of the devices are read, and what failed is tried again. */
    private static final int LOOK_MS = 5_000;
    /** A device of which a lane does not let go by then is closed all the same: its reads and writes fail, no more. */
    private static final int RELEASE_LIMIT_MS = 5_000;

    private static final int RELEASE_STEP_MS = 5;

    private final Engine engine;
    private final NetworkHost host;
    private final List<Poller> lanes;
    private final Background background;
    private final Map<Long, Place> places = new ConcurrentHashMap<>();

    HostSide(Engine engine, NetworkHost host, List<Poller> lanes, Background background) {
        this.engine = engine;
        this.host = host;
        this.lanes = List.copyOf(lanes);
        this.background = background;
        background.every(LOOK_MS, this::look);
    }

    /** One network's place on this host. */
    private static final class Place {
        final long id;
        final AtomicBoolean queued = new AtomicBoolean();
        volatile NetworkView view;
        volatile boolean left;
        volatile String device = "";
        volatile String problem = "";

        // the background thread only
        HostedNetwork hosted;
        Set<MulticastGroup> groups = Set.of();

        Place(long id) {
            this.id = id;
        }
    }

    // ---- told on the control loop

    void changed(NetworkView view) {
        Place place = places.computeIfAbsent(view.id(), Place::new);
        place.view = view;
        apply(place);
    }

    void left(long networkId) {
        Place place = places.remove(networkId);
        if (place != null) {
            place.left = true;
            background.run(() -> close(place));
        }
    }

    // ---- any thread

    /** Settings of the host's owner changed, or whether default routes may stand. */
    void settingsChanged() {
        places.values().forEach(this::apply);
    }

    /** The interface's name; empty while there is none. */
    String device(long networkId) {
        Place place = places.get(networkId);
        return place == null ? "" : place.device;
    }

    /** Why the host is not as it should be; empty when it is. */
    String problem(long networkId) {
        Place place = places.get(networkId);
        return place == null ? "" : place.problem;
    }

    /** Closes all devices. */
    void close() {
        for (Place place : List.copyOf(places.values())) {
            left(place.id);
        }
        background.settle();
    }

    /** Closes all devices when lanes, control loop and background have ended: nobody is asked, and nobody uses them. */
    void abandon() {
        for (Place place : places.values()) {
            if (place.hosted != null) {
                place.hosted.close();
                place.hosted = null;
            }
        }
        places.clear();
    }

    private void apply(Place place) {
        if (place.queued.compareAndSet(false, true)) {
            background.run(() -> {
                place.queued.set(false);
                bringAbout(place);
            });
        }
    }

    // ---- on the background thread

    private void look() {
        for (Place place : places.values()) {
            if (place.hosted != null && place.hosted.isGone()) {
                close(place);
                bringAbout(place);
            } else if (!place.problem.isEmpty()) {
                bringAbout(place);
            } else {
                readGroups(place);
            }
        }
    }

    private void bringAbout(Place place) {
        if (place.left) {
            return;
        }
        try {
            if (place.hosted == null) {
                open(place);
            }
            place.hosted.apply(place.view);
            place.problem = "";
        } catch (IOException | RuntimeException e) {
            failed(place, e);
        }
        readGroups(place);
    }

    private void open(Place place) throws IOException {
        place.hosted = host.open(place.id, place.view, lanes);
        place.device = place.hosted.device();
        engine.addTap(place.id, place.hosted.tap());
        LOG.log(Level.INFO, "network {0}: device {1}", NetworkIds.format(place.id), place.device);
    }

    private static void failed(Place place, Exception e) {
        String why = e.getMessage() == null ? e.toString() : e.getMessage();
        if (!why.equals(place.problem)) {
            place.problem = why;
            LOG.log(Level.WARNING, "network {0} on this host: {1}", NetworkIds.format(place.id), why);
        }
    }

    private void readGroups(Place place) {
        if (place.hosted == null || place.left) {
            return;
        }
        try {
            Set<MulticastGroup> now = place.hosted.groups();
            if (!now.equals(place.groups)) {
                place.groups = Set.copyOf(now);
                engine.post(() -> engine.vl2().groups(place.id, now, engine.nowMs()));
            }
        } catch (IOException | RuntimeException e) {
            failed(place, e);
        }
    }

    private void close(Place place) {
        if (place.hosted == null) {
            return;
        }
        CountDownLatch released = new CountDownLatch(1);
        engine.removeTap(place.id, released::countDown);
        awaitRelease(released);
        place.hosted.close();
        place.hosted = null;
        place.groups = Set.of();
        LOG.log(Level.INFO, "network {0}: device {1} removed", NetworkIds.format(place.id), place.device);
    }

    /** The control loop looks at the lanes when it does something, so it is given something to do. */
    private void awaitRelease(CountDownLatch released) {
        try {
            for (int waitedMs = 0; waitedMs < RELEASE_LIMIT_MS; waitedMs += RELEASE_STEP_MS) {
                if (released.await(RELEASE_STEP_MS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                engine.post(() -> {});
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
