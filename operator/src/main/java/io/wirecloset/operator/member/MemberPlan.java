package io.wirecloset.operator.member;

import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.operator.host.HostedMember;
import io.wirecloset.operator.host.HostedNetwork;
import io.wirecloset.operator.network.IpText;
import io.wirecloset.operator.network.NetworkPlan;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Decides what a ZeroTierMember means for the controller; all members together show who is a duplicate. */
public final class MemberPlan {
    private static final int MAX_ADDRESSES = 32;

    /** What becomes of a member. */
    public sealed interface Decision {
        /** Let the controller treat it so. */
        record Accept(HostedMember member, Labels labels) implements Decision {}

        /** The controller shall not know it; say why. */
        record Refuse(Refusal why) implements Decision {}
    }

    private final String operatorNamespace;

    public MemberPlan(String operatorNamespace) {
        this.operatorNamespace = operatorNamespace;
    }

    /**
     * @param network the one that the member names; empty when there is none
     * @param served the same as the controller has it, empty while it is not served
     * @param all every member of the cluster, this one included or not
     */
    public Decision decide(
            ZeroTierMember member,
            Optional<ZeroTierNetwork> network,
            Optional<HostedNetwork> served,
            Collection<ZeroTierMember> all) {
        ZeroTierMemberSpec spec = member.getSpec();
        if (spec == null || spec.network == null) {
            return refuse("SpecMissing", "spec.network is missing: name the ZeroTierNetwork");
        }
        OptionalLong address = address(member);
        if (address.isEmpty()) {
            return refuse(
                    "BadAddress",
                    "the member needs spec.address (10 hex digits) or spec.identity (address:0:128 hex digits), and both"
                            + " have to name the same device");
        }
        if (network.isEmpty()) {
            return refuse("NetworkNotFound", "there is no ZeroTierNetwork \"" + spec.network + "\"");
        }
        if (NetworkPlan.isJoined(network.get().getSpec())) {
            return refuse(
                    "ControllerElsewhere",
                    "network \"" + spec.network + "\" is joined: its members are admitted where its controller runs,"
                            + " the first ten digits of " + network.get().getSpec().networkId);
        }
        Optional<Refusal> denied = isTrusted(member) ? Optional.empty() : Access.refusal(member, network.get());
        if (denied.isPresent()) {
            return new Decision.Refuse(denied.get());
        }
        if (served.isEmpty()) {
            return refuse("NetworkNotReady", "network \"" + spec.network + "\" is not served; see its conditions");
        }
        List<ZeroTierMember> rivals = all.stream()
                .filter(other -> isRival(other, member, network.get()))
                .toList();
        Optional<ZeroTierMember> holder = holderOf(address.getAsLong(), member, rivals);
        if (holder.isPresent()) {
            return refuse(
                    "Conflict",
                    Addresses.format(address.getAsLong()) + " is already a member by " + name(holder.get())
                            + (isNodes(holder.get())
                                    ? ", the one of a node: delete this"
                                    : ", which is older: delete one of the two"));
        }
        return withAddresses(member, network.get(), served.get(), address.getAsLong(), rivals);
    }

    private static Decision withAddresses(
            ZeroTierMember member,
            ZeroTierNetwork network,
            HostedNetwork served,
            long address,
            List<ZeroTierMember> rivals) {
        ZeroTierMemberSpec spec = member.getSpec();
        List<String> ips = new ArrayList<>();
        for (String text : spec.ipAssignments == null ? List.<String>of() : spec.ipAssignments) {
            Optional<InetCidr> ip = IpText.address(text);
            if (ip.isEmpty()) {
                return refuse(
                        "BadIp", "spec.ipAssignments: \"" + text + "\" is not an IP address without prefix length");
            }
            Optional<ZeroTierMember> taken = holderOf(ip.get(), member, rivals);
            if (taken.isPresent()) {
                return refuse(
                        "IpConflict",
                        "spec.ipAssignments: " + text + " belongs to " + name(taken.get())
                                + ", which is older: remove it here or there");
            }
            if (Access.isForPods(ip.get(), network)) {
                return refuse(
                        "IpInNodeBlocks",
                        "spec.ipAssignments: " + text + " lies in spec.ipv4.nodeBlocks of network \"" + spec.network
                                + "\", which is the pods': choose one outside");
            }
            ips.add(ip.get().ipText());
        }
        if (ips.size() > MAX_ADDRESSES) {
            return refuse("TooManyIps", "spec.ipAssignments has " + ips.size() + " entries, 32 is the most");
        }
        Labels labels = Labels.of(spec, served.rules());
        if (labels.refusal().isPresent()) {
            return new Decision.Refuse(labels.refusal().get());
        }
        return new Decision.Accept(
                new HostedMember(
                        served.id(),
                        address,
                        spec.identity,
                        spec.authorized,
                        spec.noAutoAssignIps,
                        List.copyOf(ips),
                        spec.bridge,
                        labels.tags(),
                        labels.capabilities()),
                labels);
    }

