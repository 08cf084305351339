package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.Connection;
import io.wirecloset.transport.netlink.ConnectionTracker;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * Where a port of the node leads is decided with a connection's first packet. UDP has no end: whoever goes on asking from
 * the same port would be led to a pod that is gone, or to nobody, for ever. TCP begins anew by itself.
 */
final class StaleConnections {
    private static final Logger LOG = System.getLogger(StaleConnections.class.getName());
    private static final String PROTOCOL = "udp";

    private StaleConnections() {}

    /** The ports lead to this pod from now on: what was asked of them before, and is answered by somebody else, is forgotten. */
    static void led(Netlink host, Attachment a) throws IOException {
        if (!udpPorts(a).isEmpty()) {
            Set<InetAddress> ofThisNode = new HashSet<>();
            host.addresses().forEach(address -> ofThisNode.add(address.prefix().ip()));
            forget(
                    host,
                    a,
                    (port, c) -> ofThisNode.contains(c.destination())
                            && (port.isForAllAddresses() || port.hostIp().equals(c.destination()))
                            && a.addresses().stream()
                                    .anyMatch(ip -> ofOneFamily(ip, c.destination()) && port.leadsTo(ip))
                            && !a.addresses().contains(c.answering()));
        }
    }

    /** The ports do not lead to this pod any more. */
    static void ledNoMore(Netlink host, Attachment a) throws IOException {
        forget(
                host,
                a,
                (port, c) -> a.addresses().contains(c.answering()) && c.answeringPort() == port.containerPort());
    }

    private static boolean ofOneFamily(InetAddress one, InetAddress other) {
        return one.getAddress().length == other.getAddress().length;
    }

    private static List<PortMapping> udpPorts(Attachment a) {
        return a.options().ports().stream()
                .filter(port -> port.protocol().equals(PROTOCOL))
                .toList();
    }

    /** Where the kernel does not list them the pod has its ports all the same; only those who asked before wait. */
    private static void forget(Netlink host, Attachment a, BiPredicate<PortMapping, Connection> stale)
            throws IOException {
        List<PortMapping> ports = udpPorts(a);
        if (ports.isEmpty()) {
            return;
        }
        try (NetworkNamespace node = host.namespace();
                ConnectionTracker tracker = ConnectionTracker.openIn(node)) {
            for (PortMapping port : ports) {
                for (Connection c : tracker.openedTo(ConnectionTracker.UDP, port.hostPort())) {
                    if (stale.test(port, c)) {
                        tracker.forget(c);
                    }
                }
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "{0}: connections to its ports cannot be forgotten, who asks from the same port may wait: {1}",
                    a.key(),
                    e.getMessage());
        }
    }
}
