package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;

/**
 * Picks an address from a block: the lowest that is free and has rested, else the one that has rested longest. What is
 * in use and what rests is told by the attachment records; this keeps nothing.
 */
final class AddressPool {
    /** An address is left alone for so long after its pod is gone, unless there is no other. */
    static final long REST_S = 60;
    /** So many of a block are looked at: more than a node has pods, far fewer than a /80 has addresses. */
    private static final int SEARCH_LIMIT = 1 << 16;

    private AddressPool() {}

    /**
     * @param skip how many of the block's first addresses are never given
     * @param inUse addresses that are taken
     * @param freedS for addresses used before: when they became free, in seconds since boot
     * @return null when all are in use
     */
    static InetAddress pick(
            IpPrefix block, int skip, Set<InetAddress> inUse, Map<InetAddress, Long> freedS, long nowS) {
        InetAddress longestRested = null;
        long longestRestedSince = Long.MAX_VALUE;
        for (int i = skip; i < usable(block); i++) {
            InetAddress candidate = at(block, i);
            if (inUse.contains(candidate)) {
                continue;
            }
            Long freed = freedS.get(candidate);
            if (freed == null || nowS - freed >= REST_S) {
                return candidate;
            }
            if (freed < longestRestedSince) {
                longestRested = candidate;
                longestRestedSince = freed;
            }
        }
        return longestRested;
    }

    /** Whether a pod may have this address of the block when it asks for it. */
    static boolean mayBeGiven(IpPrefix block, int skip, InetAddress wanted) {
        if (!new IpPrefix(wanted, block.length()).network().equals(block.network())) {
            return false;
        }
        for (int i = 0; i < skip; i++) {
            if (at(block, i).equals(wanted)) {
                return false;
            }
        }
        int hostBits = block.ip().getAddress().length * 8 - block.length();
        boolean hasBroadcast = block.isV4() && hostBits > 1 && hostBits < 31;
        return !hasBroadcast || !at(block, (1 << hostBits) - 1).equals(wanted);
    }

    /** The end of what may be given out: an IPv4 block's last address is left alone like its first, since some take it for a broadcast. */
    private static int usable(IpPrefix block) {
        int hostBits = block.ip().getAddress().length * 8 - block.length();
        int size = hostBits >= 16 ? SEARCH_LIMIT : 1 << hostBits;
        return block.isV4() && hostBits > 1 && size < SEARCH_LIMIT ? size - 1 : size;
    }

    private static InetAddress at(IpPrefix block, int offset) {
        byte[] bytes = block.network().ip().getAddress();
        int carry = offset;
        for (int i = bytes.length - 1; carry != 0 && i >= 0; i--) {
            carry += bytes[i] & 0xff;
            bytes[i] = (byte) carry;
            carry >>>= 8;
        }
        return IpPrefix.of(bytes, bytes.length * 8).ip();
    }
}
