package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import io.wirecloset.vl2.wire.Wire;
import java.util.List;

/**
 * Networks without controller: the id, which begins with ff, says it all, and every node makes the same configuration
 * of it (vl2.md 4.6). A pure function.
 *
 * <pre>
 *   ff | first port 2 | last port 2 | 000000     IPv6 by 6PLANE, ICMPv6 and these ports open
 *   ff | a 1 | node address 5 | 01               the IPv4 network a.0.0.0/8, all allowed
 * </pre>
 */
public sealed interface AdHocConfig {
    /** What the id means for one node. */
    record Made(NetworkConfig config) implements AdHocConfig {}

    /** The id is of the first kind, and its last port lies before the first: there is no such network. */
    record NotFound() implements AdHocConfig {}

    /** The id is of no kind known today. */
    record Unknown() implements AdHocConfig {}

    long CREDENTIAL_WINDOW_MS = 7_200_000;
    long MULTICAST_LIMIT_V4 = 1024;

    int PROTOCOL_TCP = 6;
    int PROTOCOL_UDP = 17;
    int PROTOCOL_ICMPV6 = 58;
    long TCP_SYN = 1L << 1;
    long TCP_ACK = 1L << 4;

    static boolean isAdHoc(long networkId) {
        return networkId >>> 56 == Wire.ADHOC_PREFIX;
    }

    /**
     * @param networkId one that {@link #isAdHoc}
     * @param self the node that configures itself
     */
    static AdHocConfig of(long networkId, long self) {
        if ((networkId & 0xff_ffffL) == 0) {
            int first = (int) (networkId >>> 40) & 0xffff;
            int last = (int) (networkId >>> 24) & 0xffff;
            return last < first ? new NotFound() : new Made(portRange(networkId, self, first, last));
        }
        return (networkId & 0xff) == 1 ? new Made(wholeV4(networkId, self)) : new Unknown();
    }

    private static NetworkConfig portRange(long networkId, long self, int first, int last) {
        return common(networkId, self)
                .name("adhoc-%04x-%04x".formatted(first, last))
                .staticAddresses(List.of(sixPlane(networkId, self)))
                .rules(RuleTable.of(List.of(
                        match(RuleType.ETHERTYPE, true, u16(Ethertype.IPV6)),
                        Rule.DROP,
                        match(RuleType.IP_PROTOCOL, false, (byte) PROTOCOL_ICMPV6),
                        Rule.ACCEPT,
                        match(RuleType.IP_PROTOCOL, false, (byte) PROTOCOL_UDP),
                        Rule.of(RuleType.IP_PROTOCOL, false, true, new byte[] {PROTOCOL_TCP}),
                        match(RuleType.IP_DEST_PORT_RANGE, false, ports(first, last)),
                        Rule.ACCEPT,
                        match(RuleType.CHARACTERISTICS, true, u64(TCP_SYN)),
                        Rule.ACCEPT,
                        match(RuleType.CHARACTERISTICS, false, u64(TCP_SYN)),
                        match(RuleType.CHARACTERISTICS, false, u64(TCP_ACK)),
                        Rule.ACCEPT,
                        Rule.DROP)))
                .build();
    }

    private static NetworkConfig wholeV4(long networkId, long self) {
        int first = (int) (networkId >>> 48) & 0xff;
        long named = networkId >>> 8 & Wire.ADDRESS_MASK;
        byte[] ip = {(byte) first, (byte) (self >>> 16), (byte) (self >>> 8), (byte) self};
        return common(networkId, self)
                .name("adhoc-" + first + ".0.0.0")
                .multicastLimit(MULTICAST_LIMIT_V4)
                .specialists(named == 0 ? new long[0] : new long[] {named})
                .staticAddresses(List.of(sixPlane(networkId, self), InetCidr.of(ip, 8)))
                .rules(RuleTable.ACCEPT)
                .build();
    }

    private static NetworkConfig.Builder common(long networkId, long self) {
        return NetworkConfig.builder(networkId, self)
                .isPublic(true)
                .credentialWindowMs(CREDENTIAL_WINDOW_MS)
                .revision(1)
                .flags(NetworkConfig.FLAG_NDP_EMULATION);
    }

    private static InetCidr sixPlane(long networkId, long self) {
        return InetCidr.of(DerivedAddresses.sixPlane(networkId, self), DerivedAddresses.SIX_PLANE_PREFIX);
    }

    private static Rule match(int type, boolean not, byte... data) {
        return Rule.of(type, not, false, data);
    }

    private static byte[] u16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    private static byte[] u64(long value) {
        byte[] bytes = new byte[8];
        Bytes.putU64(bytes, 0, value);
        return bytes;
    }

    private static byte[] ports(int first, int last) {
        return new byte[] {(byte) (first >>> 8), (byte) first, (byte) (last >>> 8), (byte) last};
    }
}
