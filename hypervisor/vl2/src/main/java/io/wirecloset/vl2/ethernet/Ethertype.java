package io.wirecloset.vl2.ethernet;

/** The ethertypes VL2 looks into. */
public final class Ethertype {
    public static final int IPV4 = 0x0800;
    public static final int ARP = 0x0806;
    public static final int IPV6 = 0x86dd;

    private Ethertype() {}
}
