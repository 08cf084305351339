package io.wirecloset.controller;

import static io.wirecloset.controller.ControllerRig.ALICE;
import static io.wirecloset.controller.ControllerRig.BOB;
import static io.wirecloset.controller.ControllerRig.CONTROLLER;
import static io.wirecloset.controller.ControllerRig.NETWORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.controller.ControllerRig.Said;
import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.MemoryStore.Mood;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.credential.Verdict;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ControllerTest {
    private static final NetworkSpec PRIVATE = NetworkSpec.builder()
            .name("pods")
            .assignV4(true)
            .sixPlane(true)
            .routes(List.of(Route.onLink(InetCidr.parse("10.80.0.0/16"))))
            .pools(List.of(new AddressPool(IpAddress.parse("10.80.0.1"), IpAddress.parse("10.80.0.254"))))
            .build();

    private ControllerRig rig;

    @BeforeEach
    void aPrivateNetwork() {
        rig = new ControllerRig();
        rig.network(PRIVATE);
    }

    @Test
    void aStrangerIsRefusedAndRememberedButNeverStored() {
        long packet = rig.ask(ALICE);

        assertThat(rig.heard())
                .containsExactly(new Said.Refusal(ALICE.address(), packet, ErrorCode.NETWORK_ACCESS_DENIED));
        assertThat(rig.stored().members()).isEmpty();
        assertThat(rig.controller.strangers(NETWORK))
                .extracting(Stranger::identity)
                .containsExactly(ALICE);
        assertThat(rig.knocks).hasSize(1);
    }

    @Test
    void anAuthorizedStrangerIsPinnedAndGetsItsConfigurationWithoutAskingAgain() {
        rig.ask(ALICE);
        rig.heard();

        rig.controller.authorize(NETWORK, ALICE.address(), rig.failing());
        rig.poll();

        NetworkConfig config = rig.onlyConfig();
        assertThat(config.staticAddresses()).hasSize(2);
        assertThat(rig.stored().members().getFirst().identity()).isEqualTo(ALICE);
        assertThat(rig.controller.strangers(NETWORK)).isEmpty();
    }

    @Test
    @DisplayName("Controller checklist 22, 32: credentials carry the configuration's timestamp and verify")
    void whatIsSignedVerifies() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);

        NetworkConfig config = rig.onlyConfig();
        assertThat(config.membership().verify(a -> CONTROLLER)).isEqualTo(Verdict.OK);
        assertThat(config.membership().timestamp()).isEqualTo(config.timestamp());
        assertThat(config.membership().agreesWith(config.membership(), ALICE)).isTrue();
        assertThat(config.ownerships()).hasSize(1);
        assertThat(config.ownerships().getFirst().verify(a -> CONTROLLER)).isEqualTo(Verdict.OK);
        assertThat(config.ownerships().getFirst().id()).isEqualTo(1);
        config.staticAddresses().forEach(ip -> assertThat(
                        ip.isV4()
                                ? config.ownerships().getFirst().ownsIpv4(ip.ip(), 0)
                                : config.ownerships().getFirst().ownsIpv6(ip.ip(), 0))
                .isTrue());
    }

    @Test
    @DisplayName("Controller checklist 28: derived addresses switch NDP emulation on")
    void derivedAddressesSwitchNdpEmulationOn() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);

        assertThat(rig.onlyConfig().ndpEmulation()).isTrue();
    }

    @Test
    @DisplayName("Controller checklist 18: the first identity that proves to own the address is pinned")
    void anotherKeyUnderTheSameAddressIsRefused() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();

        Identity impostor = sameAddressOtherKey();
        long packet = rig.ask(impostor);

        assertThat(rig.heard())
                .containsExactly(new Said.Refusal(ALICE.address(), packet, ErrorCode.NETWORK_ACCESS_DENIED));
        assertThat(rig.stored().members().getFirst().identity()).isEqualTo(ALICE);
    }

    @Test
    void aMemberAdmittedByFullIdentityIsNobodyElse() {
        rig.member(ALICE, MemberSpec.AUTHORIZED.withIdentity(ALICE));

        rig.ask(sameAddressOtherKey());

        assertThat(rig.heard()).singleElement().isInstanceOf(Said.Refusal.class);
    }

    private static Identity sameAddressOtherKey() {
        return Identity.parse(
                ALICE.toPublicText().substring(0, 13) + HexFormat.of().formatHex(BOB.publicKey()));
    }

    @Test
    void theIdentityOfAnotherAddressIsNoIdentityOfThisMember() {
        rig.member(ALICE, MemberSpec.AUTHORIZED.withIdentity(BOB));

        assertThat(rig.failures).containsExactly("the identity belongs to another address");
    }

    @Test
    void nothingIsSignedBeforeTheAddressItStatesIsStored() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.member(BOB, MemberSpec.AUTHORIZED);
        rig.ask(BOB);
        rig.heard();
        rig.store.mood(Mood.LATE);

        rig.ask(ALICE);
        assertThat(rig.heard()).isEmpty();
        assertThat(rig.store.waiting()).isEqualTo(1);

        rig.store.release();
        rig.poll();
        assertThat(rig.onlyConfig().staticAddresses()).hasSize(2);
        assertThat(rig.stored().members())
                .allMatch(
                        member -> member.identity() != null && member.assigned().size() == 1);
    }

    @Test
    void whileTheStoreIsAwayMembersAreStillAnswered() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();
        rig.store.mood(Mood.FAILING);

        rig.ask(ALICE);

        assertThat(rig.onlyConfig().issuedTo()).isEqualTo(ALICE.address());
    }

    @Test
    void aFailedCommitLeavesEverythingAsItWas() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.store.mood(Mood.FAILING);
        rig.ask(ALICE);
        assertThat(rig.heard()).isEmpty();

        rig.store.mood(Mood.PROMPT);
        rig.advance(Timing.CLOCK_RETRY_MS);
        rig.ask(ALICE);
        assertThat(rig.onlyConfig().staticAddresses()).hasSize(2);
    }

    @Test
    void anAddressThatMayHaveBeenStoredIsNotGivenToAnother() {
        NetworkSpec tiny = PRIVATE.with()
                .pools(List.of(new AddressPool(IpAddress.parse("10.80.0.7"), IpAddress.parse("10.80.0.7"))))
                .build();
        rig.network(tiny);
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.member(BOB, MemberSpec.AUTHORIZED);
        // stored, but never confirmed
        rig.store.mood(Mood.SILENT);
        rig.ask(ALICE);
        rig.advance(Timing.COMMIT_TIMEOUT_MS);
        rig.store.mood(Mood.PROMPT);

        rig.ask(BOB);
        assertThat(rig.onlyConfig().staticAddresses()).hasSize(1);

        rig.ask(ALICE);
        assertThat(rig.onlyConfig().staticAddresses())
                .extracting(InetCidr::toString)
                .contains("10.80.0.7/16");
    }

    @Test
    void aLostCommitIsGivenUpAndTheNextRequestSucceeds() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.store.mood(Mood.LOSING);
        rig.ask(ALICE);
        rig.store.mood(Mood.PROMPT);
        rig.ask(ALICE);
        assertThat(rig.heard()).isEmpty();

        rig.advance(Timing.COMMIT_TIMEOUT_MS);
        rig.advance(Timing.CLOCK_RETRY_MS);
        rig.ask(ALICE);
        assertThat(rig.heard()).anyMatch(Said.Config.class::isInstance);
    }

    @Test
    void whoAsksAgainWhileBeingAdmittedIsAnsweredOnce() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.member(BOB, MemberSpec.AUTHORIZED);
        rig.ask(BOB);
        rig.heard();
        rig.store.mood(Mood.LATE);
        rig.ask(ALICE);
        long second = rig.ask(ALICE);

        rig.store.mood(Mood.PROMPT);
        rig.store.release();
        rig.poll();

        assertThat(rig.heard()).singleElement().isInstanceOfSatisfying(Said.Config.class, config -> assertThat(
                        config.inReplyTo())
                .isEqualTo(second));
    }

    @Test
    @DisplayName("Controller checklist 21: deauthorization revokes what was signed, for everybody who is there")
    void deauthorizationRevokesEverythingSignedBefore() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.member(BOB, MemberSpec.AUTHORIZED);
        rig.ask(BOB);
        rig.ask(ALICE);
        long signed =
                ((Said.Config) rig.heard().getLast()).config().membership().timestamp();

        rig.controller.deauthorize(NETWORK, ALICE.address(), rig.failing());
        rig.poll();

        List<Said> heard = rig.heard();
        assertThat(heard).extracting(Said::to).containsExactlyInAnyOrder(ALICE.address(), BOB.address());
        assertThat(heard).allSatisfy(one -> {
            var revocation = ((Said.Revoked) one).revocation();
            assertThat(revocation.verify(a -> CONTROLLER)).isEqualTo(Verdict.OK);
            assertThat(revocation.threshold()).isGreaterThan(signed);
            assertThat(revocation.issuedTo()).isEqualTo(ALICE.address());
        });

        rig.controller.authorize(NETWORK, ALICE.address(), rig.failing());
        rig.poll();
        assertThat(rig.onlyConfig().membership().timestamp())
                .isGreaterThan(((Said.Revoked) heard.getFirst()).revocation().threshold());
    }

    @Test
    void anotherIdentityInPlaceOfTheFirstRevokesTheFirst() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();

        rig.member(ALICE, MemberSpec.AUTHORIZED.withIdentity(sameAddressOtherKey()));

        assertThat(rig.heard()).anyMatch(Said.Revoked.class::isInstance);
    }

    @Test
    @DisplayName("Controller checklist 20: a change is pushed to members that are online, and only to them")
    void aChangeIsPushedToThoseWhoAreThere() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.member(BOB, MemberSpec.AUTHORIZED);
        rig.ask(BOB);
        rig.advance(Timing.ONLINE_MS);
        rig.ask(ALICE);
        rig.heard();

        rig.network(PRIVATE.with().mtu(1400).build());

        NetworkConfig pushed = rig.onlyConfig();
        assertThat(pushed.issuedTo()).isEqualTo(ALICE.address());
        assertThat(pushed.mtu()).isEqualTo(1400);
        assertThat(pushed.revision()).isEqualTo(2);
    }

    @Test
    void writingTheSameAgainStoresAndPushesNothing() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();
        int changes = rig.store.log().size();

        rig.network(PRIVATE);
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);

        assertThat(rig.store.log()).hasSize(changes);
        assertThat(rig.heard()).hasSize(1);
    }

    @Test
    void anAddressGivenByHandTakesThePlaceOfTheAssignedOne() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();

        rig.member(ALICE, new MemberSpec(null, true, false, false, List.of(IpAddress.parse("10.80.9.9"))));

        assertThat(rig.onlyConfig().staticAddresses())
                .extracting(InetCidr::toString)
                .contains("10.80.9.9/16")
                .hasSize(2);
    }

    @Test
    void aLateWriteOfTheOldWishDoesNotTakeAnAssignedAddressAway() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        List<InetCidr> before = rig.onlyConfig().staticAddresses();

        rig.member(ALICE, MemberSpec.AUTHORIZED);

        assertThat(rig.controller.member(NETWORK, ALICE.address()).addresses()).isEqualTo(before);
    }

    @Test
    @DisplayName("reliability F20: timestamps never go back, neither with the wall clock nor with a new leader")
    void timestampsNeverGoBack() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        long first = rig.onlyConfig().timestamp();

        rig.wallAheadMs -= 600_000;
        rig.poll();
        rig.ask(ALICE);
        long second = rig.onlyConfig().timestamp();
        assertThat(second).isGreaterThan(first);

        ControllerRig next = rig.restarted();
        next.ask(ALICE);
        long third = next.onlyConfig().timestamp();
        assertThat(third).isGreaterThan(second);
        assertThat(third - first).isLessThan(Timing.CREDENTIAL_WINDOW_MIN_MS / 2);
    }

    @Test
    void noTimestampIsSignedAboveTheStoredMark() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        for (int i = 0; i < 300; i++) {
            rig.ask(ALICE);
            long signed = rig.onlyConfig().timestamp();
            assertThat(signed).isLessThanOrEqualTo(rig.stored().reservedUntilMs());
        }
        long reservations = rig.store.log().stream()
                .filter(Change.ReserveTimestamps.class::isInstance)
                .count();
        assertThat(reservations).isLessThan(30);
    }

    @Test
    void aStoreThatIsDownIsNotPressedByRequests() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();
        rig.store.mood(Mood.FAILING);
        rig.advance(10 * Timing.CLOCK_RESERVE_MS);

        rig.ask(ALICE);
        assertThat(rig.heard()).isEmpty();

        rig.store.mood(Mood.PROMPT);
        rig.advance(Timing.CLOCK_RETRY_MS);
        assertThat(rig.heard()).anyMatch(Said.Config.class::isInstance);
    }

    @Test
    @DisplayName("Controller checklist 17: one request per second is answered")
    void oneRequestPerSecondIsAnswered() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.heard();
        var metadata = RequestMetadata.of(12, 1, 14, 1, "test");

        rig.nowMs += 1_000;
        rig.askNow(NETWORK, ALICE, metadata);
        assertThat(rig.heard()).isEmpty();

        rig.nowMs += 1;
        rig.askNow(NETWORK, ALICE, metadata);
        assertThat(rig.heard()).hasSize(1);
    }

    @Test
    void strangersAreBoundedAndTheEldestGoFirst() {
        for (int i = 0; i < Limits.STRANGERS_PER_NETWORK + 10; i++) {
            rig.ask(stranger(i));
        }

        assertThat(rig.controller.strangers(NETWORK)).hasSize(Limits.STRANGERS_PER_NETWORK);
        assertThat(rig.controller.strangers(NETWORK).getFirst().address())
                .isEqualTo(stranger(Limits.STRANGERS_PER_NETWORK + 9).address());
        assertThat(rig.controller.strangers(NETWORK))
                .noneMatch(one -> one.address() == stranger(9).address());
        assertThat(rig.stored().members()).isEmpty();
    }

    private static Identity stranger(int i) {
        return Identity.parse(
                String.format("%010x", 0x1000000000L + i) + ALICE.toPublicText().substring(10));
    }

    @Test
    void aRestartFindsNetworksMembersAndAddresses() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        NetworkConfig before = rig.onlyConfig();

        ControllerRig next = rig.restarted();
        next.ask(ALICE);

        NetworkConfig after = next.onlyConfig();
        assertThat(after.staticAddresses()).isEqualTo(before.staticAddresses());
        assertThat(after.revision()).isEqualTo(before.revision());
        assertThat(next.stored().members()).hasSize(1);
    }

    @Test
    void theStatusShowsWhoIsThere() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);
        rig.ask(BOB);

        MemberView alice = rig.controller.member(NETWORK, ALICE.address());
        assertThat(alice.online()).isTrue();
        assertThat(alice.path()).isEqualTo(ControllerRig.HOME);
        assertThat(alice.info()).isEqualTo(new MemberInfo(12, 1, 14, 1, 1));
        assertThat(alice.info().version()).isEqualTo("1.14.1");
        NetworkView network = rig.controller.network(NETWORK);
        assertThat(network.members()).isEqualTo(1);
        assertThat(network.online()).isEqualTo(1);
        assertThat(network.strangers()).isEqualTo(1);

        rig.advance(Timing.ONLINE_MS);
        assertThat(rig.controller.member(NETWORK, ALICE.address()).online()).isFalse();
    }

    @Test
    @DisplayName("Controller checklist 37: multicast is served for members configured recently")
    void multicastIsServedForMembersConfiguredRecently() {
        rig.member(ALICE, MemberSpec.AUTHORIZED);
        rig.ask(ALICE);

        assertThat(rig.controller.authorizedRecently(NETWORK, ALICE.address(), rig.nowMs + 180_000))
                .isTrue();
        assertThat(rig.controller.authorizedRecently(NETWORK, ALICE.address(), rig.nowMs + 180_001))
                .isFalse();
        assertThat(rig.controller.authorizedRecently(NETWORK, BOB.address(), rig.nowMs))
                .isFalse();
    }

    @Test
    void networksOfOtherControllersAreNoneOfItsBusiness() {
        rig.controller.putNetwork(0x1122334455000001L, PRIVATE, rig.failing());
        rig.askNow(0x1122334455000001L, ALICE, RequestMetadata.of(12, 1, 14, 1, "test"));

        assertThat(rig.failures).singleElement().asString().contains("belongs to another controller");
        assertThat(rig.heard()).isEmpty();
    }

    @Test
    void aThousandMembersGetAThousandAddresses() {
        rig.network(PRIVATE.with()
                .pools(List.of(new AddressPool(IpAddress.parse("10.80.0.1"), IpAddress.parse("10.80.3.254"))))
                .build());
        for (int i = 0; i < 1_000; i++) {
            rig.member(stranger(i), MemberSpec.AUTHORIZED);
            rig.ask(stranger(i));
        }

        assertThat(rig.stored().members().stream().flatMap(member -> member.assigned().stream()))
                .hasSize(1_000)
                .doesNotHaveDuplicates();
    }
}
