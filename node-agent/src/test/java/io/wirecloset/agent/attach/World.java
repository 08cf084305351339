package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;

/** A machine beside a node, on the wire of its uplink {@code up0}: what is neither pod nor member. Goes with the rig. */
final class World {
    static final String NODE = "192.0.2.1";
    static final String NODE_TOO = "192.0.2.11";
    static final String NODE_6 = "2001:db8::1";
    static final String ADDRESS = "192.0.2.2";
    static final String ADDRESS_6 = "2001:db8:0:0:0:0:0:2";

    private World() {}

    static NetworkNamespace beside(NodeRig node) throws IOException {
        NetworkNamespace world = node.newPod();
        NodeRig.run(node.host, "ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1");
        try (Netlink here = Netlink.openIn(node.host)) {
            here.moveTo(here.indexOf("up1"), world, "up1");
        }
        NodeRig.run(node.host, "ip", "addr", "add", NODE + "/24", "dev", "up0");
        NodeRig.run(node.host, "ip", "addr", "add", NODE_TOO + "/24", "dev", "up0");
        NodeRig.run(node.host, "ip", "addr", "add", NODE_6 + "/64", "dev", "up0", "nodad");
        NodeRig.run(node.host, "ip", "link", "set", "up0", "up");
        NodeRig.run(world, "ip", "addr", "add", ADDRESS + "/24", "dev", "up1");
        NodeRig.run(world, "ip", "addr", "add", ADDRESS_6 + "/64", "dev", "up1", "nodad");
        NodeRig.run(world, "ip", "link", "set", "up1", "up");
        return world;
    }
}
