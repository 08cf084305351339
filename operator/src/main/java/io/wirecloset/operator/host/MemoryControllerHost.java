package io.wirecloset.operator.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A controller that serves nobody and remembers what it was told: for tests of the reconcilers. */
public final class MemoryControllerHost implements ControllerHost {
    /** Network and address as one key. */
    private record MemberKey(long networkId, long address) {}

    private final long address;
    private final Map<Long, HostedNetwork> networks = new ConcurrentHashMap<>();
    private final Map<MemberKey, HostedMember> members = new ConcurrentHashMap<>();
    private final Map<MemberKey, Sighting> sightings = new ConcurrentHashMap<>();
    private final Map<Long, List<Long>> strangers = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean running;

    public MemoryControllerHost(long address) {
        this.address = address;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public String publicIdentity() {
        return String.format("%010x:0:%0128x", address, 1);
    }

    @Override
    public List<String> endpoints() {
        return running ? List.of("192.0.2.1/9994") : List.of();
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean running() {
        return running;
    }

    @Override
    public void applyNetwork(HostedNetwork network) {
        networks.put(network.id(), network);
    }

    @Override
    public void removeNetwork(long networkId) {
        networks.remove(networkId);
        members.keySet().removeIf(k -> k.networkId == networkId);
    }

    @Override
    public void applyMember(HostedMember member) {
        members.put(new MemberKey(member.networkId(), member.address()), member);
    }

    @Override
    public void removeMember(long networkId, long address) {
        members.remove(new MemberKey(networkId, address));
    }

    @Override
    public Optional<Sighting> sighting(long networkId, long address) {
        return Optional.ofNullable(sightings.get(new MemberKey(networkId, address)));
    }

    @Override
    public List<Long> pending(long networkId) {
        return strangers.getOrDefault(networkId, List.of());
    }

    @Override
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    public Optional<HostedNetwork> network(long networkId) {
        return Optional.ofNullable(networks.get(networkId));
    }

    public Optional<HostedMember> member(long networkId, long address) {
        return Optional.ofNullable(members.get(new MemberKey(networkId, address)));
    }

    public int memberCount() {
        return members.size();
    }

    /** As if the member had asked for its configuration. */
    public void see(long networkId, long address, Sighting sighting) {
        sightings.put(new MemberKey(networkId, address), sighting);
        listeners.forEach(l -> l.memberChanged(networkId, address));
    }

    /** As if somebody unknown had asked. */
    public void knock(long networkId, long address) {
        strangers.merge(networkId, List.of(address), (old, more) -> {
            List<Long> all = new ArrayList<>(more);
            all.addAll(old);
            return all;
        });
        listeners.forEach(l -> l.strangerAsked(networkId));
    }
}
