package io.wirecloset.node;

import io.wirecloset.engine.Tap;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.tap.TapDevice;
import io.wirecloset.transport.tap.TapSettings;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.HostPolicy;
import io.wirecloset.vl2.network.InterfaceName;
import io.wirecloset.vl2.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;

/**
 * Networks on this host as the stock client has them: a TAP under the name it would choose, the controller's addresses and
 * routes as far as the owner allows (vl2.md sections 2.4 and 12). All of it is gone when the network is left or the node stops.
 */
final class HostNetworks implements NetworkHost {
    private final NetworkNamespace namespace;
    private final LongFunction<NetworkSettings> settings;
    private final BooleanSupplier online;

    /**
     * @param namespace null for that of the process
     * @param settings what the owner allows a network
     * @param online whether default routes may stand
     */
    HostNetworks(NetworkNamespace namespace, LongFunction<NetworkSettings> settings, BooleanSupplier online) {
        this.namespace = namespace;
        this.settings = settings;
        this.online = online;
    }

    @Override
    public HostedNetwork open(long networkId, NetworkView first, List<Poller> lanes) throws IOException {
        try (NetworkNamespace where = namespace == null ? NetworkNamespace.current() : namespace.duplicate()) {
            Netlink netlink = Netlink.openIn(where);
            try {
                String name = InterfaceName.of(networkId, taken -> exists(netlink, taken));
                int mtu = mtuOf(first.config());
                TapDevice device = TapDevice.open(where, new TapSettings(name, first.mac(), mtu, lanes.size(), false));
                return new HostedTap(device, netlink, lanes, mtu);
            } catch (IOException | RuntimeException e) {
                netlink.close();
                throw e;
            }
        }
    }

    private static boolean exists(Netlink netlink, String name) {
        try {
            return netlink.link(name).isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int mtuOf(NetworkConfig config) {
        return config == null ? Wire.MTU_DEFAULT : config.mtu();
    }

    static HostPolicy policy(NetworkSettings s) {
        return new HostPolicy(s.allowManaged(), s.managedOnly(), s.allowGlobal(), s.allowDefault(), s.allowDns());
    }

    private final class HostedTap implements HostedNetwork {
        private final TapDevice device;
        private final Netlink netlink;
        private final HostAddresses addresses;
        private int mtu;

        HostedTap(TapDevice device, Netlink netlink, List<Poller> lanes, int mtu) throws IOException {
            this.device = device;
            this.netlink = netlink;
            this.addresses = new HostAddresses(netlink, device.index());
            this.mtu = mtu;
            try {
                for (int lane = 0; lane < lanes.size(); lane++) {
                    device.watchedBy(lane, lanes.get(lane));
                }
            } catch (IOException e) {
                device.close();
                throw e;
            }
        }

        @Override
        public Tap tap() {
            return device;
        }

        @Override
        public String device() {
            return device.name();
        }

        @Override
        public void apply(NetworkView view) throws IOException {
            NetworkConfig config = view.config();
            if (config == null) {
                return;
            }
            if (mtu != config.mtu()) {
                device.mtu(config.mtu());
                mtu = config.mtu();
            }
            HostPolicy policy = policy(settings.apply(view.id()));
            addresses.become(policy.addresses(config), policy.routes(config, online.getAsBoolean()));
        }

        @Override
        public Set<MulticastGroup> groups() throws IOException {
            return device.groups();
        }

        @Override
        public boolean isGone() {
            return device.isGone();
        }

        /** Addresses and routes go with the device. */
        @Override
        public void close() {
            device.close();
            netlink.close();
        }
    }
}
