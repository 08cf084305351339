package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRef;
import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl2.config.AdHocConfig;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.BridgeRoute;
import io.wirecloset.vl2.network.Member;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.wire.Timing;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A network as the control loop holds it, and the snapshot of it that the lanes see. */
final class JoinedNetwork {
    final Network network;
    final int slot;

    private LocalNeighbours neighbours = LocalNeighbours.NONE;
    private Set<MulticastGroup> tapGroups = Set.of();
    private boolean neighboursChanged;

    // what was shown to the lanes last
    private final Map<Long, MemberRef> refs = new HashMap<>();
    private NetworkRecord record;
    private LongTable<BridgeRoute> bridgeRoutes = new LongTable<>(List.of(), BridgeRoute::mac);
    private long bridgeRoutesShownMs = Long.MIN_VALUE / 2;
    private PeerTable peersSeen;

    /** When we last told everybody our groups. */
    long announcedMs = Long.MIN_VALUE / 2;

    JoinedNetwork(Network network, int slot) {
        this.network = network;
        this.slot = slot;
    }

    /** @return groups that were not subscribed before */
    Collection<MulticastGroup> neighbours(LocalNeighbours next) {
        neighbours = next;
        neighboursChanged = true;
        return subscribe();
    }

    /** @return groups that were not subscribed before */
    Collection<MulticastGroup> tapGroups(Set<MulticastGroup> next) {
        tapGroups = Set.copyOf(next);
        return subscribe();
    }

    private Collection<MulticastGroup> subscribe() {
        Set<MulticastGroup> all = new HashSet<>(tapGroups);
        all.addAll(neighbours.groups());
        return network.subscribe(all);
    }

    /** The member as its record says now, whether the lanes have seen it or not. */
    MemberRecord recordOf(Member member, PeerTable peers) {
        return recordOf(member, peers.find(member.address()));
    }

    private MemberRecord recordOf(Member member, PeerRef peer) {
        return new MemberRecord(
                member.address(),
                member.mac(),
                member.identity(),
                peer,
                member.isAdmitted(),
                network.config() != null && network.config().isActiveBridge(member.address()),
                member.credentialsGoodUntilMs(network.configuredMs()),
                member.party());
    }

    /** The network as it is now, whether the lanes have seen it or not; its member table may be behind. */
    NetworkRecord record() {
        if (network.takeRecordChanged() | neighboursChanged | record == null) {
            neighboursChanged = false;
            record = newRecord(record == null ? MemberTable.EMPTY : record.members());
        }
        return record;
    }

    private NetworkRecord newRecord(MemberTable members) {
        return new NetworkRecord(
                network.id(),
                slot,
                network.self(),
                network.config(),
                network.party(),
                neighbours,
                members,
                bridgeRoutes);
    }

    /**
     * Brings the lanes' view up to date: swaps records of members that changed, and makes a new network record when
     * members came or went or the network itself changed.
     *
     * @return the current record, the same as before if nothing but members' records changed
     */
    NetworkRecord publish(PeerTable peers, long nowMs) {
        showBridgeRoutes(nowMs);
        NetworkRecord current = record();
        boolean membersMoved = network.takeMembersCameOrWent();
        Set<Member> changed = network.takeChangedMembers();
        if (membersMoved) {
            Map<Long, MemberRef> before = new HashMap<>(refs);
            refs.clear();
            for (Member member : network.members()) {
                MemberRef ref = before.get(member.address());
                refs.put(member.address(), ref == null ? new MemberRef(recordOf(member, peers)) : ref);
            }
        }
        if (peers == peersSeen) {
            changed.forEach(member -> show(member, peers));
        } else {
            peersSeen = peers;
            network.members().forEach(member -> show(member, peers));
        }
        if (membersMoved) {
            record = newRecord(new MemberTable(refs.values()));
            return record;
        }
        return current;
    }

    /** Not at once, for there may be many and each costs a new table; until then the control loop knows the way. */
    private void showBridgeRoutes(long nowMs) {
        if (nowMs - bridgeRoutesShownMs < Timing.BRIDGE_ROUTES_SHOWN_MS) {
            return;
        }
        Collection<BridgeRoute> routes = network.takeChangedBridgeRoutes();
        if (routes != null) {
            bridgeRoutesShownMs = nowMs;
            bridgeRoutes = new LongTable<>(routes, BridgeRoute::mac);
            record = newRecord(record == null ? MemberTable.EMPTY : record.members());
        }
    }

    private void show(Member member, PeerTable peers) {
        MemberRef ref = refs.get(member.address());
        if (ref != null) {
            MemberRecord next = recordOf(member, peers);
            if (!next.equals(ref.record())) {
                ref.record(next);
            }
        }
    }

    NetworkView view() {
        return new NetworkView(
                network.id(),
                network.mac(),
                network.status(),
                trouble(),
                network.config(),
                List.copyOf(network.groups()),
                network.members().size());
    }

    private String trouble() {
        if (network.config() != null && network.config().rules().size() == 0) {
            return "the network has no rules, so nothing is allowed";
        }
        if (!AdHocConfig.isAdHoc(network.id())) {
            return null;
        }
        return switch (network.status()) {
            case REQUESTING_CONFIGURATION ->
                "an id that begins with ff names a network without controller, and ends with 000000 or 01";
            case NOT_FOUND -> "the last port in the id of this network without controller lies before the first";
            default -> null;
        };
    }
}
