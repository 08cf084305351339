package io.wirecloset.agent.attach;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The networks this node serves now, by name. Replaced whole; any thread reads. */
public final class Networks {
    private volatile List<PodNetwork> current = List.of();

    public void replace(Collection<PodNetwork> networks) {
        current = List.copyOf(networks);
    }

    public List<PodNetwork> all() {
        return current;
    }

    public Optional<PodNetwork> named(String name) {
        return current.stream().filter(n -> n.name().equals(name)).findFirst();
    }

    public Optional<PodNetwork> byId(long id) {
        return current.stream().filter(n -> n.id() == id).findFirst();
    }

    public Optional<PodNetwork> primary() {
        return current.stream().filter(PodNetwork::primary).findFirst();
    }
}
