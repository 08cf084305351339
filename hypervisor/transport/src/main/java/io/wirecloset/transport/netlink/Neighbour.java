package io.wirecloset.transport.netlink;

import java.net.InetAddress;

/**
 * Which MAC an IP address has on an interface.
 *
 * @param link index of the interface
 * @param mac low 48 bits; -1 while unknown
 * @param state bits of the kernel's, such as {@link #PERMANENT}
 * @param flags bits of the kernel's
 */
public record Neighbour(int link, InetAddress ip, long mac, int state, int flags) {
    public static final int PERMANENT = 0x80;

    public static Neighbour permanent(int link, InetAddress ip, long mac) {
        return new Neighbour(link, ip, mac, PERMANENT, 0);
    }

    public boolean isPermanent() {
        return (state & PERMANENT) != 0;
    }
}
