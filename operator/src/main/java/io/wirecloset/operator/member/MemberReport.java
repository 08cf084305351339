package io.wirecloset.operator.member;

import io.wirecloset.crds.Condition;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberStatus;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.operator.host.HostedMember;
import io.wirecloset.operator.host.Sighting;
import io.wirecloset.operator.member.MemberPlan.Decision;
import io.wirecloset.operator.network.Cidr4;
import io.wirecloset.operator.network.IpText;
import io.wirecloset.operator.network.PoolUse;
import io.wirecloset.operator.status.Conditions;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.ethernet.Mac;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a ZeroTierMember's status says. */
public final class MemberReport {
    /** A later request alone is worth a write only when the last one written is this old. */
    public static final long SEEN_EVERY_MS = 60_000;

    /** Present, and false, while the member names tags or capabilities that the network's rules do not define. */
    public static final String RESOLVED_REFS = "ResolvedRefs";

    /** Present, and false, while the network has no IPv4 address left for the member. */
    public static final String ADDRESS_ASSIGNED = "AddressAssigned";

    private MemberReport() {}

    /**
     * @param network the member's, empty when there is none
     * @param pool of the network; empty when it hands out no IPv4 addresses
     * @param sighting its last request, empty when it was not heard since the controller started
     */
    public static ZeroTierMemberStatus status(
            ZeroTierMember member,
            Decision decision,
            Optional<ZeroTierNetwork> network,
            Optional<PoolUse> pool,
            Optional<Sighting> sighting,
            long wallMs) {
        ZeroTierMemberStatus before = member.getStatus() == null ? new ZeroTierMemberStatus() : member.getStatus();
        ZeroTierMemberStatus status = new ZeroTierMemberStatus();
        Long generation = member.getMetadata().getGeneration();
        Conditions conditions = new Conditions(before.conditions, generation, wallMs);
        status.observedGeneration = generation;
        OptionalLong address = MemberPlan.address(member);
        status.address = address.isPresent() ? Addresses.format(address.getAsLong()) : null;
        switch (decision) {
            case Decision.Accept accept -> {
                HostedMember hosted = accept.member();
                status.networkId = NetworkIds.format(hosted.networkId());
                status.mac = Mac.format(Mac.of(hosted.address(), hosted.networkId()));
                status.addresses = addresses(hosted, network.orElseThrow());
                admitted(conditions, hosted, pool.filter(use -> use.isFull() && lacksAddress(hosted)), network.get());
                status.tags = accept.labels().tagTexts();
                status.capabilities = accept.labels().capabilityNames();
                if (!accept.labels().unknown().isEmpty()) {
                    conditions.no(
                            RESOLVED_REFS,
                            "UnknownName",
                            "spec.rules of network \"" + member.getSpec().network + "\" define no "
                                    + String.join(", no ", accept.labels().unknown())
                                    + ": correct the name here or define it there");
                }
                seen(status, before, sighting);
            }
            case Decision.Refuse refuse -> {
                status.online = false;
                conditions.no(Condition.READY, refuse.why());
            }
        }
        status.conditions = conditions.list();
        return status;
    }

    /** @param full the network's pool, when that is why the member has no IPv4 address */
    private static void admitted(
            Conditions conditions, HostedMember member, Optional<PoolUse> full, ZeroTierNetwork network) {
        if (!member.authorized()) {
            conditions.yes(Condition.READY, "Denied", "spec.authorized is false: it gets no configuration");
            return;
        }
        String mayBe = "may be on network " + NetworkIds.format(member.networkId());
        if (full.isEmpty()) {
            conditions.yes(Condition.READY, "Authorized", mayBe);
            return;
        }
        String why = "no IPv4 address is left for it: all " + full.get().all() + " of spec.ipv4.members "
                + full.get().pool() + " of network \"" + network.getMetadata().getName()
                + "\" are taken. Widen that, delete members that are gone, or name an address outside in"
                + " spec.ipAssignments";
        conditions.yes(Condition.READY, "Authorized", mayBe + "; " + why);
        conditions.no(ADDRESS_ASSIGNED, "PoolFull", why);
    }

    private static boolean lacksAddress(HostedMember member) {
        return !member.noAutoAssignIps() && member.ipAssignments().stream().noneMatch(ip -> ip.indexOf(':') < 0);
    }

    /** Keeps what was written last when nothing but the time of the last request differs, and that only a little. */
    private static void seen(ZeroTierMemberStatus status, ZeroTierMemberStatus before, Optional<Sighting> sighting) {
        if (sighting.isEmpty()) {
            status.online = false;
            status.lastSeen = before.lastSeen;
            status.endpoint = before.endpoint;
            status.version = before.version;
            return;
        }
        Sighting s = sighting.get();
        status.online = s.online();
        status.endpoint = s.endpoint();
        status.version = s.version();
        boolean fresh = before.lastSeen != null && s.wallMs() - millis(before.lastSeen) < SEEN_EVERY_MS;
        status.lastSeen = fresh ? before.lastSeen : Conditions.timestamp(s.wallMs());
        if (s.online() && s.path() != null) {
            status.path = s.path().direct() ? "Direct" : "Relayed";
            Integer latencyMs = s.path().latencyMs() < 0 ? null : s.path().latencyMs();
            status.latencyMs = fresh && status.path.equals(before.path) ? before.latencyMs : latencyMs;
        }
    }

    private static List<String> addresses(HostedMember member, ZeroTierNetwork network) {
        List<String> all = new ArrayList<>();
        if (network.getSpec().ipv6 != null && !member.noAutoAssignIps()) {
            if (network.getSpec().ipv6.rfc4193) {
                all.add(InetCidr.of(
                                DerivedAddresses.rfc4193(member.networkId(), member.address()),
                                DerivedAddresses.RFC4193_PREFIX)
                        .toString());
            }
            if (network.getSpec().ipv6.sixPlane) {
                all.add(InetCidr.of(
                                DerivedAddresses.sixPlane(member.networkId(), member.address()),
                                DerivedAddresses.SIX_PLANE_PREFIX)
                        .toString());
            }
        }
        for (String ip : member.ipAssignments()) {
            all.add(ip + "/" + prefixLength(ip, network));
        }
        return List.copyOf(all);
    }

    private static int prefixLength(String ip, ZeroTierNetwork network) {
        if (ip.indexOf(':') >= 0) {
            return 128;
        }
        if (network.getSpec().ipv4 == null) {
            return 32;
        }
        Cidr4 route = Cidr4.parse(network.getSpec().ipv4.route);
        return IpText.address(ip).isPresent() && route.contains(Cidr4.parse(ip + "/32")) ? route.prefixLength() : 32;
    }

    private static long millis(String rfc3339) {
        try {
            return Instant.parse(rfc3339).toEpochMilli();
        } catch (java.time.format.DateTimeParseException e) {
            return 0;
        }
    }
}
