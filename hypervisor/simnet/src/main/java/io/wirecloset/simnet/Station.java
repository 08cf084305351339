package io.wirecloset.simnet;

/** Something with an address on a segment: a host, or the outer side of a NAT. */
interface Station {
    int ip();

    /** The line between it and its segment. */
    Line line();

    void receive(Datagram datagram);
}
