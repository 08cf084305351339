package io.wirecloset.vl2.multicast;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who listens to which group, over all networks, also those that this node only serves as a root or controller
 * (vl2.md 11). Bounded: a peer's likes beyond {@link Limits#GROUPS_PER_PEER} on one network, or {@link
 * Limits#GROUPS_PER_PEER_OVERALL} on all, are refused until an older one expires, a group takes no more than {@link Limits#MEMBERS_PER_GROUP}, and beyond {@link Limits#GROUP_MEMBERS}
 * over all the one mentioned longest ago makes room.
 */
public final class GroupMembers {
    private record GroupKey(long networkId, MulticastGroup group) {}

    private record MemberKey(GroupKey group, long address) {}

    private record PeerKey(long networkId, long address) {}

    private final RandomSource random;

    /** In the order of their last mention, so the oldest comes first. */
    private final LinkedHashMap<MemberKey, Long> mentionedMs = new LinkedHashMap<>();

    private final Map<GroupKey, AddressSet> groups = new HashMap<>();
    private final Map<PeerKey, Integer> groupsOfPeer = new HashMap<>();
    private final Map<Long, Integer> groupsOfPeerOverall = new HashMap<>();
    private long refused;
    private long evicted;

    public GroupMembers(RandomSource random) {
        this.random = random;
    }

    /**
     * A like, or a mention in the answer to a gather.
     *
     * @return whether the address was not known to listen to this group before
     */
    public boolean mention(long networkId, MulticastGroup group, long address, long nowMs) {
        MemberKey key = new MemberKey(new GroupKey(networkId, group), address);
        if (mentionedMs.remove(key) != null) {
            mentionedMs.put(key, nowMs);
            return false;
        }
        if (hasEnough(networkId, address) || count(networkId, group) >= Limits.MEMBERS_PER_GROUP) {
            refused++;
            return false;
        }
        if (mentionedMs.size() >= Limits.GROUP_MEMBERS) {
            evicted++;
            forget(mentionedMs.firstEntry().getKey());
        }
        mentionedMs.put(key, nowMs);
        groups.computeIfAbsent(key.group, any -> new AddressSet()).add(address);
        groupsOfPeer.merge(new PeerKey(networkId, address), 1, Integer::sum);
        groupsOfPeerOverall.merge(address, 1, Integer::sum);
        return true;
    }

    private boolean hasEnough(long networkId, long address) {
        return groupsOfPeer.getOrDefault(new PeerKey(networkId, address), 0) >= Limits.GROUPS_PER_PEER
                || groupsOfPeerOverall.getOrDefault(address, 0) >= Limits.GROUPS_PER_PEER_OVERALL;
    }

    /** The peer said that it does not want this group. */
    public void remove(long networkId, MulticastGroup group, long address) {
        MemberKey key = new MemberKey(new GroupKey(networkId, group), address);
        if (mentionedMs.containsKey(key)) {
            forget(key);
        }
    }

    /** Forgets who was mentioned last {@link Timing#MULTICAST_MEMBER_EXPIRES_MS} ago. */
    public void expire(long nowMs) {
        while (!mentionedMs.isEmpty()) {
            Map.Entry<MemberKey, Long> oldest = mentionedMs.firstEntry();
            if (nowMs - oldest.getValue() < Timing.MULTICAST_MEMBER_EXPIRES_MS) {
                return;
            }
            forget(oldest.getKey());
        }
    }

    /** Forgets a whole network. */
    public void forget(long networkId) {
        for (Iterator<MemberKey> keys = mentionedMs.keySet().iterator(); keys.hasNext(); ) {
            MemberKey key = keys.next();
            if (key.group.networkId == networkId) {
                keys.remove();
                unlink(key);
            }
        }
    }

    public int count(long networkId, MulticastGroup group) {
        AddressSet members = groups.get(new GroupKey(networkId, group));
        return members == null ? 0 : members.size();
    }

    public boolean contains(long networkId, MulticastGroup group, long address) {
        return mentionedMs.containsKey(new MemberKey(new GroupKey(networkId, group), address));
    }

    /**
     * @param except an address to leave out, 0 for none
     * @return up to {@code limit} of the members, in random order, each as likely as any other
     */
    public long[] pick(long networkId, MulticastGroup group, int limit, long except) {
        AddressSet members = groups.get(new GroupKey(networkId, group));
        return members == null ? new long[0] : members.pick(limit, except, random);
    }

    /** Likes not taken because their peer or their group has as many as are allowed. */
    public long refused() {
        return refused;
    }

    /** Members forgotten early because all tables together were full. */
    public long evicted() {
        return evicted;
    }

    public int size() {
        return mentionedMs.size();
    }

    private void forget(MemberKey key) {
        mentionedMs.remove(key);
        unlink(key);
    }

    private void unlink(MemberKey key) {
        AddressSet members = groups.get(key.group);
        members.remove(key.address);
        if (members.size() == 0) {
            groups.remove(key.group);
        }
        groupsOfPeer.computeIfPresent(new PeerKey(key.group.networkId, key.address), (peer, count) -> less(count));
        groupsOfPeerOverall.computeIfPresent(key.address, (peer, count) -> less(count));
    }

    private static Integer less(int count) {
        return count == 1 ? null : count - 1;
    }
}
