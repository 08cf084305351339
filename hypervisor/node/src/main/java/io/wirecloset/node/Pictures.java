package io.wirecloset.node;

import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.node.localapi.LocalNode;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.wire.Wire;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** What the local API shows of peers and networks, made from what VL1 and VL2 show. */
final class Pictures {
    private Pictures() {}

    /** @param ports which port a socket is bound to */
    static LocalNode.PeerStatus of(PeerView peer, IntUnaryOperator ports) {
        String[] version = peer.software().split("\\.");
        return new LocalNode.PeerStatus(
                Addresses.format(peer.address()),
                Integer.parseInt(version[0]),
                Integer.parseInt(version[1]),
                Integer.parseInt(version[2]),
                peer.latencyMs(),
                peer.role().name(),
                false,
                peer.paths().stream().map(path -> of(path, ports)).toList());
    }

    private static LocalNode.PathStatus of(PeerView.PathView path, IntUnaryOperator ports) {
        return new LocalNode.PathStatus(
                path.endpoint().toString(),
                path.lastSendMs(),
                path.lastReceiveMs(),
                path.active(),
                path.expired(),
                path.preferred(),
                path.trustedPathId(),
                path.socket(),
                ports.applyAsInt(path.socket()));
    }

    /**
     * @param device the interface's name, empty while there is none
     * @param problem what is wrong on this host, empty when nothing is
     */
    static LocalNode.JoinedNetwork of(NetworkView view, NetworkSettings settings, String device, String problem) {
        NetworkConfig config = view.config();
        boolean noDevice = device.isEmpty() && !problem.isEmpty();
        String trouble = view.trouble() == null ? "" : view.trouble();
        return new LocalNode.JoinedNetwork(
                view.id(),
                Mac.format(view.mac()),
                config == null ? "" : config.name(),
                noDevice ? NetworkStatus.PORT_ERROR.name() : view.status().name(),
                config == null || !config.isPublic(),
                config == null ? Wire.MTU_DEFAULT : config.mtu(),
                config != null && config.isActiveBridge(Mac.addressOf(view.mac(), view.id())),
                config != null && config.broadcastEnabled(),
                noDevice ? -1 : 0,
                config == null ? 0 : config.revision(),
                device,
                settings,
                config == null ? List.of() : texts(config.staticAddresses()),
                config == null
                        ? List.of()
                        : config.routes().stream()
                                .map(route -> new LocalNode.RouteStatus(
                                        route.target().toString(),
                                        route.isOnLink() ? null : route.via().ipText(),
                                        route.flags(),
                                        route.metric()))
                                .toList(),
                view.groups().stream()
                        .map(group -> new LocalNode.GroupStatus(Mac.format(group.mac()), group.adi()))
                        .toList(),
                config == null ? "" : config.dns().domain(),
                config == null
                        ? List.of()
                        : config.dns().servers().stream().map(Endpoint::ipText).toList(),
                reason(trouble, problem, config, settings),
                sso(config));
    }

    /** Null when the network asks for none. */
    private static LocalNode.SsoStatus sso(NetworkConfig config) {
        return config == null || !config.sso().enabled()
                ? null
                : new LocalNode.SsoStatus(
                        config.sso().authenticationUrl(), config.sso().authenticationExpiryMs());
    }

    /** The worst first: no frame passes; the host lacks something; the owner's settings leave something out. */
    private static String reason(String trouble, String problem, NetworkConfig config, NetworkSettings settings) {
        if (!trouble.isEmpty() || !problem.isEmpty()) {
            return trouble.isEmpty() ? problem : trouble;
        }
        List<String> ignored =
                config == null ? List.of() : HostNetworks.policy(settings).ignored(config);
        return ignored.isEmpty() ? "" : "not applied: " + String.join(", ", ignored);
    }

    private static List<String> texts(List<InetCidr> addresses) {
        return addresses.stream().map(InetCidr::toString).toList();
    }
}
