package io.wirecloset.operator.member;

import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec.MemberGrant;
import io.wirecloset.crds.ZeroTierNetworkSpec.TagGrant;
import io.wirecloset.operator.network.IpText;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.wire.InetCidr;
import java.util.List;
import java.util.Optional;

/**
 * What a network lets the members of a namespace be (spec.access). The admission policies of the chart say the same when
 * a member is written; here it stands for servers without them, and for networks that were changed since.
 */
final class Access {
    private static final String ALL_OTHERS = "*";

    private Access() {}

    /** Why this member may not be, or not so; empty when it may. */
    static Optional<Refusal> refusal(ZeroTierMember member, ZeroTierNetwork network) {
        String namespace = member.getMetadata().getNamespace();
        Optional<MemberGrant> grant = grant(namespace, network);
        if (grant.isEmpty()) {
            return Optional.of(new Refusal(
                    "NamespaceNotAllowed",
                    "network \"" + network.getMetadata().getName() + "\" does not admit members from namespace \""
                            + namespace + "\": add it to spec.access.members there"));
        }
        return new Question(member.getSpec(), network, grant.get()).refusal();
    }

    private static Optional<MemberGrant> grant(String namespace, ZeroTierNetwork network) {
        List<MemberGrant> grants = network.getSpec() == null || network.getSpec().access == null
                ? List.of()
                : nullToEmpty(network.getSpec().access.members);
        return grants.stream()
                .filter(g -> namespace.equals(g.namespace))
                .findFirst()
                .or(() -> grants.stream()
                        .filter(g -> ALL_OTHERS.equals(g.namespace))
                        .findFirst());
    }

    /** Whether the address lies where the nodes' pods have theirs: nobody else's, whatever was granted. */
    static boolean isForPods(InetCidr ip, ZeroTierNetwork network) {
        return network.getSpec() != null
                && network.getSpec().ipv4 != null
                && isIn(ip, network.getSpec().ipv4.nodeBlocks);
    }

    private static boolean isIn(InetCidr ip, String range) {
        return IpText.range(range)
                .filter(r -> r.isV4() == ip.isV4() && r.contains(ip))
                .isPresent();
    }

    private static <T> List<T> nullToEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    private record Question(ZeroTierMemberSpec spec, ZeroTierNetwork network, MemberGrant grant) {
        Optional<Refusal> refusal() {
            return bridge().or(this::tags).or(this::capabilities).or(this::addresses);
        }

        private Optional<Refusal> bridge() {
            return spec.bridge && !grant.bridge
                    ? no("BridgeNotAllowed", "spec.bridge", "may not bridge", "bridge: true")
                    : Optional.empty();
        }

        private Optional<Refusal> tags() {
            return nullToEmpty(spec.tags).stream()
                    .filter(t -> nullToEmpty(grant.tags).stream().noneMatch(g -> covers(g, t)))
                    .findFirst()
                    .flatMap(t -> no(
                            "TagNotAllowed",
                            "spec.tags",
                            "may not choose " + t.name + "=" + t.value,
                            "tags: [{name: " + t.name + ", values: [" + t.value + "]}]"));
        }

        private static boolean covers(TagGrant granted, ZeroTierMemberSpec.Tag wanted) {
            return wanted.name != null
                    && wanted.name.equals(granted.name)
                    && (nullToEmpty(granted.values).isEmpty() || granted.values.contains(wanted.value));
        }

        private Optional<Refusal> capabilities() {
            return nullToEmpty(spec.capabilities).stream()
                    .filter(c -> !nullToEmpty(grant.capabilities).contains(c))
                    .findFirst()
                    .flatMap(c -> no(
                            "CapabilityNotAllowed",
                            "spec.capabilities",
                            "may not take " + c,
                            "capabilities: [" + c + "]"));
        }

        /** Out of the range for members everybody gets an address anyway. */
        private Optional<Refusal> addresses() {
            String pool = network.getSpec().ipv4 == null ? null : network.getSpec().ipv4.members;
            return nullToEmpty(spec.ipAssignments).stream()
                    .filter(text -> IpText.address(text)
                            .filter(ip -> !isIn(ip, pool)
                                    && nullToEmpty(grant.addresses).stream().noneMatch(r -> isIn(ip, r)))
                            .isPresent())
                    .findFirst()
                    .flatMap(text -> no(
                            "AddressNotAllowed",
                            "spec.ipAssignments",
                            "may not choose " + text,
                            "addresses: [a range with " + text + "]"));
        }

        private Optional<Refusal> no(String reason, String field, String what, String cure) {
            return Optional.of(new Refusal(
                    reason,
                    field + ": members of this namespace " + what + " on network \""
                            + network.getMetadata().getName() + "\"; its spec.access.members has to say so for \""
                            + grant.namespace + "\": " + cure));
        }
    }
}
