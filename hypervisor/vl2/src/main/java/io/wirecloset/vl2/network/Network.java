package io.wirecloset.vl2.network;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.config.AdHocConfig;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongFunction;

/**
 * One joined network as the control loop knows it: configuration, members, groups. State and the questions it answers;
 * who sends what when is decided in {@link ConfigClient}, {@link CredentialExchange} and the multicast package.
 */
public final class Network {
    private final long id;
    private final long self;
    private final long mac;

    private NetworkStatus status = NetworkStatus.REQUESTING_CONFIGURATION;
    private NetworkConfig config;
    private Party party = Party.NONE;
    private long configuredMs = Member.NEVER;
    /** As first heard of; null before. Kept, as what it signed is good for hours after VL1 has forgotten it. */
    private Identity controllerIdentity;

    /** In the order of their last use, so that the idlest makes room. */
    private final LinkedHashMap<Long, Member> members = new LinkedHashMap<>(16, 0.75f, true);

    private final Member own;
    private final BridgeRoutes bridgeRoutes = new BridgeRoutes();
    private final GroupsBehind groupsBehind = new GroupsBehind();
    private Set<MulticastGroup> localGroups = Set.of();
    private Set<MulticastGroup> addressGroups = Set.of();

    // what the lanes have not seen yet
    private boolean recordChanged = true;
    private boolean membersCameOrWent;
    private final Set<Member> changedMembers = new LinkedHashSet<>();

    public Network(long id, long self) {
        this.id = id;
        this.self = self;
        this.mac = Mac.of(self, id);
        this.own = new Member(self, id);
    }

    public long id() {
        return id;
    }

    public long self() {
        return self;
    }

    public long mac() {
        return mac;
    }

    public long controller() {
        return NetworkIds.controllerOf(id);
    }

    /** @return who signed something for this network; null if that is not known, and is asked for */
    Identity signer(long address, LongFunction<Identity> ask) {
        if (address != controller()) {
            return ask.apply(address);
        }
        if (controllerIdentity == null) {
            controllerIdentity = ask.apply(address);
        }
        return controllerIdentity;
    }

    public NetworkStatus status() {
        return status;
    }

    void status(NetworkStatus next) {
        status = next;
    }

    /** The configuration in force, or null. */
    public NetworkConfig config() {
        return config;
    }

    /** Ourselves as the rules see us under it. */
    public Party party() {
        return party;
    }

    /** When it came into force. */
    public long configuredMs() {
        return configuredMs;
    }

    /** Puts a configuration in force: everybody is judged anew under it, and is due our new credentials. */
    public void configure(NetworkConfig next, long nowMs) {
        config = next;
        party = Parties.own(next);
        configuredMs = nowMs;
        Set<MulticastGroup> groups = new LinkedHashSet<>();
        for (InetCidr ip : next.staticAddresses()) {
            groups.add(MulticastGroup.resolutionOf(ip.ip()));
        }
        addressGroups = groups;
        bridgeRoutes.keep(next::isActiveBridge);
        for (Member member : members.values()) {
            member.membership().expire(next.timestamp(), next.credentialWindowMs());
            member.party(Parties.of(member.membership(), next));
            if (member.identity() != null) {
                member.judged(member.identity(), passesGate(member, member.identity()));
            }
            changedMembers.add(member);
        }
        recordChanged = true;
    }

    /** Whether frames to a node say nothing new to it about our membership. */
    public boolean credentialsAreDue(Member member, long nowMs) {
        return nowMs >= member.credentialsGoodUntilMs(configuredMs);
    }

    /** Whether the node may talk on this network (vl2.md 7.4); remembered in the member and shown to the lanes. */
    public boolean gate(Member member, Identity who) {
        boolean passes = passesGate(member, who);
        if (passes != member.isAdmitted() || !who.equals(member.identity())) {
            member.judged(who, passes);
            changedMembers.add(member);
        }
        return passes;
    }

    /** The member's tags, capabilities or ownerships are not what they were. */
    void credentialsChanged(Member member) {
        member.party(Parties.of(member.membership(), config));
        changed(member);
    }

    private boolean passesGate(Member member, Identity who) {
        if (config == null) {
            return false;
        }
        if (config.isPublic()) {
            return true;
        }
        return config.membership() != null && member.membership().agrees(config.membership(), who);
    }

    /** @return the member, or null when nothing was to be remembered of that node yet */
    public Member member(long address) {
        return address == self ? own : members.get(address);
    }

    /** The member, made now if need be; over {@link Limits#MEMBERS_PER_NETWORK} the idlest is forgotten. */
    public Member memberOrNew(long address) {
        if (address == self) {
            return own;
        }
        Member known = members.get(address);
        return known != null ? known : add(new Member(address, id));
    }

