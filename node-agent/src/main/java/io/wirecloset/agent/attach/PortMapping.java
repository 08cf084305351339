package io.wirecloset.agent.attach;

import java.net.InetAddress;

/**
 * A port of this node that leads to a port of a pod.
 *
 * @param protocol tcp, udp or sctp
 * @param hostIp the node's address it is for; the unspecified address of a family = all of that family; null = all
 */
public record PortMapping(String protocol, InetAddress hostIp, int hostPort, int containerPort) {

    /** Whether it leads to this address of the pod: families are not mixed. */
    boolean leadsTo(InetAddress pod) {
        return hostIp == null || hostIp.getAddress().length == pod.getAddress().length;
    }

    boolean isForAllAddresses() {
        return hostIp == null || hostIp.isAnyLocalAddress();
    }

    /** Whether a packet could be meant by both. */
    boolean meets(PortMapping other) {
        return protocol.equals(other.protocol) && hostPort == other.hostPort && addressesMeet(other);
    }

    private boolean addressesMeet(PortMapping other) {
        if (hostIp == null || other.hostIp == null) {
            return true;
        }
        boolean oneFamily = hostIp.getAddress().length == other.hostIp.getAddress().length;
        return oneFamily && (isForAllAddresses() || other.isForAllAddresses() || hostIp.equals(other.hostIp));
    }

    @Override
    public String toString() {
        String at = hostIp == null ? "" : hostIp.getHostAddress() + " ";
        return at + hostPort + "/" + protocol;
    }
}
