package io.wirecloset.vl2.rule;

import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.Ndp;

/**
 * What rules may look at (rules.md 3, 5). One per lane, filled anew for each frame and borrowed for the call; the bytes
 * stay where they are. The headers behind the Ethernet header are read at most once per frame, when a rule first asks.
 *
 * <p>The VLAN id is always 0 inside VL2, so it is not among the facts.
 */
public final class FrameFacts {
    /** What a field is that the frame's kind does not have: a match on it is false, even turned round. */
    static final int NOT_APPLICABLE = -2;
    /** What a field is that this frame does not have: a match on it is false, turned round true. */
    static final int ABSENT = -1;

    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP6 = 58;
    private static final int SCTP = 132;
    private static final int UDP_LITE = 136;
    // IPv6 extension headers that are stepped over
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MOBILITY = 135;

    // what the sender's address is that it ought to own (rules.md 5.1)
    static final int CLAIMS_NOTHING = 0;
    static final int CLAIMS_IPV4 = 1;
    static final int CLAIMS_IPV6 = 2;
    /** A neighbour solicitation: its source may be none or anyone's. */
    static final int SOLICITS = 3;

    /** Node addresses; {@code destination} is 0 in the first pass of multicast and of bridging. */
    public long source;

    public long destination;
    public long sourceMac;
    public long destinationMac;
    public int ethertype;
    /** The frame's data, without its Ethernet header. */
    public byte[] frame;

    public int at;
    public int length;

    // read from the data when first asked for
    private boolean read;
    private boolean ipv4;
    private boolean ipv6;
    private int trafficClass;
    private int protocol;
    private int sourcePort;
    private int destinationPort;
    private int icmpType;
    private int icmpCode;
    private int tcpFlags;
    // IP addresses, an IPv4 one in the low half; 0 for what is not IP
    private long sourceIpHigh;
    private long sourceIpLow;
    private long destinationIpHigh;
    private long destinationIpLow;
    private int claim;
    private long claimedIpHigh;
    private long claimedIpLow;

    /** @return this, filled */
    public FrameFacts of(
            long source,
            long destination,
            long sourceMac,
            long destinationMac,
            int ethertype,
            byte[] frame,
            int at,
            int length) {
        this.source = source;
        this.destination = destination;
        this.sourceMac = sourceMac;
        this.destinationMac = destinationMac;
        this.ethertype = ethertype;
        this.frame = frame;
        this.at = at;
        this.length = length;
        read = false;
        return this;
    }

    boolean isIpv4() {
        readOnce();
        return ipv4;
    }

    boolean isIpv6() {
        readOnce();
        return ipv6;
    }

    boolean isMulticast() {
        return Mac.isMulticast(destinationMac);
    }

    boolean isBroadcast() {
        return destinationMac == Mac.BROADCAST;
    }

    /** TOS or traffic class, or {@link #NOT_APPLICABLE}. */
    int trafficClass() {
        readOnce();
        return trafficClass;
    }

    long sourceIpHigh() {
        readOnce();
        return sourceIpHigh;
    }

    long sourceIpLow() {
        readOnce();
        return sourceIpLow;
    }

    long destinationIpHigh() {
        readOnce();
        return destinationIpHigh;
    }

    long destinationIpLow() {
        readOnce();
        return destinationIpLow;
    }

    /** Which kind of address the sender says is its own; the address is in the two that follow. */
    int claim() {
        readOnce();
        return claim;
    }

    long claimedIpHigh() {
        readOnce();
        return claimedIpHigh;
    }

    long claimedIpLow() {
        readOnce();
        return claimedIpLow;
    }

    /** The protocol behind the IP header and its extensions, or {@link #NOT_APPLICABLE}. */
    int protocol() {
        readOnce();
        return protocol;
    }

    /** Also {@link #ABSENT} for a protocol without ports. */
    int sourcePort() {
        readOnce();
        return sourcePort;
    }

    int destinationPort() {
        readOnce();
        return destinationPort;
    }

    /** {@link #NOT_APPLICABLE} for what is not ICMP of either version. */
    int icmpType() {
        readOnce();
        return icmpType;
    }

    int icmpCode() {
        readOnce();
        return icmpCode;
    }

    /** Twelve bits: the reserved ones, NS to FIN; 0 for what is not TCP. */
    int tcpFlags() {
        readOnce();
        return tcpFlags;
    }

    int u8(int offset) {
        return frame[at + offset] & 0xff;
    }

    private int u16(int offset) {
        return Bytes.u16(frame, at + offset);
    }

    private long u32(int offset) {
        return Bytes.u32(frame, at + offset) & 0xffff_ffffL;
    }

