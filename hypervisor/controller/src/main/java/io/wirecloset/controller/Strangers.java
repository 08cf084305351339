package io.wirecloset.controller;

import io.wirecloset.controller.model.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Those who asked and are not members: so many per network, so many in all; the one longest not heard goes first. */
final class Strangers {
    private record Key(long networkId, long address) {}

    private final Map<Key, Stranger> all = new LinkedHashMap<>();
    private final Map<Long, Map<Long, Stranger>> byNetwork = new HashMap<>();

    /** @return what is kept of it now */
    Stranger asked(Stranger stranger) {
        Stranger before = forget(stranger.networkId(), stranger.address());
        boolean known = before != null && before.identity().equals(stranger.identity());
        Stranger kept = known
                ? new Stranger(
                        stranger.networkId(),
                        stranger.identity(),
                        stranger.path(),
                        stranger.info(),
                        before.firstAskedMs(),
                        stranger.lastAskedMs())
                : stranger;
        Map<Long, Stranger> ofNetwork = byNetwork.computeIfAbsent(kept.networkId(), id -> new LinkedHashMap<>());
        if (ofNetwork.size() == Limits.STRANGERS_PER_NETWORK) {
            forget(kept.networkId(), ofNetwork.keySet().iterator().next());
        } else if (all.size() == Limits.STRANGERS) {
            Key eldest = all.keySet().iterator().next();
            forget(eldest.networkId(), eldest.address());
        }
        all.put(new Key(kept.networkId(), kept.address()), kept);
        byNetwork.computeIfAbsent(kept.networkId(), id -> new LinkedHashMap<>()).put(kept.address(), kept);
        return kept;
    }

    /** @return who is forgotten, or null */
    Stranger forget(long networkId, long address) {
        Map<Long, Stranger> ofNetwork = byNetwork.get(networkId);
        if (ofNetwork != null) {
            ofNetwork.remove(address);
            if (ofNetwork.isEmpty()) {
                byNetwork.remove(networkId);
            }
        }
        return all.remove(new Key(networkId, address));
    }

    void forgetNetwork(long networkId) {
        Map<Long, Stranger> ofNetwork = byNetwork.remove(networkId);
        if (ofNetwork != null) {
            ofNetwork.keySet().forEach(address -> all.remove(new Key(networkId, address)));
        }
    }

    Stranger find(long networkId, long address) {
        return byNetwork.getOrDefault(networkId, Map.of()).get(address);
    }

    /** The one heard last first. */
    List<Stranger> of(long networkId) {
        List<Stranger> list =
                new ArrayList<>(byNetwork.getOrDefault(networkId, Map.of()).values());
        return list.reversed();
    }

    int count(long networkId) {
        return byNetwork.getOrDefault(networkId, Map.of()).size();
    }
}
