package io.wirecloset.transport.netlink;

/**
 * A network interface as the kernel describes it.
 *
 * @param mac low 48 bits; -1 for interfaces without one
 * @param kind {@code "veth"}, {@code "tun"}, {@code "bridge"}, …; empty for hardware and the loopback
 * @param alias empty for none
 * @param masterIndex the bridge or bond it is part of; 0 for none
 * @param peerIndex the other half of a veth, perhaps in another namespace; 0 for none
 * @param tun null for all but TUN and TAP devices
 */
public record Link(
        int index,
        String name,
        long mac,
        int mtu,
        int flags,
        String kind,
        String alias,
        int masterIndex,
        int peerIndex,
        Tun tun) {
    private static final int IFF_UP = 1;
    private static final int IFF_LOOPBACK = 8;
    private static final int IFF_LOWER_UP = 0x10000;

    /** Somebody set it up; there may be no carrier all the same. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    public boolean hasCarrier() {
        return (flags & IFF_LOWER_UP) != 0;
    }

    public boolean isLoopback() {
        return (flags & IFF_LOOPBACK) != 0;
    }
}
