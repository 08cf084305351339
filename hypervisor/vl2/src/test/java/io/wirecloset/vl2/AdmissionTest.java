package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Tag;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may talk on a network, and how members come to know each other. VL2 checklist 33 to 38. */
class AdmissionTest {
    private static final byte[] DATA = {0x45, 1, 2, 3};
    private static final byte[] NETWORK_ID =
            new WireWriter(8).u64(Vl2Bench.NETWORK).toByteArray();

    private final Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());

    @Test // VL2 checklist 36
    void aFrameWithoutCertificateIsHeldAndDeliveredOnceTheCertificateCame() {
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, 0x42, frame())).isEqualTo(Handled.HOLD);
        assertThat(bench.sentText())
                .containsExactly(
                        Vl2Bench.text(Vl2Bench.MEMBER.address()) + " ERROR 0600000000000000420663f07dc54b00beef");
        assertThat(bench.vl2.drops().get(Drop.NOT_A_MEMBER)).isEqualTo(1);

        bench.admit(Vl2Bench.MEMBER);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, 0x42, frame())).isEqualTo(Handled.TRUSTED);
        assertThat(bench.tapped).hasSize(1);
    }

    @Test
    void retriesOfAHeldPacketDoNotRepeatTheErrorWithinASecond() {
        for (int retry = 0; retry < 10; retry++) {
            bench.receive(Vl2Bench.MEMBER, Verb.FRAME, 0x42, frame());
            bench.nowMs += 500;
        }

        assertThat(bench.sentText()).hasSize(5);
    }

    @Test // VL2 checklist 37
    void onAPublicNetworkEverybodyPasses() {
        Vl2Bench open = Vl2Bench.joined(
                Vl2Bench.config().isPublic(true).membership(null).build());

        assertThat(open.receive(Vl2Bench.MEMBER, Verb.FRAME, frame())).isEqualTo(Handled.TRUSTED);

        assertThat(open.tapped).hasSize(1);
        assertThat(open.vl2
                        .networks()
                        .find(Vl2Bench.NETWORK)
                        .members()
                        .find(Vl2Bench.MEMBER.address())
                        .admitted())
                .isTrue();
    }

    @Test
    void aCertificateOfTheSameAddressWithOtherKeysDoesNotAdmit() {
        Identity impostor = Identity.of(Vl2Bench.MEMBER.address(), Vl2Bench.OTHER.publicKey(), null);

        bench.receive(impostor, Verb.NETWORK_CREDENTIALS, certificateOf(Vl2Bench.MEMBER));

        assertThat(bench.receive(impostor, Verb.FRAME, frame())).isEqualTo(Handled.HOLD);
    }

    @Test // VL2 checklist 38
    void aRevocationEndsWhatTheCertificateBegan() {
        bench.admit(Vl2Bench.MEMBER);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame())).isEqualTo(Handled.TRUSTED);

        bench.revoke(Vl2Bench.MEMBER, Vl2Bench.CONFIG_TIME);

        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame())).isEqualTo(Handled.HOLD);
        assertThat(bench.vl2
                        .networks()
                        .find(Vl2Bench.NETWORK)
                        .members()
                        .find(Vl2Bench.MEMBER.address())
                        .admitted())
                .isFalse();
    }

    @Test
    void membersDriftOutWhenOurConfigurationMovesOn() {
        bench.admit(Vl2Bench.MEMBER);
        long later = Vl2Bench.CONFIG_TIME + Vl2Bench.WINDOW_MS + 1;

        bench.vl2.sendConfig(
                Vl2Bench.SELF.address(),
                0,
                Vl2Bench.NETWORK,
                Vl2Bench.config()
                        .timestamp(later)
                        .membership(Vl2Bench.certificate(Vl2Bench.SELF, later))
                        .build()
                        .toBytes(),
                bench.nowMs);

        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame())).isEqualTo(Handled.HOLD);
    }

    @Test // VL2 checklist 35
    void credentialsGoBeforeTheFirstFrameAndAgainAfterANewConfigurationOr500Seconds() {
        assertThat(verbsAfterAFrame()).containsExactly(Verb.NETWORK_CREDENTIALS, Verb.FRAME);
        assertThat(verbsAfterAFrame()).containsExactly(Verb.FRAME);

        bench.nowMs += 499_000;
        assertThat(verbsAfterAFrame()).containsExactly(Verb.FRAME);
        bench.nowMs += 1_000;
        assertThat(verbsAfterAFrame()).containsExactly(Verb.NETWORK_CREDENTIALS, Verb.FRAME);

        bench.nowMs += 1_000;
        bench.vl2.sendConfig(
                Vl2Bench.SELF.address(),
                0,
                Vl2Bench.NETWORK,
                Vl2Bench.config().revision(2).build().toBytes(),
                bench.nowMs);
        bench.forgetWhatHappened();
        assertThat(verbsAfterAFrame()).containsExactly(Verb.NETWORK_CREDENTIALS, Verb.FRAME);
    }

    @Test // VL2 checklist 35
    void whoAsksForOurCertificateGetsItAtMostOnceASecond() {
        for (int i = 0; i < 4; i++) {
            bench.receiveError(Vl2Bench.MEMBER, Verb.FRAME, ErrorCode.NEED_MEMBERSHIP_CERTIFICATE, NETWORK_ID);
            bench.nowMs += 500;
        }

        assertThat(bench.underlay.takeSent()).hasSize(2).allMatch(sent -> sent.verb() == Verb.NETWORK_CREDENTIALS);
    }

    @Test // VL2 checklist 33
    void credentialPacketsOfOnePeerAreTakenOncePerSecond() {
        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CREDENTIALS, new byte[] {0});
        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CREDENTIALS, certificateOf(Vl2Bench.MEMBER));
        assertThat(bench.vl2.drops().get(Drop.RATE_LIMITED)).isEqualTo(1);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame())).isEqualTo(Handled.HOLD);

        bench.nowMs += 1_000;
        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CREDENTIALS, certificateOf(Vl2Bench.MEMBER));
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame())).isEqualTo(Handled.TRUSTED);
    }

    @Test
    void credentialsWaitForTheControllersIdentityAndAreThenTakenInSpiteOfTheRateLimit() {
        bench.underlay.identities.remove(Vl2Bench.CONTROLLER.address());
        byte[] certificate = certificateOf(Vl2Bench.MEMBER);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CREDENTIALS, 5, certificate))
                .isEqualTo(Handled.HOLD);

        bench.underlay.identities.put(Vl2Bench.CONTROLLER.address(), Vl2Bench.CONTROLLER.withoutSecret());
        bench.nowMs += 100;

        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CREDENTIALS, 5, certificate))
                .isEqualTo(Handled.TRUSTED);
    }

    @Test
    void strangersCannotMakeUsRememberThem() {
        Tag forged =
                Tag.issue(Vl2Bench.NETWORK, Vl2Bench.CONFIG_TIME, 1, 1, Vl2Bench.OTHER.address(), Vl2Bench.CONTROLLER);
        byte[] bytes = new CredentialsMessage(List.of(), List.of(), List.of(forged), List.of(), List.of()).toBytes();
        bytes[bytes.length - 10] ^= 1;

        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CREDENTIALS, bytes);
        bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame());

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).members()).isZero();
        assertThat(bench.vl2.drops().get(Drop.BAD_CREDENTIAL)).isEqualTo(1);
    }

    @Test
    void passingOnAnothersCertificateEarnsNoTrust() {
        assertThat(bench.receive(Vl2Bench.OTHER, Verb.NETWORK_CREDENTIALS, certificateOf(Vl2Bench.MEMBER)))
                .isEqualTo(Handled.DONE);

        assertThat(bench.receive(Vl2Bench.OTHER, Verb.FRAME, frame())).isEqualTo(Handled.HOLD);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.FRAME, frame()))
                .as("filed under whom it was issued to")
                .isEqualTo(Handled.TRUSTED);
    }

    @Test
    void membersThatVl1ForgotAreForgottenToo() {
        bench.admit(Vl2Bench.MEMBER);
        bench.admit(Vl2Bench.OTHER);
        bench.underlay.knows(Vl2Bench.OTHER.address());

        bench.run(40_000);

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).members()).isEqualTo(1);
        assertThat(bench.vl2.networks().find(Vl2Bench.NETWORK).members().find(Vl2Bench.MEMBER.address()))
                .isNull();
    }

    private List<Integer> verbsAfterAFrame() {
        bench.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, DATA));
        return bench.underlay.takeSent().stream().map(FakeUnderlay.Sent::verb).toList();
    }

    private static byte[] certificateOf(Identity identity) {
        return new CredentialsMessage(
                        List.of(Vl2Bench.certificate(identity)), List.of(), List.of(), List.of(), List.of())
                .toBytes();
    }

    private static byte[] frame() {
        return new WireWriter(32).u64(Vl2Bench.NETWORK).u16(0x0800).bytes(DATA).toByteArray();
    }
}