    /** A member nothing is known of, not in the table before {@link #add}. */
    public Member stranger(long address) {
        return new Member(address, id);
    }

    /** Remembers one that was a {@link #stranger}. */
    public Member add(Member member) {
        if (members.size() >= Limits.MEMBERS_PER_NETWORK) {
            Iterator<Member> idlest = members.values().iterator();
            changedMembers.remove(idlest.next());
            idlest.remove();
        }
        members.put(member.address(), member);
        membersCameOrWent = true;
        return member;
    }

    /** Forgets members that VL1 has forgotten and that we told nothing lately. */
    public void forgetIdle(Underlay underlay, long nowMs) {
        boolean forgot = members.values()
                .removeIf(member -> underlay.peers().find(member.address()) == null
                        && nowMs - member.credentialsPushedMs() > Timing.CREDENTIALS_PUSH_MS);
        if (forgot) {
            changedMembers.removeIf(member -> !members.containsKey(member.address()));
            membersCameOrWent = true;
        }
    }

    /** A copy: whoever walks it may make and forget members. */
    public List<Member> members() {
        return new ArrayList<>(members.values());
    }

    /** Something the lanes must know of this member has changed. */
    public void changed(Member member) {
        if (member != own) {
            changedMembers.add(member);
        }
    }

    /** The groups of the tap and of the local neighbours. @return those that were not subscribed before */
    public Collection<MulticastGroup> subscribe(Set<MulticastGroup> groups) {
        SortedSet<MulticastGroup> before = groups();
        localGroups = Set.copyOf(groups);
        SortedSet<MulticastGroup> added = groups();
        added.removeAll(before);
        return added;
    }

    /**
     * All groups to announce, in their order: the tap's, the resolution groups of our own and of our neighbours'
     * addresses, and plain broadcast where the network has it (vl2.md 11.1).
     */
    public SortedSet<MulticastGroup> groups() {
        SortedSet<MulticastGroup> all = new TreeSet<>(localGroups);
        all.addAll(addressGroups);
        all.addAll(groupsBehind.all());
        if (config != null && config.broadcastEnabled()) {
            all.add(MulticastGroup.BROADCAST);
        }
        while (all.size() > Limits.GROUPS_PER_NETWORK) {
            all.removeLast();
        }
        return all;
    }

    public boolean isSubscribed(MulticastGroup group) {
        return localGroups.contains(group)
                || addressGroups.contains(group)
                || groupsBehind.contains(group)
                || group.equals(MulticastGroup.BROADCAST) && config != null && config.broadcastEnabled();
    }

    /** A device behind us sends to this group, so it may well listen to it. @return whether that is new */
    public boolean isBehindUs(MulticastGroup group, long nowMs) {
        return groupsBehind.add(group, nowMs);
    }

    /** The MAC is reachable through this bridge. */
    public void learnBridgeRoute(long foreignMac, long bridge, long nowMs) {
        bridgeRoutes.learn(foreignMac, bridge, nowMs);
    }

    /** The active bridge a MAC was last seen behind, 0 if none. */
    public long bridgeTo(long foreignMac, long nowMs) {
        long bridge = bridgeRoutes.bridgeTo(foreignMac, nowMs);
        return bridge != self && config.isActiveBridge(bridge) ? bridge : 0;
    }

    /** The routes over bridges, for the lanes, if any came or went since the last question; else null. */
    public Collection<BridgeRoute> takeChangedBridgeRoutes() {
        return bridgeRoutes.takeChanged();
    }

    /** Forgets what bridges carried long ago. */
    public void expireBridging(long nowMs) {
        bridgeRoutes.expire(nowMs);
        groupsBehind.expire(nowMs);
    }

    /** Nodes to which every change of our groups is told: they answer others' gathers. */
    public Set<Long> gatherers() {
        Set<Long> gatherers = new LinkedHashSet<>();
        if (!AdHocConfig.isAdHoc(id)) {
            gatherers.add(controller());
        }
        if (config != null) {
            for (long specialist :
                    config.withRole(NetworkConfig.ROLE_ANCHOR | NetworkConfig.ROLE_MULTICAST_REPLICATOR)) {
                gatherers.add(specialist);
            }
        }
        gatherers.remove(self);
        return gatherers;
    }

    /** Whether the lanes' record of the network itself is behind; asked once per control turn. */
    public boolean takeRecordChanged() {
        boolean changed = recordChanged;
        recordChanged = false;
        return changed;
    }

    /** Whether members came or went since the last question. */
    public boolean takeMembersCameOrWent() {
        boolean changed = membersCameOrWent;
        membersCameOrWent = false;
        return changed;
    }

    /** The members whose records are behind. */
    public Set<Member> takeChangedMembers() {
        Set<Member> changed = Set.copyOf(changedMembers);
        changedMembers.clear();
        return changed;
    }
}
