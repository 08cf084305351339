package io.wirecloset.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.controller.ControllerRig.Said;
import io.wirecloset.controller.model.AuthTokens;
import io.wirecloset.controller.model.Authorization;
import io.wirecloset.controller.model.CapabilityDefinition;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.RemoteTrace;
import io.wirecloset.controller.model.TagDefinition;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.credential.Verdict;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What rules look at, and how somebody is let in: tags, capabilities, tokens, remote trace. */
class CredentialsTest {
    private static final RuleTable DROP = RuleTable.of(List.of(Rule.DROP));
    private static final NetworkSpec RULED = NetworkSpec.builder()
            .isPrivate(false)
            .rules(DROP)
            .capabilities(List.of(
                    new CapabilityDefinition(20, true, RuleTable.ACCEPT),
                    new CapabilityDefinition(10, false, DROP),
                    new CapabilityDefinition(0xffff_ffffL, true, RuleTable.EMPTY)))
            .tags(List.of(
                    new TagDefinition(9, OptionalLong.of(0)),
                    new TagDefinition(7, OptionalLong.of(0xffff_ffffL)),
                    new TagDefinition(8, OptionalLong.empty())))
            .build();

    private final ControllerRig rig = new ControllerRig();

    // Controller checklist 23, 24
    @Test
    void whoAdmitsItselfGetsDefaultsAndTheyAreKeptWithIt() {
        rig.network(RULED);
        rig.ask(ControllerRig.ALICE);
        NetworkConfig config = rig.onlyConfig();
        assertThat(config.rules()).isEqualTo(DROP);
        assertThat(config.tags().stream().map(tag -> tag.id() + "=" + tag.value()))
                .containsExactly("7=4294967295", "9=0");
        assertThat(config.capabilities().stream().map(Capability::id)).containsExactly(20L, 4_294_967_295L);
        assertThat(config.capabilities().getFirst().rules()).isEqualTo(RuleTable.ACCEPT);
        assertThat(config.capabilities().getFirst().maxCustodyLength()).isEqualTo(1);
        Member kept = rig.stored().members().getFirst();
        assertThat(kept.spec().tags()).isEqualTo(Map.of(7L, 4_294_967_295L, 9L, 0L));
        assertThat(kept.spec().capabilities()).containsExactly(20L, 4_294_967_295L);
        assertThat(kept.revision()).as("one change, whatever it consists of").isEqualTo(1);
        assertAllSignedNow(config);
    }

    private static void assertAllSignedNow(NetworkConfig config) {
        List<Credential> all = new ArrayList<>(config.tags());
        all.addAll(config.capabilities());
        for (Credential one : all) {
            assertThat(one.timestamp()).isEqualTo(config.timestamp());
            assertThat(one.issuedTo()).isEqualTo(config.issuedTo());
            assertThat(one.verify(address -> ControllerRig.CONTROLLER)).isEqualTo(Verdict.OK);
        }
    }

    // Controller checklist 24
    @Test
    void whoWasAuthorizedByHandGetsDefaultTagsButNoCapabilities() {
        rig.network(RULED);
        rig.member(ControllerRig.ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ControllerRig.ALICE);
        NetworkConfig config = rig.onlyConfig();
        assertThat(config.capabilities()).isEmpty();
        assertThat(config.tags()).hasSize(2);
    }

    // Controller checklist 23
    @Test
    void aValueOfItsOwnTakesThePlaceOfTheDefaultAndUndefinedCapabilitiesMeanNothing() {
        rig.network(RULED);
        MemberSpec own = MemberSpec.AUTHORIZED
                .with()
                .tags(Map.of(7L, 1L, 200L, 3L))
                .capabilities(List.of(99L, 10L))
                .build();
        rig.member(ControllerRig.ALICE, own);
        rig.ask(ControllerRig.ALICE);
        NetworkConfig config = rig.onlyConfig();
        assertThat(config.tags().stream().map(tag -> tag.id() + "=" + tag.value()))
                .containsExactly("7=1", "9=0", "200=3");
        assertThat(config.capabilities().stream().map(Capability::id)).containsExactly(10L);
        assertThat(rig.stored().members().getFirst().spec().capabilities()).containsExactly(10L, 99L);
    }

    @Test
    void anotherDefaultLaterDoesNotChangeWhatAMemberHas() {
        rig.network(RULED);
        rig.ask(ControllerRig.ALICE);
        rig.heard();
        rig.network(RULED.with()
                .tags(List.of(
                        new TagDefinition(7, OptionalLong.of(5)),
                        new TagDefinition(11, OptionalLong.of(6)),
                        new TagDefinition(9, OptionalLong.empty())))
                .build());
        assertThat(rig.onlyConfig().tags().stream().map(tag -> tag.id() + "=" + tag.value()))
                .as("pushed at once, with the tag that is new")
                .containsExactly("7=4294967295", "9=0", "11=6");
    }

