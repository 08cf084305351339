package io.wirecloset.operator.member;

import static io.wirecloset.operator.Samples.CONTROLLER;
import static io.wirecloset.operator.Samples.NAMESPACE;
import static io.wirecloset.operator.Samples.NOW_MS;
import static io.wirecloset.operator.Samples.identity;
import static io.wirecloset.operator.Samples.member;
import static io.wirecloset.operator.Samples.network;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.crds.Condition;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.crds.ZeroTierMemberSpec;
import io.wirecloset.crds.ZeroTierMemberStatus;
import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkSpec.MemberGrant;
import io.wirecloset.crds.ZeroTierNetworkSpec.TagGrant;
import io.wirecloset.operator.host.HostedMember;
import io.wirecloset.operator.host.HostedNetwork;
import io.wirecloset.operator.host.Sighting;
import io.wirecloset.operator.member.MemberPlan.Decision;
import io.wirecloset.operator.network.NetworkPlan;
import io.wirecloset.operator.network.PoolUse;
import io.wirecloset.operator.network.TakenRanges;
import io.wirecloset.operator.status.Refusal;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemberPlanTest {
    private static final long ID = 0x8056c2e21c000001L;
    private static final String RULES = """
            tag department id 1000 enum 1 sales enum 2 it default sales ;
            cap ssh id 5 accept ipprotocol tcp dport 22; ;
            cap web id 6 default accept ipprotocol tcp dport 80; ;
            break ipprotocol tcp;
            accept;
            """;

    private final MemberPlan plan = new MemberPlan(NAMESPACE);
    private final ZeroTierNetwork network = network("pods");

    @BeforeEach
    void givenAnId() {
        network.getSpec().networkId = NetworkIds.format(ID);
    }

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
        assertThat(plan.decide(member, Optional.empty(), Optional.empty(), List.of()))
                .isInstanceOfSatisfying(
                        Decision.Refuse.class, r -> assertThat(r.why().reason()).isEqualTo("NetworkNotFound"));
        assertThat(plan.decide(member, Optional.of(network), Optional.empty(), List.of()))
                .isInstanceOfSatisfying(
                        Decision.Refuse.class, r -> assertThat(r.why().reason()).isEqualTo("NetworkNotReady"));
    }

    @Test
    void aNamespaceHasToBeAllowed() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getMetadata().setNamespace("team-a");
        assertThat(refuse(member)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("NamespaceNotAllowed");
            assertThat(r.message()).contains("team-a").contains("spec.access.members");
        });
        grantTo("team-a");
        accept(member);
        network.getSpec().access.members.clear();
        grantTo("*");
        accept(member);
    }

    @Test
    void aNamespaceMayAskForWhatItWasGrantedAndNoMore() {
        network.getSpec().rules = RULES;
        MemberGrant grant = grantTo("team-a");
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getMetadata().setNamespace("team-a");

        member.getSpec().bridge = true;
        assertThat(refuse(member).reason()).isEqualTo("BridgeNotAllowed");
        grant.bridge = true;
        assertThat(accept(member).bridge()).isTrue();

        member.getSpec().tags = List.of(new ZeroTierMemberSpec.Tag("department", "it"));
        assertThat(refuse(member)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("TagNotAllowed");
            assertThat(r.message()).contains("department=it").contains("spec.access.members");
        });
        TagGrant tag = new TagGrant();
        tag.name = "department";
        tag.values = List.of("sales");
        grant.tags.add(tag);
        assertThat(refuse(member).reason()).isEqualTo("TagNotAllowed");
        tag.values = List.of("sales", "it");
        accept(member);
        tag.values = List.of();
        accept(member);

        member.getSpec().capabilities = List.of("ssh");
        assertThat(refuse(member).reason()).isEqualTo("CapabilityNotAllowed");
        grant.capabilities = List.of("ssh");
        accept(member);

        member.getSpec().ipAssignments = List.of("10.80.0.9", "10.80.7.9");
        assertThat(refuse(member)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("AddressNotAllowed");
            assertThat(r.message()).contains("10.80.7.9");
        });
        grant.addresses = List.of("10.80.7.0/24");
        accept(member);
    }

    @Test
    void anEntryOfItsOwnCountsAloneForANamespace() {
        grantTo("*").bridge = true;
        grantTo("team-a");
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getSpec().bridge = true;
        member.getMetadata().setNamespace("team-a");
        assertThat(refuse(member).reason()).isEqualTo("BridgeNotAllowed");
        member.getMetadata().setNamespace("team-b");
        accept(member);
    }

    @Test
    void theRangeOfTheNodesPodsIsNobodys() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getSpec().ipAssignments = List.of("10.80.128.5");
        assertThat(refuse(member).reason()).isEqualTo("IpInNodeBlocks");
    }

    @Test
    void tagsAndCapabilitiesAreThoseOfTheRulesWithTheirDefaults() {
        network.getSpec().rules = RULES;
        ZeroTierMember member = member("m", "pods", "1122334455");
        assertThat(accept(member).tags()).isEqualTo(Map.of(1000L, 1L));
        assertThat(accept(member).capabilities()).containsExactly(6L);

        member.getSpec().tags = List.of(new ZeroTierMemberSpec.Tag("Department", "it"));
        member.getSpec().capabilities = List.of("ssh");
        assertThat(accept(member).tags()).isEqualTo(Map.of(1000L, 2L));
        assertThat(accept(member).capabilities()).containsExactly(5L, 6L);
        ZeroTierMemberStatus status = status(member, Optional.empty());
        assertThat(status.tags).containsExactly("department=it");
        assertThat(status.capabilities).containsExactly("ssh", "web");

        member.getSpec().tags = List.of(new ZeroTierMemberSpec.Tag("department", "kitchen"));
        assertThat(refuse(member)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("BadTagValue");
            assertThat(r.message()).contains("kitchen").contains("sales, it");
        });
    }

    @Test
    void aNameThatTheRulesDoNotDefineIsToldAndChangesNothing() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.getSpec().tags = List.of(new ZeroTierMemberSpec.Tag("department", "it"));
        assertThat(accept(member).tags()).isEmpty();
        assertThat(status(member, Optional.empty()).conditions)
                .anyMatch(c -> c.type.equals("ResolvedRefs")
                        && c.reason.equals("UnknownName")
                        && c.message.contains("no tag \"department\""));
    }

    private MemberGrant grantTo(String namespace) {
        MemberGrant grant = new MemberGrant();
        grant.namespace = namespace;
        network.getSpec().access.members.add(grant);
        return grant;
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
    void whoMayNotBeOnTheNetworkTakesNothingFromAnybodyHoweverOld() {
        ZeroTierMember squatter = member("squatter", "pods", "1122334455");
        squatter.getMetadata().setNamespace("team-a");
        squatter.getSpec().ipAssignments = List.of("10.80.0.5");
        ZeroTierMember younger = member("younger", "pods", "1122334455");
        younger.getMetadata().setCreationTimestamp("2026-01-02T00:00:00Z");
        younger.getSpec().ipAssignments = List.of("10.80.0.5");
        accept(younger, squatter);

        grantTo("team-a");
        assertThat(refuse(younger, squatter).reason()).isEqualTo("Conflict");
    }

    @Test
    void nobodyTakesTheAddressOfANode() {
        ZeroTierMember older = member("older", "pods", "1122334455");
        older.getMetadata().setNamespace("team-a");
        grantTo("team-a");
        ZeroTierMember node = member("pods-1122334455", "pods", "1122334455");
        node.getMetadata().setCreationTimestamp("2026-01-02T00:00:00Z");
        node.getMetadata().setLabels(Map.of(Wirecloset.LABEL_NODE, "n1"));
        accept(node, older);
        assertThat(refuse(older, node)).satisfies(r -> {
            assertThat(r.reason()).isEqualTo("Conflict");
            assertThat(r.message()).contains(NAMESPACE + "/pods-1122334455", "the one of a node: delete this");
        });

        // The label says something in the operator's namespace alone.
        older.getMetadata().setLabels(Map.of(Wirecloset.LABEL_NODE, "n1"));
        accept(node, older);
    }

    @Test
    void aMemberThatFindsThePoolFullSaysSoItself() {
        network.getSpec().ipv4.members = "10.80.0.4/30";
        ZeroTierMember first = member("first", "pods", "1122334455");
        first.getSpec().ipAssignments = List.of("10.80.0.5", "10.80.0.6");
        ZeroTierMember late = member("late", "pods", "1122334456");
        assertThat(conditions(late)).extracting(c -> c.type).containsExactly("Ready");
        assertThat(conditions(late, first))
                .satisfiesExactly(
                        ready -> assertThat(ready.message).contains("10.80.0.4/30", "\"pods\"", "Widen"), address -> {
                            assertThat(address.type + address.status + address.reason)
                                    .isEqualTo("AddressAssignedFalsePoolFull");
                            assertThat(address.message).contains("all 2 of spec.ipv4.members 10.80.0.4/30");
                        });
        assertThat(conditions(first, late)).extracting(c -> c.type).containsExactly("Ready");
        late.getSpec().noAutoAssignIps = true;
        assertThat(conditions(late, first)).extracting(c -> c.type).containsExactly("Ready");
    }

    private List<Condition> conditions(ZeroTierMember member, ZeroTierMember... others) {
        List<ZeroTierMember> all = new ArrayList<>(List.of(others));
        all.add(member);
        return MemberReport.status(
                        member,
                        decide(member, others),
                        Optional.of(network),
                        PoolUse.of(network, all),
                        Optional.empty(),
                        NOW_MS)
                .conditions;
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
    void thePathIsToldWhenItChangesAndTheLatencyWithTheRequest() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.setStatus(status(member, seen(0, new Sighting.Path(false, 120))));
        assertThat(member.getStatus().path).isEqualTo("Relayed");
        assertThat(member.getStatus().latencyMs).isEqualTo(120);

        ZeroTierMemberStatus soon = status(member, seen(30_000, new Sighting.Path(false, 90)));
        assertThat(soon.latencyMs).isEqualTo(120);
        ZeroTierMemberStatus direct = status(member, seen(30_000, new Sighting.Path(true, 9)));
        assertThat(direct.path).isEqualTo("Direct");
        assertThat(direct.latencyMs).isEqualTo(9);
        ZeroTierMemberStatus later = status(member, seen(60_000, new Sighting.Path(false, -1)));
        assertThat(later.latencyMs).isNull();
    }

    private static Optional<Sighting> seen(long afterMs, Sighting.Path path) {
        return Optional.of(new Sighting(NOW_MS + afterMs, true, "192.0.2.7/9993", "1.14.1", path));
    }

    @Test
    void aConditionKeepsItsTimeWhileItsStatusStays() {
        ZeroTierMember member = member("m", "pods", "1122334455");
        member.setStatus(status(member, Optional.empty()));
        String since = member.getStatus().conditions.getFirst().lastTransitionTime;
        ZeroTierMemberStatus later = MemberReport.status(
                member, decide(member), Optional.of(network), Optional.empty(), Optional.empty(), NOW_MS + 3_600_000);
        assertThat(later.conditions.getFirst().lastTransitionTime).isEqualTo(since);
    }

    private ZeroTierMemberStatus status(ZeroTierMember member, Optional<Sighting> sighting) {
        return MemberReport.status(
                member, decide(member), Optional.of(network), PoolUse.of(network, List.of(member)), sighting, NOW_MS);
    }

    private Decision decide(ZeroTierMember member, ZeroTierMember... others) {
        return plan.decide(member, Optional.of(network), Optional.of(served()), List.of(others));
    }

    private HostedNetwork served() {
        return ((NetworkPlan.Decision.Serve) new NetworkPlan(CONTROLLER).decide(network, List.of(), TakenRanges.NONE))
                .network();
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
