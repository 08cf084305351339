package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.store.Store;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierNetworkSpec;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.host.ControllerModel;
import io.wirecloset.operator.host.HostedMember;
import io.wirecloset.operator.host.HostedNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the controller was told, and by which resource. Tells it only what changed, and lets a resource take back only
 * what it gave itself, so that the loser of a conflict takes nothing with it. Thread-safe.
 */
public final class Served {
    /** A member's place in the controller. */
    private record MemberKey(long networkId, long address) {}

    /** @param leastGeneration older readings of the resource do not count: the operator has written to it since */
    private record MemberEntry(HostedMember member, long leastGeneration) {}

    private ControllerHost host;
    private final Map<String, HostedNetwork> networks = new HashMap<>();
    /** Ids of networks that others serve. */
    private final Map<String, Long> joined = new HashMap<>();

    private final Map<String, ZeroTierNetworkSpec> specs = new HashMap<>();
    private final Map<ResourceID, MemberEntry> members = new HashMap<>();
    private final Map<MemberKey, ResourceID> holders = new HashMap<>();

    /** Whom to tell; once, before anything is applied. (The controller's store in turn asks what was applied.) */
    public synchronized void host(ControllerHost controllerHost) {
        host = controllerHost;
    }

    /** @param spec from which the network was made; not changed any more */
    public synchronized void apply(String networkName, HostedNetwork network, ZeroTierNetworkSpec spec) {
        specs.put(networkName, spec);
        joined.remove(networkName);
        HostedNetwork before = networks.put(networkName, network);
        if (before != null && before.id() != network.id()) {
            host.removeNetwork(before.id());
        }
        if (!network.equals(before)) {
            host.applyNetwork(network);
        }
    }

    /** A network of another controller, of which this one knows nothing. */
    public synchronized void join(String networkName, long id, ZeroTierNetworkSpec spec) {
        removeNetwork(networkName);
        joined.put(networkName, id);
        specs.put(networkName, spec);
    }

    public synchronized void removeNetwork(String networkName) {
        specs.remove(networkName);
        joined.remove(networkName);
        HostedNetwork before = networks.remove(networkName);
        if (before == null) {
            return;
        }
        Optional<HostedNetwork> heir =
                networks.values().stream().filter(n -> n.id() == before.id()).findFirst();
        heir.ifPresentOrElse(host::applyNetwork, () -> host.removeNetwork(before.id()));
    }

    /** A network as it is served; empty while it is not. */
    public synchronized Optional<HostedNetwork> network(String networkName) {
        return Optional.ofNullable(networks.get(networkName));
    }

    /** Id of a network that nodes are on, served here or joined. */
    public synchronized OptionalLong id(String networkName) {
        Long elsewhere = joined.get(networkName);
        HostedNetwork here = networks.get(networkName);
        if (here == null && elsewhere == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(here == null ? elsewhere : here.id());
    }

    /** What it was made of, which need not be what its resource says now. */
    public synchronized Optional<ZeroTierNetworkSpec> specInForce(String networkName) {
        return Optional.ofNullable(specs.get(networkName));
    }

    public synchronized void apply(HasMetadata resource, HostedMember member) {
        ResourceID id = ResourceID.fromResource(resource);
        MemberEntry before = members.get(id);
        long generation = generation(resource);
        if (before != null && generation < before.leastGeneration) {
            return;
        }
        if (before != null && !key(before.member).equals(key(member))) {
            removeMember(resource);
        }
        members.put(id, new MemberEntry(member, generation));
        holders.put(key(member), id);
        if (before == null || !member.equals(before.member)) {
            host.applyMember(member);
        }
    }

    public synchronized void removeMember(HasMetadata resource) {
        ResourceID id = ResourceID.fromResource(resource);
        MemberEntry before = members.remove(id);
        if (before == null || !id.equals(holders.get(key(before.member)))) {
            return;
        }
        Optional<ResourceID> heir = members.entrySet().stream()
                .filter(e -> key(e.getValue().member).equals(key(before.member)))
                .map(Map.Entry::getKey)
                .findFirst();
        if (heir.isPresent()) {
            holders.put(key(before.member), heir.get());
            host.applyMember(members.get(heir.get()).member);
        } else {
            holders.remove(key(before.member));
            host.removeMember(before.member.networkId(), before.member.address());
        }
    }

    /** The resource by which this member is what it is. */
    public synchronized Optional<ResourceID> holder(long networkId, long address) {
        return Optional.ofNullable(holders.get(new MemberKey(networkId, address)));
    }

    /** The name of the network with this id. */
    public synchronized Optional<String> networkName(long networkId) {
        return networks.entrySet().stream()
                .filter(e -> e.getValue().id() == networkId)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    public synchronized Optional<HostedMember> member(long networkId, long address) {
        return holder(networkId, address).map(id -> members.get(id).member);
    }

    /**
     * The controller itself has assigned addresses or pinned an identity, and they are in the resource now: what was
     * read of it before must not undo them.
     */
    public synchronized void committed(ZeroTierMember written, long networkId, long address) {
        ResourceID id = ResourceID.fromResource(written);
        if (id.equals(holders.get(new MemberKey(networkId, address)))) {
            HostedMember now = members.get(id).member.with(written.getSpec().identity, written.getSpec().ipAssignments);
            members.put(id, new MemberEntry(now, generation(written)));
        }
    }

    /** Everything told so far, as the controller's store holds it. */
    public synchronized Store.Contents contents(long reservedUntilMs, long wallMs) {
        List<Network> allNetworks = networks.values().stream()
                .map(n -> new Network(n.id(), ControllerModel.spec(n), 1, wallMs))
                .toList();
        List<Member> allMembers = holders.values().stream()
                .map(id -> members.get(id).member)
                .map(m -> Member.create(m.networkId(), m.address(), ControllerModel.spec(m), wallMs))
                .toList();
        return new Store.Contents(allNetworks, allMembers, reservedUntilMs);
    }

    synchronized int networkCount() {
        return networks.size();
    }

    synchronized int memberCount() {
        return holders.size();
    }

    private static MemberKey key(HostedMember member) {
        return new MemberKey(member.networkId(), member.address());
    }

    private static long generation(HasMetadata resource) {
        Long generation = resource.getMetadata().getGeneration();
        return generation == null ? 0 : generation;
    }
}
