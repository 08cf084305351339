package io.wirecloset.kindtests.lab;

/** How a cloud's router translates: the kernel's masquerading, keeping ports where it can, or choosing them anew. */
public enum Nat {
    /** One mapping per inside port, let in only from where it sent to: what most routers do. */
    PORT_RESTRICTED("masquerade"),
    /** A new random port per destination: hole punching cannot work. */
    SYMMETRIC("masquerade fully-random");

    final String statement;

    Nat(String statement) {
        this.statement = statement;
    }
}
