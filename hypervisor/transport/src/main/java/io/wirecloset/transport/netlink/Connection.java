package io.wirecloset.transport.netlink;

import java.net.InetAddress;

/**
 * A connection as the kernel's tracker keeps it, between ports of one protocol: how it was opened, and where its answers
 * come from. The two differ where it is translated.
 *
 * @param id the kernel's; another one between the same two mostly has another
 * @param protocol number of IP's protocol, as {@link ConnectionTracker#UDP}
 */
public record Connection(
        int id,
        int protocol,
        InetAddress source,
        int sourcePort,
        InetAddress destination,
        int destinationPort,
        InetAddress answering,
        int answeringPort) {}
