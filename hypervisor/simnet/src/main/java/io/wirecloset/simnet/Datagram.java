package io.wirecloset.simnet;

/** A datagram in flight. Its payload is never changed; NATs make a new one with another address. */
record Datagram(SimHost origin, SimAddress from, SimAddress to, int ttl, byte[] payload) {
    Datagram from(SimAddress translated) {
        return new Datagram(origin, translated, to, ttl, payload);
    }

    Datagram to(SimAddress translated) {
        return new Datagram(origin, from, translated, ttl, payload);
    }

    Datagram afterHops(int hops) {
        return new Datagram(origin, from, to, ttl - hops, payload);
    }
}