    // Controller checklist 25
    @Test
    void whoDoesNotEvaluateRulesIsToldToAcceptAndGetsNothingRulesLookAt() {
        rig.network(RULED);
        rig.advance(2_000);
        rig.askNow(ControllerRig.NETWORK, ControllerRig.ALICE, metadata("revr=0"));
        NetworkConfig config = rig.onlyConfig();
        assertThat(config.rules()).isEqualTo(RuleTable.ACCEPT);
        assertThat(config.tags()).isEmpty();
        assertThat(config.capabilities()).isEmpty();
        assertThat(rig.stored().members().getFirst().spec().tags()).isEmpty();
    }

    @Test
    void noDefaultIsSignedBeforeItIsStored() {
        rig.network(RULED);
        rig.member(ControllerRig.ALICE, MemberSpec.AUTHORIZED.withIdentity(ControllerRig.ALICE));
        rig.store.mood(MemoryStore.Mood.LATE);
        rig.ask(ControllerRig.ALICE);
        assertThat(rig.heard()).isEmpty();
        while (rig.store.release()) {
            rig.poll();
        }
        assertThat(rig.onlyConfig().tags()).hasSize(2);
    }

    @Test
    void aTurnSignsSoMuchAndTheRestWaitsForTheNext() {
        rig.network(RULED);
        List<Identity> members = IntStream.range(0, 20)
                .mapToObj(i -> Identity.of(0x1000000000L + i, ControllerRig.ALICE.publicKey(), null))
                .toList();
        members.forEach(member -> rig.askNow(ControllerRig.NETWORK, member, metadata("revr=1")));
        rig.heard();
        Map<Long, Long> tags = new HashMap<>();
        LongStream.range(0, 50).forEach(id -> tags.put(id, id));
        List<TagDefinition> definitions = tags.keySet().stream()
                .map(id -> new TagDefinition(id, OptionalLong.of(id)))
                .toList();
        rig.controller.putNetwork(
                ControllerRig.NETWORK, RULED.with().tags(definitions).build(), rig.failing());
        int turns = 0;
        while (rig.controller.poll(rig.nowMs, rig.wallMs()) <= rig.nowMs) {
            assertThat(rig.heard()).as("three of 53 signatures each").hasSizeLessThanOrEqualTo(3);
            turns++;
        }
        assertThat(turns).isBetween(6, 7);
    }

    @Test
    void afterAnOutageOfTheStoreWhoWaitedIsServedTurnByTurn() {
        rig.network(RULED);
        List<Identity> members = IntStream.range(0, 3 * Limits.WAITING_SIGNED_PER_TURN)
                .mapToObj(i -> Identity.of(0x1000000000L + i, ControllerRig.ALICE.publicKey(), null))
                .toList();
        members.forEach(member -> rig.askNow(ControllerRig.NETWORK, member, metadata("revr=1")));
        rig.store.mood(MemoryStore.Mood.LATE);
        rig.advance(10 * Timing.CLOCK_RESERVE_MS);
        members.forEach(member -> rig.askNow(ControllerRig.NETWORK, member, metadata("revr=1")));
        rig.heard();
        rig.store.mood(MemoryStore.Mood.PROMPT);
        assertThat(rig.store.release()).isTrue();
        int served = rig.heard().size();
        while (rig.controller.poll(rig.nowMs, rig.wallMs()) <= rig.nowMs) {
            int now = rig.heard().size();
            assertThat(now).isLessThanOrEqualTo(Limits.WAITING_SIGNED_PER_TURN);
            served += now;
        }
        assertThat(served + rig.heard().size()).isEqualTo(members.size());
    }

    // Controller checklist 15
    @ParameterizedTest
    @CsvSource({
        "a=token:forever, true",
        "a=token:soon, true",
        "a=token:past, false",
        "a=token:now, false",
        "a=forever, false",
        "a=token:, false",
        "a=token:unknown, false",
        "a=Token:forever, false",
        "b=token:forever, false"
    })
    void aTokenLetsInWhoShowsIt(String metadata, boolean admitted) {
        rig.advance(2_000);
        rig.network(NetworkSpec.builder()
                .tokens(AuthTokens.of(
                        Map.of("forever", 0L, "soon", rig.wallMs() + 1, "past", 1_000L, "now", rig.wallMs())))
                .build());
        rig.askNow(ControllerRig.NETWORK, ControllerRig.ALICE, metadata(metadata));
        assertThat(rig.heard().getFirst() instanceof Said.Config).isEqualTo(admitted);
        assertThat(rig.stored().members()).hasSize(admitted ? 1 : 0);
        if (admitted) {
            String token = metadata.substring("a=token:".length());
            assertThat(rig.stored().members().getFirst().lastAuthorization())
                    .isEqualTo(Authorization.byToken(rig.wallMs(), token));
        }
    }

