package io.wirecloset.node;

import io.wirecloset.engine.Events;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.NetworkView;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;

/** What the engine tells, on its control loop: logged, and taken to whom it concerns; what takes time to the background. */
final class FromEngine implements Events {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");

    // set once
    private final String address;
    private final HomeDirectory home;
    private final Background background;
    private final Overlay overlay;
    private final Collision collision;
    // set once, before the engine runs
    private HostSide hosts;
    private Networks networks;

    // control loop only
    private final Map<Long, String> said = new HashMap<>();

    private volatile boolean online;

    FromEngine(String address, HomeDirectory home, Background background, Overlay overlay, Collision collision) {
        this.address = address;
        this.home = home;
        this.background = background;
        this.overlay = overlay;
        this.collision = collision;
    }

    /** They need the engine, which needs this. */
    void goTo(HostSide itsHosts, Networks itsNetworks) {
        hosts = itsHosts;
        networks = itsNetworks;
    }

    /** Does the node hear a root, or is it one? Any thread. */
    boolean online() {
        return online;
    }

    @Override
    public void onNode(NodeEvent event) {
        switch (event) {
            case NodeEvent.Online now -> onlineIs(now.online());
            case NodeEvent.WorldUpdated update -> background.run(() -> Planets.save(home, update.world()));
            case NodeEvent.IdentityCollision c -> background.run(collision::found);
        }
    }

    private void onlineIs(boolean now) {
        online = now;
        LOG.log(Level.INFO, now ? "node {0} is online" : "node {0} is offline: no root answers", address);
        hosts.settingsChanged();
    }

    @Override
    public void onNetwork(long networkId, NetworkView view) {
        say(networkId, view);
        overlay.changed(view);
        hosts.changed(view);
    }

    /** Configurations come anew every minute; only what is news is logged. */
    private void say(long networkId, NetworkView view) {
        String text = view.status() + (view.trouble() == null ? "" : ", but " + view.trouble());
        if (!text.equals(said.put(networkId, text))) {
            LOG.log(Level.INFO, "network {0}: {1}", NetworkIds.format(networkId), text);
        }
    }

    @Override
    public void onSave(long networkId, byte[] dictionary) {
        if (dictionary != null) {
            byte[] kept = dictionary.clone();
            background.run(() -> networks.save(networkId, kept));
        }
    }
}
