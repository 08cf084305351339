package io.wirecloset.vl2.ethernet;

/** The 14 bytes in front of every frame on a tap. Offsets; there is no VLAN tag and no FCS inside VL2. */
public final class EthernetFrame {
    public static final int DESTINATION = 0; // 6
    public static final int SOURCE = 6; // 6
    public static final int ETHERTYPE = 12; // 2
    public static final int HEADER_LENGTH = 14;

    private EthernetFrame() {}

    public static long destination(byte[] frame, int at) {
        return Mac.get(frame, at + DESTINATION);
    }

    public static long source(byte[] frame, int at) {
        return Mac.get(frame, at + SOURCE);
    }

    public static int ethertype(byte[] frame, int at) {
        return Bytes.u16(frame, at + ETHERTYPE);
    }

    /** Writes the whole header. */
    public static void put(byte[] frame, int at, long destination, long source, int ethertype) {
        Mac.put(frame, at + DESTINATION, destination);
        Mac.put(frame, at + SOURCE, source);
        Bytes.putU16(frame, at + ETHERTYPE, ethertype);
    }
}