    // Controller checklist 15
    @Test
    void aTokenLetsInAgainWhoWasPutOut() {
        rig.network(NetworkSpec.builder().tokens(AuthTokens.of(Map.of("t", 0L))).build());
        rig.member(ControllerRig.ALICE, MemberSpec.AUTHORIZED.withAuthorized(false));
        rig.advance(2_000);
        rig.askNow(ControllerRig.NETWORK, ControllerRig.ALICE, metadata("a=token:t"));
        assertThat(rig.onlyConfig().issuedTo()).isEqualTo(ControllerRig.ALICE.address());
        assertThat(rig.stored().members().getFirst().lastAuthorization().by()).isEqualTo(Authorization.By.TOKEN);
    }

    @Test
    void tokensAreNotShownInText() {
        NetworkSpec spec =
                NetworkSpec.builder().tokens(AuthTokens.of(Map.of("hush", 0L))).build();
        assertThat(spec.toString()).doesNotContain("hush");
        assertThat(Authorization.byToken(5, "hush").toString()).doesNotContain("hush");
        assertThat(Member.create(1, 2, MemberSpec.AUTHORIZED, 3, Authorization.byToken(5, "hush"))
                        .toString())
                .doesNotContain("hush");
    }

    // Controller checklist 33
    @Test
    void remoteTraceIsTheMembersOrElseTheNetworks() {
        rig.network(NetworkSpec.builder()
                .isPrivate(false)
                .remoteTrace(new RemoteTrace("1122334455", 15))
                .build());
        rig.ask(ControllerRig.ALICE);
        NetworkConfig config = rig.onlyConfig();
        assertThat(config.remoteTraceTarget()).isEqualTo(0x1122334455L);
        assertThat(config.remoteTraceLevel()).isEqualTo(15);
        rig.member(
                ControllerRig.ALICE,
                MemberSpec.AUTHORIZED
                        .with()
                        .remoteTrace(new RemoteTrace("66778899aa", 20))
                        .build());
        NetworkConfig own = rig.onlyConfig();
        assertThat(own.remoteTraceTarget()).isEqualTo(0x66778899aaL);
        assertThat(own.remoteTraceLevel()).isEqualTo(20);
        rig.network(NetworkSpec.builder()
                .isPrivate(false)
                .remoteTrace(new RemoteTrace("no address", 15))
                .build());
        rig.member(ControllerRig.ALICE, MemberSpec.AUTHORIZED);
        assertThat(((Said.Config) rig.heard().getLast()).config().remoteTraceTarget())
                .isZero();
    }

    @Test
    void theLargestConfigurationThereIsCanBeSent() {
        RuleTable widest = RuleTable.of(Collections.nCopies(
                io.wirecloset.vl2.wire.Limits.RULES_PER_CAPABILITY,
                Rule.of(RuleType.INTEGER_RANGE, false, false, new byte[RuleType.dataBytes(RuleType.INTEGER_RANGE)])));
        Map<Long, Long> tags = new HashMap<>();
        LongStream.range(0, Limits.MEMBER_TAGS).forEach(id -> tags.put(id, 0L));
        rig.network(RULED.with()
                .rules(RuleTable.of(Collections.nCopies(
                        io.wirecloset.vl2.wire.Limits.BASE_RULES, widest.rules().getFirst())))
                .capabilities(LongStream.range(0, Limits.CAPABILITY_DEFINITIONS)
                        .mapToObj(id -> new CapabilityDefinition(id, true, widest))
                        .toList())
                .routes(IntStream.range(0, io.wirecloset.vl2.wire.Limits.ROUTES)
                        .mapToObj(i -> Route.onLink(InetCidr.parse("::" + Integer.toHexString(i) + "/128")))
                        .toList())
                .build());
        rig.member(
                ControllerRig.ALICE,
                MemberSpec.AUTHORIZED
                        .with()
                        .tags(tags)
                        .capabilities(tags.keySet())
                        .build());
        rig.ask(ControllerRig.ALICE);
        NetworkConfig config = rig.onlyConfig();
        assertThat(config.capabilities()).hasSize(io.wirecloset.vl2.wire.Limits.CAPABILITIES);
        assertThat(config.tags()).hasSize(io.wirecloset.vl2.wire.Limits.TAGS);
        assertThat(config.tags().stream().mapToLong(Tag::id).max()).hasValue(io.wirecloset.vl2.wire.Limits.TAGS - 1L);
    }

    /** A node that evaluates rules, unless said otherwise behind it. */
    private static Dictionary metadata(String more) {
        String all = "pv=c\nmajv=1\nminv=e\nrevv=1\n" + (more.startsWith("revr") ? "" : "revr=1\n") + more;
        return Dictionary.read(all.getBytes(StandardCharsets.ISO_8859_1));
    }
}
