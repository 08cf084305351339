package io.wirecloset.agent.overlay;

import io.wirecloset.engine.Tap;
import io.wirecloset.node.NetworkHost;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.tap.TapDevice;
import io.wirecloset.transport.tap.TapSettings;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.util.HashMap;
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
public final class TapHost implements NetworkHost, AutoCloseable {
    private static final int DEFAULT_MTU_BYTES = 2800;

    private final NetworkNamespace namespace;
    private final Runnable changed;
    private final Map<Long, Device> devices = new ConcurrentHashMap<>();
    private final Map<Long, String> problems = new ConcurrentHashMap<>();
    private final Set<Long> leaving = ConcurrentHashMap.newKeySet();
    private final Map<String, List<Descriptor>> inherited;

    /**
     * @param namespace the host's, borrowed
     * @param changed called when a device came or its network changed, before that can be seen here; may take a while
     */
    public TapHost(NetworkNamespace namespace, Runnable changed) {
        this(namespace, changed, Map.of());
    }

    /** @param inherited open queues of devices, by name, to go on with; this object's to close */
    public TapHost(NetworkNamespace namespace, Runnable changed, Map<String, List<Descriptor>> inherited) {
        this.namespace = namespace;
        this.changed = changed;
        this.inherited = new ConcurrentHashMap<>(inherited);
    }

    /** The queues of all open devices once more, by name, for the agent that goes on with them; the caller's to close. */
    public Map<String, List<Descriptor>> duplicateQueues() throws IOException {
        Map<String, List<Descriptor>> copies = new HashMap<>();
        try {
            for (Device device : devices.values()) {
                copies.put(device.tap.name(), device.tap.duplicateQueues());
            }
            return copies;
        } catch (IOException | RuntimeException e) {
            copies.values().forEach(queues -> queues.forEach(Descriptor::close));
            throw e;
        }
    }

    /** Lets go of inherited queues that no network wanted. */
    @Override
    public void close() {
        inherited.values().forEach(queues -> queues.forEach(Descriptor::close));
        inherited.clear();
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
            List<Descriptor> queues = inherited.remove(settings.name());
            boolean isNew = queues == null && !exists(settings.name());
            TapDevice tap =
                    queues == null ? TapDevice.open(namespace, settings) : TapDevice.adopt(namespace, settings, queues);
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
