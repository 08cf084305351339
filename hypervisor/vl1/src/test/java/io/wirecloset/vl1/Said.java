package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Verb;

/** A packet as it was meant: what it says, to whom, by which way. */
record Said(long atMs, Endpoint to, long destination, int verb, int suite, int hops, String content) {
    boolean sameAs(Said other) {
        return to.equals(other.to)
                && destination == other.destination
                && verb == other.verb
                && suite == other.suite
                && hops == other.hops
                && content.equals(other.content);
    }

    @Override
    public String toString() {
        return atMs + " to " + to + " for " + Addresses.format(destination) + ": "
                + (verb < 0 ? "" : Verb.name(verb)) + " suite " + suite + " hops " + hops + " "
                + content.substring(0, Math.min(content.length(), 60));
    }
}
