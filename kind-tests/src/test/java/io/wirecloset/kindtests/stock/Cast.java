package io.wirecloset.kindtests.stock;

import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Who plays which part. Among leaves, "from" speaks first. */
record Cast(Kind root, Kind controller, Kind from, Kind to) {
    static Stream<Cast> all() {
        List<Cast> all = new ArrayList<>();
        for (Kind root : Kind.values()) {
            for (Kind controller : Kind.values()) {
                for (Kind from : Kind.values()) {
                    for (Kind to : Kind.values()) {
                        all.add(new Cast(root, controller, from, to));
                    }
                }
            }
        }
        return all.stream();
    }

    /** One for each root, controller and kind of speaker. */
    static Stream<Cast> speakers() {
        return all().filter(c -> c.from != c.to);
    }

    /** Those with one of ours among the leaves. */
    static Stream<Cast> withOurs() {
        return all().filter(c -> c.from == Kind.OURS || c.to == Kind.OURS);
    }

    /** One for each root and controller. */
    static Stream<Cast> hosts() {
        return all().filter(c -> c.from == Kind.OURS && c.to == Kind.STOCK);
    }

    Universe universe() {
        return Universes.around(root);
    }

    ZeroTierProcess controllerNode() {
        return universe().controller(controller);
    }

    /** The network that everybody is in. */
    String network() {
        return universe().network(controller);
    }

    ZeroTierProcess speaker() {
        return universe().leaf(from, 1);
    }

    ZeroTierProcess listener() {
        return universe().leaf(to, from == to ? 2 : 1);
    }

    String column() {
        return "root " + root + ", controller " + controller;
    }

    @Override
    public String toString() {
        return column() + ", " + from + " to " + to;
    }
}
