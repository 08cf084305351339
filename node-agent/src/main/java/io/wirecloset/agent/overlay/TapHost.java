package io.wirecloset.agent.overlay;

import io.wirecloset.engine.Tap;
import io.wirecloset.node.NetworkHost;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.tap.TapDevice;
import io.wirecloset.transport.tap.TapSettings;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A persistent TAP per network. Only the device is made here: addresses and routes are those of the cluster's resources,
 * whatever a controller pushes, and {@code attach} brings them.
 *
 * <p>Called by the node's own thread; the pictures are for any thread.
 */
public final class TapHost implements NetworkHost {
    private static final int DEFAULT_MTU_BYTES = 2800;

    private final NetworkNamespace namespace;
    private final Runnable changed;
    private final Map<Long, Device> devices = new ConcurrentHashMap<>();
    private final Map<Long, String> problems = new ConcurrentHashMap<>();
    private final Set<Long> leaving = ConcurrentHashMap.newKeySet();

    /**
     * @param namespace the host's, borrowed
     * @param changed called when a device came or its network changed, before that can be seen here; may take a while
     */
    public TapHost(NetworkNamespace namespace, Runnable changed) {
        this.namespace = namespace;
        this.changed = changed;
    }

    /** The network as it was last applied to its device; empty while there is no device. */
    Optional<NetworkView> view(long networkId) {
        return Optional.ofNullable(devices.get(networkId)).map(d -> d.view);
    }

    /** Why there is no device; empty when there is one, or it was not tried yet. */
    String problem(long networkId) {
        return problems.getOrDefault(networkId, "");
    }

    /** Networks whose device is open. */
    public Set<Long> open() {
        return Set.copyOf(devices.keySet());
    }

    /** The next closing of this network's device is for good. */
    void leaving(long networkId) {
        leaving.add(networkId);
    }

    void left(long networkId) {
        leaving.remove(networkId);
        problems.remove(networkId);
    }

    @Override
    public HostedNetwork open(long networkId, NetworkView first, List<Poller> lanes) throws IOException {
        try {
            TapSettings settings =
                    new TapSettings(TapNames.of(networkId), first.mac(), mtuOf(first), lanes.size(), true);
            boolean isNew = !exists(settings.name());
            TapDevice tap = TapDevice.open(namespace, settings);
            try {
                tame(tap, isNew);
                for (int lane = 0; lane < lanes.size(); lane++) {
                    tap.watchedBy(lane, lanes.get(lane));
                }
            } catch (IOException | RuntimeException e) {
                tap.close();
                throw e;
            }
            problems.remove(networkId);
            Device device = new Device(networkId, tap, settings.mtuBytes());
            devices.put(networkId, device);
            return device;
        } catch (IOException e) {
            problems.put(networkId, String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private boolean exists(String name) throws IOException {
        try (Netlink netlink = Netlink.openIn(namespace)) {
            return netlink.link(name).isPresent();
        }
    }

    /**
     * A new device came up before anybody could tell it how to behave, and looks for others with its link-local address for
     * a second in which it asks for no neighbour. Down and up again, it has behaved from the start.
     */
    private void tame(TapDevice tap, boolean isNew) throws IOException {
        namespace.run(() -> {
            TapSysctls.apply(tap.name());
            if (isNew) {
                try (Netlink netlink = Netlink.open()) {
                    netlink.setDown(tap.index());
                    netlink.setUp(tap.index());
                }
            }
            return null;
        });
    }

    private static int mtuOf(NetworkView view) {
        return view.config() == null ? DEFAULT_MTU_BYTES : view.config().mtu();
    }

    private final class Device implements HostedNetwork {
        private final long networkId;
        private final TapDevice tap;
        private volatile NetworkView view;

        // the node's thread only
        private int mtuBytes;

        Device(long networkId, TapDevice tap, int mtuBytes) {
            this.networkId = networkId;
            this.tap = tap;
            this.mtuBytes = mtuBytes;
        }

        @Override
        public Tap tap() {
            return tap;
        }

        @Override
        public String device() {
            return tap.name();
        }

        @Override
        public void apply(NetworkView now) throws IOException {
            if (now.config() != null && now.config().mtu() != mtuBytes) {
                tap.mtu(now.config().mtu());
                mtuBytes = now.config().mtu();
            }
            changed.run();
            view = now;
        }

        @Override
        public Set<MulticastGroup> groups() throws IOException {
            return tap.groups();
        }

        @Override
        public boolean isGone() {
            return tap.isGone();
        }

        /** At the end of the process the device stays, with all that is on it, for the next one. */
        @Override
        public void close() {
            devices.remove(networkId);
            if (leaving.contains(networkId)) {
                try {
                    tap.delete();
                } catch (IOException e) {
                    problems.put(networkId, String.valueOf(e.getMessage()));
                }
            } else {
                tap.close();
            }
        }
    }
}
