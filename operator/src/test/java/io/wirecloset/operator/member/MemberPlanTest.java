package io.wirecloset.operator.member;

import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.NOW_MS;
import static io.wirecloset.operator.Samples.identity;
import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberStatus;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.operator.host.HostedMember;
import io.wirecloset.operator.host.Sighting;
import io.wirecloset.operator.member.MemberPlan.Decision;
import io.wirecloset.operator.status.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MemberPlanTest {
    private static final long ID = 0x8056c2e21c000001L;

    private final MemberPlan plan = new MemberPlan(NAMESPACE);
    private final ZeroTierNetwork network = network("pods");

    @Test
    void aMemberIsAdmittedByAddress() {
        HostedMember hosted = accept(member("laptop", "pods", "1122334455"));
        assertThat(hosted.address()).isEqualTo(0x1122334455L);
        assertThat(hosted.networkId()).isEqualTo(ID);
        assertThat(hosted.authorized()).isTrue();
        assertThat(hosted.identity()).isNull();
    }

    @Test
    void aMemberIsAdmittedByFullIdentity() {
        ZeroTierMember member = member("laptop", "pods", null);
        member.getSpec().identity = identity("1122334455");
        assertThat(accept(member).identity()).isEqualTo(identity("1122334455"));
        assertThat(accept(member).address()).isEqualTo(0x1122334455L);
    }

    @Test
    void addressAndIdentityHaveToAgree() {
        ZeroTierMember member = member("laptop", "pods", "1122334456");
        member.getSpec().identity = identity("1122334455");
        assertThat(refuse(member).reason()).isEqualTo("BadAddress");
    }

    @Test
    void wrongAddressesAreRefused() {
        assertThat(refuse(member("m", "pods", null)).reason()).isEqualTo("BadAddress");
        assertThat(refuse(member("m", "pods", "112233445")).reason()).isEqualTo("BadAddress");
        assertThat(refuse(member("m", "pods", "ff22334455")).reason()).isEqualTo("BadAddress");
        ZeroTierMember cut = member("m", "pods", null);
        cut.getSpec().identity = "1122334455:0:ab";
        assertThat(refuse(cut).reason()).isEqualTo("BadAddress");
    }

    @Test
    void theNetworkHasToExistAndBeServed() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        assertThat(plan.decide(member, Optional.empty(), OptionalLong.empty(), List.of()))
                .isInstanceOfSatisfying(
                        Decision.Refuse.class, r -> assertThat(r.why().reason()).isEqualTo("NetworkNotFound"));
        assertThat(plan.decide(member, Optional.of(network), OptionalLong.empty(), List.of()))
                .isInstanceOfSatisfying(
                        Decision.Refuse.class, r -> assertThat(r.why().reason()).isEqualTo("NetworkNotReady"));
    }

    @Test
    void aNamespaceHasToBeAllowed() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getMetadata().setNamespace("team-a");
        assertThat(refuse(member)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("NamespaceNotAllowed");
            assertThat(r.message()).contains("team-a").contains("spec.access.memberNamespaces");
        });
        network.getSpec().access.memberNamespaces = List.of("team-a");
        accept(member);
        network.getSpec().access.memberNamespaces = List.of("*");
        accept(member);
    }

    @Test
    void theOldestOfTwoWithOneAddressWins() {
        ZeroTierMember older = member("older", "pods", "1122334455");
        ZeroTierMember younger = member("a-younger", "pods", "1122334455");
        younger.getMetadata().setCreationTimestamp("2026-01-02T00:00:00Z");
        accept(older, younger);
        assertThat(refuse(younger, older)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("Conflict");
            assertThat(r.message()).contains(NAMESPACE + "/older");
        });
    }

    @Test
    void theSameDeviceMayBeOnTwoNetworks() {
        accept(member("m", "pods", "1122334455"), member("n", "other", "1122334455"));
    }

    @Test
    void oneAddressIsNotGivenTwice() {
        ZeroTierMember older = member("older", "pods", "1122334455");
        older.getSpec().ipAssignments = List.of("10.80.0.5");
        ZeroTierMember younger = member("younger", "pods", "1122334456");
        younger.getMetadata().setCreationTimestamp("2026-01-02T00:00:00Z");
        younger.getSpec().ipAssignments = List.of("10.80.0.5");
        assertThat(accept(older, younger).ipAssignments()).containsExactly("10.80.0.5");
        assertThat(refuse(younger, older).reason()).isEqualTo("IpConflict");
    }

    @Test
    void whatIsNoAddressIsRefused() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getSpec().ipAssignments = List.of("10.80.0.5/24");
        assertThat(refuse(member).reason()).isEqualTo("BadIp");
    }

    @Test
    void theStatusTellsMacAndAllAddresses() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getSpec().ipAssignments = List.of("10.80.0.5");
        ZeroTierMemberStatus status = status(member, Optional.empty());
        assertThat(status.networkId).isEqualTo("8056c2e21c000001");
        assertThat(status.mac).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
        assertThat(status.addresses).hasSize(2).contains("10.80.0.5/16").anyMatch(a -> a.endsWith("::1/40"));
        assertThat(status.online).isFalse();
        assertThat(status.conditions.getFirst().status).isEqualTo("True");
    }

    @Test
    void aLaterRequestAloneIsNotWorthAWriteForAMinute() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.setStatus(status(member, Optional.of(new Sighting(NOW_MS, true, "192.0.2.7/9993", "1.14.1"))));

        ZeroTierMemberStatus soon =
                status(member, Optional.of(new Sighting(NOW_MS + 30_000, true, "192.0.2.7/9993", "1.14.1")));
        assertThat(soon.lastSeen).isEqualTo(member.getStatus().lastSeen);

        ZeroTierMemberStatus later =
                status(member, Optional.of(new Sighting(NOW_MS + 60_000, true, "192.0.2.7/9993", "1.14.1")));
        assertThat(later.lastSeen).isNotEqualTo(member.getStatus().lastSeen);
    }

    @Test
    void aConditionKeepsItsTimeWhileItsStatusStays() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.setStatus(status(member, Optional.empty()));
        String since = member.getStatus().conditions.getFirst().lastTransitionTime;
        ZeroTierMemberStatus later =
                MemberReport.status(member, decide(member), Optional.of(network), Optional.empty(), NOW_MS + 3_600_000);
        assertThat(later.conditions.getFirst().lastTransitionTime).isEqualTo(since);
    }

    private ZeroTierMemberStatus status(ZeroTierMember member, Optional<Sighting> sighting) {
        return MemberReport.status(member, decide(member), Optional.of(network), sighting, NOW_MS);
    }

    private Decision decide(ZeroTierMember member, ZeroTierMember... others) {
        return plan.decide(member, Optional.of(network), OptionalLong.of(ID), List.of(others));
    }

    private HostedMember accept(ZeroTierMember member, ZeroTierMember... others) {
        Decision decision = decide(member, others);
        assertThat(decision).isInstanceOf(Decision.Accept.class);
        return ((Decision.Accept) decision).member();
    }

    private Refusal refuse(ZeroTierMember member, ZeroTierMember... others) {
        Decision decision = decide(member, others);
        assertThat(decision).isInstanceOf(Decision.Refuse.class);
        return ((Decision.Refuse) decision).why();
    }
}