    /** The member's 40-bit address; empty when address and identity are missing, malformed or disagree. */
    public static OptionalLong address(ZeroTierMember member) {
        ZeroTierMemberSpec spec = member.getSpec();
        if (spec == null) {
            return OptionalLong.empty();
        }
        try {
            OptionalLong byAddress = spec.address == null ? OptionalLong.empty() : digits(spec.address);
            if (spec.identity == null) {
                return byAddress;
            }
            OptionalLong byIdentity =
                    OptionalLong.of(Identity.parse(spec.identity).address());
            return spec.address == null || byAddress.equals(byIdentity) ? byIdentity : OptionalLong.empty();
        } catch (MalformedException | IllegalArgumentException e) {
            return OptionalLong.empty();
        }
    }

    /** Whether two members of a network cannot both be accepted as they are. */
    public static boolean wantTheSame(ZeroTierMember a, ZeroTierMember b) {
        return address(a).isPresent() && address(a).equals(address(b))
                || ips(a).anyMatch(ip -> ips(b).anyMatch(ip::equals));
    }

    private static Stream<InetCidr> ips(ZeroTierMember member) {
        return member.getSpec() == null || member.getSpec().ipAssignments == null
                ? Stream.empty()
                : member.getSpec().ipAssignments.stream().flatMap(text -> IpText.address(text).stream());
    }

    private static OptionalLong digits(String address) {
        if (!address.matches("[0-9a-f]{10}") || Addresses.isReserved(Addresses.parse(address))) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Addresses.parse(address));
    }

    /** Whether another may be on this member's network at all. Who may not takes nothing from anybody, however old. */
    private boolean isRival(ZeroTierMember other, ZeroTierMember member, ZeroTierNetwork network) {
        return other.getSpec() != null
                && Objects.equals(other.getSpec().network, member.getSpec().network)
                && !name(other).equals(name(member))
                && (isTrusted(other) || Access.refusal(other, network).isEmpty());
    }

    private boolean isTrusted(ZeroTierMember member) {
        return operatorNamespace.equals(member.getMetadata().getNamespace());
    }

    /** Whether the operator made it for a node of the cluster: nobody else may be under its address. */
    private boolean isNodes(ZeroTierMember member) {
        return isTrusted(member)
                && member.getMetadata().getLabels() != null
                && member.getMetadata().getLabels().containsKey(Wirecloset.LABEL_NODE);
    }

    /** A node, or else whoever came first under the same network and address. */
    private Optional<ZeroTierMember> holderOf(long address, ZeroTierMember member, List<ZeroTierMember> rivals) {
        Comparator<ZeroTierMember> first =
                Comparator.<ZeroTierMember, Boolean>comparing(m -> !isNodes(m)).thenComparing(OLDEST);
        return rivals.stream()
                .filter(other -> first.compare(other, member) < 0)
                .filter(other -> address(other).equals(OptionalLong.of(address)))
                .min(first);
    }

    private static Optional<ZeroTierMember> holderOf(InetCidr ip, ZeroTierMember member, List<ZeroTierMember> rivals) {
        return rivals.stream()
                .filter(other -> OLDEST.compare(other, member) < 0)
                .filter(other -> other.getSpec().ipAssignments != null
                        && other.getSpec().ipAssignments.stream()
                                .anyMatch(text ->
                                        IpText.address(text).filter(ip::equals).isPresent()))
                .min(OLDEST);
    }

    private static final Comparator<ZeroTierMember> OLDEST = Comparator.comparing(
                    (ZeroTierMember m) -> m.getMetadata().getCreationTimestamp(),
                    Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(MemberPlan::name);

    private static String name(ZeroTierMember member) {
        return member.getMetadata().getNamespace() + "/" + member.getMetadata().getName();
    }

    private static Decision refuse(String reason, String message) {
        return new Decision.Refuse(new Refusal(reason, message));
    }
}
