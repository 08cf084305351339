package io.wirecloset.operator;

import io.wirecloset.node.Node;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Two hosts on one cable, each a namespace without a name, so that nothing is left when the test ends in whatever way:
 * the operator's, and a device's. The planet's only root is the controller's node.
 */
final class OperatorLab implements AutoCloseable {
    static final Endpoint CONTROLLER = Endpoint.parse("10.5.0.1/9994");
    private static final Endpoint DEVICE = Endpoint.parse("10.5.0.2/9993");

    private final NetworkNamespace operator;
    private final NetworkNamespace device;

    OperatorLab() throws IOException {
        operator = NetworkNamespace.create();
        device = NetworkNamespace.create();
        try (Netlink left = Netlink.openIn(operator)) {
            left.createVeth(
                    LinkSettings.named("eth0").setUp(),
                    LinkSettings.named("eth0").setUp().in(device));
        }
        number(operator, CONTROLLER);
        number(device, DEVICE);
    }

    private static void number(NetworkNamespace host, Endpoint address) throws IOException {
        try (Netlink netlink = Netlink.openIn(host)) {
            netlink.setUp(netlink.indexOf("lo"));
            netlink.putAddress(Address.of(netlink.indexOf("eth0"), IpPrefix.parse(address.ipText() + "/24")));
        }
    }

    static boolean mayMakeNamespaces() {
        try (NetworkNamespace made = NetworkNamespace.create()) {
            return made.fd() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    NetworkNamespace operator() {
        return operator;
    }

    /** A device that joins networks, without ever opening an interface for them. */
    Node device(Path home, Identity identity, World planet) throws IOException {
        return Node.builder(HomeDirectory.open(home))
                .identity(identity)
                .planet(planet)
                .withoutPublicPlanet()
                .port(DEVICE.port())
                .namespace(device)
                .networkHost((id, first, lanes) -> {
                    throw new IOException("this test has no use for interfaces");
                })
                .start();
    }

    @Override
    public void close() {
        operator.close();
        device.close();
    }
}