    private long u64(int offset) {
        return Bytes.u64(frame, at + offset);
    }

    private void readOnce() {
        if (!read) {
            read = true;
            readHeaders();
        }
    }

    private void readHeaders() {
        ipv4 = ethertype == Ethertype.IPV4 && length >= IPV4_HEADER;
        ipv6 = ethertype == Ethertype.IPV6 && length >= IPV6_HEADER;
        protocol = NOT_APPLICABLE;
        sourcePort = NOT_APPLICABLE;
        destinationPort = NOT_APPLICABLE;
        icmpType = NOT_APPLICABLE;
        icmpCode = NOT_APPLICABLE;
        tcpFlags = 0;
        trafficClass = NOT_APPLICABLE;
        sourceIpHigh = 0;
        sourceIpLow = 0;
        destinationIpHigh = 0;
        destinationIpLow = 0;
        claim(CLAIMS_NOTHING, 0, 0);
        if (ipv4) {
            readIpv4();
        } else if (ipv6) {
            readIpv6();
        } else if (ethertype == Ethertype.ARP && length >= Arp.LENGTH) {
            claim(CLAIMS_IPV4, 0, u32(Arp.SENDER_IP));
        }
    }

    private void claim(int kind, long high, long low) {
        claim = kind;
        claimedIpHigh = high;
        claimedIpLow = low;
    }

    private void readIpv4() {
        trafficClass = u8(1);
        protocol = u8(9);
        sourceIpLow = u32(12);
        destinationIpLow = u32(16);
        claim(CLAIMS_IPV4, 0, sourceIpLow);
        int payload = 4 * (u8(0) & 0x0f);
        readPorts(payload);
        if (protocol == ICMP) {
            readIcmp(payload);
        }
        if (protocol == TCP && length > payload + 13) {
            readTcpFlags(payload);
        }
    }

    private void readIpv6() {
        trafficClass = u16(0) >>> 4 & 0xff;
        sourceIpHigh = u64(Ndp.SOURCE);
        sourceIpLow = u64(Ndp.SOURCE + 8);
        destinationIpHigh = u64(Ndp.DESTINATION);
        destinationIpLow = u64(Ndp.DESTINATION + 8);
        readIpv6Claim();
        int payload = stepOverExtensions();
        if (payload == 0) {
            protocol = NOT_APPLICABLE;
            return;
        }
        readPorts(payload);
        // stock nodes take port 0 of IPv6, not of IPv4, for no port
        sourcePort = sourcePort == 0 ? ABSENT : sourcePort;
        destinationPort = destinationPort == 0 ? ABSENT : destinationPort;
        if (protocol == ICMP6) {
            readIcmp(payload);
        }
        // one byte more than the flags need, as stock nodes ask for
        if (protocol == TCP && length > payload + 14) {
            readTcpFlags(payload);
        }
    }

    private void readIpv6Claim() {
        boolean isNdp = length >= Ndp.LENGTH_WITHOUT_OPTION && u8(Ndp.NEXT_HEADER) == Ndp.ICMP6;
        if (isNdp && u8(Ndp.TYPE) == Ndp.SOLICITATION) {
            claim(SOLICITS, 0, 0);
        } else if (isNdp && u8(Ndp.TYPE) == Ndp.ADVERTISEMENT) {
            claim(CLAIMS_IPV6, u64(Ndp.TARGET), u64(Ndp.TARGET + 8));
        } else {
            claim(CLAIMS_IPV6, sourceIpHigh, sourceIpLow);
        }
    }

    /** @return where the payload begins, 0 if an extension header is cut */
    private int stepOverExtensions() {
        int position = IPV6_HEADER;
        protocol = u8(6);
        while (protocol == HOP_BY_HOP
                || protocol == ROUTING
                || protocol == DESTINATION_OPTIONS
                || protocol == MOBILITY) {
            if (position + 8 > length) {
                return 0;
            }
            protocol = u8(position);
            position += 8 * u8(position + 1) + 8;
        }
        return position <= length ? position : 0;
    }

    private void readPorts(int payload) {
        boolean there = (protocol == TCP || protocol == UDP || protocol == SCTP || protocol == UDP_LITE)
                && length > payload + 4;
        sourcePort = there ? u16(payload) : ABSENT;
        destinationPort = there ? u16(payload + 2) : ABSENT;
    }

    private void readIcmp(int payload) {
        if (length >= payload + 2) {
            icmpType = u8(payload);
            icmpCode = u8(payload + 1);
        }
    }

    private void readTcpFlags(int payload) {
        tcpFlags = (u8(payload + 12) & 0x0f) << 8 | u8(payload + 13);
    }
}
