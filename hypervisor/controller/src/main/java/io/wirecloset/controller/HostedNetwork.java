package io.wirecloset.controller;

import io.wirecloset.controller.issue.Addressing;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.Timing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A network as it is stored, its members, and who of them is there. */
final class HostedNetwork {
    private final TreeMap<Long, Member> members = new TreeMap<>();
    /** How many members have an address: addresses given by hand may be given twice. */
    private final Map<IpAddress, Integer> holders = new HashMap<>();
    /** Addresses in changes that may have been stored although the store did not say so, and whose they would be. */
    private final Map<IpAddress, Long> doubtful = new HashMap<>();

    private final Map<Long, Session> sessions = new HashMap<>();
    /** Those heard within {@link Timing#ONLINE_MS}, the one longest not heard first. */
    private final Map<Long, Session> online = new LinkedHashMap<>();

    private Network network;

    HostedNetwork(Network network) {
        this.network = network;
    }

    Network network() {
        return network;
    }

    void replace(Network newNetwork) {
        network = newNetwork;
    }

    Member member(long address) {
        return members.get(address);
    }

    /** By ascending address. */
    Collection<Member> members() {
        return members.values();
    }

    int memberCount() {
        return members.size();
    }

    void put(Member member) {
        remove(member.address());
        members.put(member.address(), member);
        member.addresses().forEach(ip -> holders.merge(ip, 1, Integer::sum));
    }

    /** @return what was there, or null; its session goes on until it is {@link #forget forgotten} */
    Member remove(long address) {
        Member before = members.remove(address);
        if (before != null) {
            before.addresses().forEach(ip -> holders.computeIfPresent(ip, (k, n) -> n == 1 ? null : n - 1));
        }
        doubtful.values().removeIf(owner -> owner == address);
        return before;
    }

    void doubt(Member member) {
        member.addresses().forEach(ip -> doubtful.putIfAbsent(ip, member.address()));
    }

    /** Whether another member than this one has, or may have, the address. */
    boolean isTaken(IpAddress ip, long by) {
        Member asking = members.get(by);
        int own = asking != null && asking.addresses().contains(ip) ? 1 : 0;
        return holders.getOrDefault(ip, 0) > own || doubtful.getOrDefault(ip, by) != by;
    }

    /** Addresses of those who bridge, authorized or not, ascending. */
    long[] activeBridges() {
        return members.values().stream()
                .filter(member -> member.spec().activeBridge())
                .mapToLong(Member::address)
                .toArray();
    }

    Session session(long address) {
        return sessions.get(address);
    }

    /** The member was heard just now. */
    Session heard(long address, long nowMs) {
        Session session = sessions.computeIfAbsent(address, a -> new Session());
        session.lastRequestMs = nowMs;
        online.remove(address);
        online.put(address, session);
        return session;
    }

    boolean isOnline(long address) {
        return online.containsKey(address);
    }

    List<Long> online() {
        return new ArrayList<>(online.keySet());
    }

    /** Takes those who fell silent out of {@link #online}. */
    List<Long> expire(long nowMs) {
        List<Long> silent = new ArrayList<>();
        var sessionsByAge = online.entrySet().iterator();
        while (sessionsByAge.hasNext()) {
            var eldest = sessionsByAge.next();
            if (nowMs - eldest.getValue().lastRequestMs < Timing.ONLINE_MS) {
                break;
            }
            silent.add(eldest.getKey());
            sessionsByAge.remove();
        }
        return silent;
    }

    /** When the next one would fall silent. */
    long nextExpiryMs() {
        return online.isEmpty() ? Long.MAX_VALUE : online.values().iterator().next().lastRequestMs + Timing.ONLINE_MS;
    }

    void forget(long address) {
        sessions.remove(address);
        online.remove(address);
    }

    NetworkView view(int strangers) {
        int authorized =
                (int) members.values().stream().filter(Member::authorized).count();
        return new NetworkView(network, members.size(), authorized, online.size(), strangers);
    }

    List<MemberView> memberViews() {
        return members.keySet().stream().map(this::memberView).toList();
    }

    MemberView memberView(long address) {
        Member member = members.get(address);
        Session session = sessions.get(address);
        return new MemberView(
                member,
                List.copyOf(Addressing.staticAddresses(network.spec(), member)),
                isOnline(address),
                session == null ? 0 : session.lastSeenWallMs,
                session == null ? null : session.path,
                session == null ? null : session.info);
    }
}
