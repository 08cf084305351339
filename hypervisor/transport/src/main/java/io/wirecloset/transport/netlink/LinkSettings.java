package io.wirecloset.transport.netlink;

import io.wirecloset.transport.netns.NetworkNamespace;

/**
 * What a new interface shall be like; what is not said, the kernel chooses.
 *
 * @param mac low 48 bits; -1 = not said
 * @param mtu in bytes; 0 = not said
 * @param alias empty = none
 * @param namespace where it is born; null = the namespace of the {@link Netlink} that makes it
 */
public record LinkSettings(String name, long mac, int mtu, String alias, NetworkNamespace namespace, boolean up) {
    static final int NAME_LIMIT_BYTES = 15;

    public LinkSettings {
        if (name.isEmpty() || name.length() > NAME_LIMIT_BYTES || name.contains("/")) {
            throw new IllegalArgumentException("not an interface name: \"" + name + "\"");
        }
    }

    public static LinkSettings named(String name) {
        return new LinkSettings(name, HardwareAddress.NONE, 0, "", null, false);
    }

    public LinkSettings withMac(long wanted) {
        return new LinkSettings(name, wanted, mtu, alias, namespace, up);
    }

    public LinkSettings withMtu(int wanted) {
        return new LinkSettings(name, mac, wanted, alias, namespace, up);
    }

    public LinkSettings withAlias(String wanted) {
        return new LinkSettings(name, mac, mtu, wanted, namespace, up);
    }

    public LinkSettings in(NetworkNamespace wanted) {
        return new LinkSettings(name, mac, mtu, alias, wanted, up);
    }

    public LinkSettings setUp() {
        return new LinkSettings(name, mac, mtu, alias, namespace, true);
    }
}
