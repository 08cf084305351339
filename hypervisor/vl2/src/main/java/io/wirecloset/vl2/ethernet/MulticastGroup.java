package io.wirecloset.vl2.ethernet;

/**
 * A multicast group: a MAC and additional distinguishing information, ordered by MAC, then ADI (vl2.md 2.3).
 *
 * <p>The ADI is what makes address resolution scale: an ARP request is broadcast on a LAN, here it goes to the group
 * of exactly the address asked for.
 *
 * @param mac 48 bits
 * @param adi 32 bits, unsigned; 0 except for IPv4 address resolution
 */
public record MulticastGroup(long mac, long adi) implements Comparable<MulticastGroup> {
    /** Bytes on the wire: MAC and ADI. */
    public static final int LENGTH = Mac.LENGTH + 4;

    /** Plain Ethernet broadcast. */
    public static final MulticastGroup BROADCAST = new MulticastGroup(Mac.BROADCAST, 0);

    private static final long IPV6_SOLICITED_NODE = 0x3333_ff00_0000L;

    public MulticastGroup {
        if (mac >>> 48 != 0 || adi >>> 32 != 0) {
            throw new IllegalArgumentException("mac has 48 bits and adi 32");
        }
    }

    /** The group in which the owner of an IPv4 address listens for ARP requests. */
    public static MulticastGroup resolutionOfIpv4(int address) {
        return new MulticastGroup(Mac.BROADCAST, address & 0xffff_ffffL);
    }

    /**
     * The group in which the owner of an IP address listens for ARP requests or neighbour solicitations.
     *
     * @param ip 4 or 16 bytes
     */
    public static MulticastGroup resolutionOf(byte[] ip) {
        return switch (ip.length) {
            case 4 ->
                resolutionOfIpv4((ip[0] & 0xff) << 24 | (ip[1] & 0xff) << 16 | (ip[2] & 0xff) << 8 | (ip[3] & 0xff));
            case 16 ->
                new MulticastGroup(
                        IPV6_SOLICITED_NODE | (ip[13] & 0xff) << 16 | (ip[14] & 0xff) << 8 | (ip[15] & 0xff), 0);
            default -> throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + ip.length);
        };
    }

    @Override
    public int compareTo(MulticastGroup other) {
        int byMac = Long.compare(mac, other.mac);
        return byMac != 0 ? byMac : Long.compare(adi, other.adi);
    }

    @Override
    public String toString() {
        return Mac.format(mac) + "/" + String.format("%08x", adi);
    }
}
