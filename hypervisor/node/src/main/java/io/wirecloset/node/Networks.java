package io.wirecloset.node;

import io.wirecloset.engine.Engine;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.vl1.wire.NetworkIds;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which networks this node is in, by its owner's wish and with what settings, kept in the home directory. Any thread may call. */
final class Networks {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");

    private final HomeDirectory home;
    private final Engine engine;
    private final HostSide hosts;
    private final Overlay overlay;
    private final Background background;
    private final Map<Long, NetworkSettings> settings = new ConcurrentHashMap<>();

    Networks(HomeDirectory home, Engine engine, HostSide hosts, Overlay overlay, Background background) {
        this.home = home;
        this.engine = engine;
        this.hosts = hosts;
        this.overlay = overlay;
        this.background = background;
    }

    /** Those of the start before. */
    void rejoin() {
        home.joinedNetworks().forEach(this::rejoin);
    }

    /** Joins, and remembers it; when joined already, changes the settings. */
    void join(long networkId, NetworkSettings wanted) {
        NetworkSettings before = settings.put(networkId, wanted);
        if (!wanted.equals(before)) {
            home.saveNetworkSettings(networkId, wanted.toBytes());
        }
        if (before != null) {
            hosts.settingsChanged();
            return;
        }
        if (home.networkConfig(networkId).isEmpty()) {
            home.saveNetworkConfig(networkId, new byte[0]);
        }
        rejoin(networkId);
    }

    private void rejoin(long networkId) {
        settings.computeIfAbsent(
                networkId,
                id -> home.networkSettings(id).map(NetworkSettings::parse).orElse(NetworkSettings.DEFAULT));
        byte[] cached = home.networkConfig(networkId).filter(c -> c.length > 0).orElse(null);
        engine.post(() -> engine.vl2().join(networkId, cached, engine.nowMs()));
    }

    /** @return false when it was not joined */
    boolean leave(long networkId) {
        if (settings.remove(networkId) == null) {
            return false;
        }
        Question.ask(engine, () -> {
            engine.vl2().leave(networkId, engine.nowMs());
            overlay.left(networkId);
            hosts.left(networkId);
            LOG.log(Level.INFO, "network {0}: left", NetworkIds.format(networkId));
            return null;
        });
        background.run(() -> home.forgetNetwork(networkId));
        background.settle();
        return true;
    }

    NetworkSettings settingsOf(long networkId) {
        return settings.getOrDefault(networkId, NetworkSettings.DEFAULT);
    }

    /** Keeps a configuration for the next start, unless the network was left meanwhile. */
    void save(long networkId, byte[] dictionary) {
        if (settings.containsKey(networkId)) {
            home.saveNetworkConfig(networkId, dictionary);
        }
    }
}
