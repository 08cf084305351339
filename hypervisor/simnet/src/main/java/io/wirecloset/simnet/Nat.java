package io.wirecloset.simnet;

/**
 * How a NAT behaves, in the words of RFC 4787: which packets share a mapping, which packets may come in through it, how
 * its ports are chosen, and how long it lasts after the last packet from inside.
 *
 * @param timeoutMs a mapping, or the permission of one remote side in it, is gone this long after the last use from inside
 * @param hairpin whether a packet from inside to the NAT's own outer address comes back in
 * @param passesUdp false: a firewall that lets no UDP out
 */
public record Nat(
        String name,
        Mapping mapping,
        Filtering filtering,
        Ports ports,
        long timeoutMs,
        boolean hairpin,
        boolean passesUdp) {

    /** What must be equal for two packets from inside to leave from the same outer port. */
    public enum Mapping {
        /** The inner address and port. */
        ENDPOINT_INDEPENDENT,
        /** The inner address and port, and the remote address and port. */
        ADDRESS_AND_PORT_DEPENDENT
    }

    /** Who may send in through a mapping. */
    public enum Filtering {
        /** Anybody. */
        ENDPOINT_INDEPENDENT,
        /** Remote addresses that were sent to. */
        ADDRESS_DEPENDENT,
        /** Remote addresses and ports that were sent to. */
        ADDRESS_AND_PORT_DEPENDENT
    }

    /** How outer ports are handed out. */
    public enum Ports {
        /** The inner port while it is free, else the next free one. */
        PRESERVED,
        /** One after the other, from a start drawn by the seed. */
        SEQUENTIAL,
        /** Drawn by the seed. */
        RANDOM
    }

    /** Thirty seconds: what many home routers give a UDP mapping. */
    public static final long DEFAULT_TIMEOUT_MS = 30_000;

    public static final Nat FULL_CONE =
            of("full cone", Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, Ports.PRESERVED);
    public static final Nat ADDRESS_RESTRICTED =
            of("address restricted", Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_DEPENDENT, Ports.PRESERVED);
    public static final Nat PORT_RESTRICTED =
            of("port restricted", Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT, Ports.PRESERVED);
    public static final Nat SYMMETRIC =
            of("symmetric", Mapping.ADDRESS_AND_PORT_DEPENDENT, Filtering.ADDRESS_AND_PORT_DEPENDENT, Ports.RANDOM);
    public static final Nat SYMMETRIC_SEQUENTIAL = of(
            "symmetric, sequential ports",
            Mapping.ADDRESS_AND_PORT_DEPENDENT,
            Filtering.ADDRESS_AND_PORT_DEPENDENT,
            Ports.SEQUENTIAL);
    public static final Nat NO_UDP = new Nat(
            "no UDP",
            Mapping.ENDPOINT_INDEPENDENT,
            Filtering.ADDRESS_AND_PORT_DEPENDENT,
            Ports.PRESERVED,
            DEFAULT_TIMEOUT_MS,
            false,
            false);

    private static Nat of(String name, Mapping mapping, Filtering filtering, Ports ports) {
        return new Nat(name, mapping, filtering, ports, DEFAULT_TIMEOUT_MS, false, true);
    }

    public Nat withHairpin() {
        return new Nat(name, mapping, filtering, ports, timeoutMs, true, passesUdp);
    }
}
