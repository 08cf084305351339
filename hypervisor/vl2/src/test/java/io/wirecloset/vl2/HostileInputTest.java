package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.Payloads.Payload;
import io.wirecloset.vl2.config.NetworkConfig;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every payload of VL2, cut at every length and wrong at every byte, into a live Vl2 and a live lane. */
class HostileInputTest {
    static Stream<Payload> payloads() {
        return Payloads.all().stream();
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void cutAtAnyLengthItDoesNoHarm(Payload payload) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
        NetworkConfig before = bench.vl2.view(Vl2Bench.NETWORK).config();

        for (int length = 0; length < payload.bytes().length; length++) {
            show(bench, payload, Arrays.copyOf(payload.bytes(), length));
        }

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void wrongAtAnyByteItDoesNoHarm(Payload payload) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
        NetworkConfig before = bench.vl2.view(Vl2Bench.NETWORK).config();

        for (int i = 0; i < payload.bytes().length; i++) {
            for (int flip : List.of(0x01, 0x80, 0xff)) {
                byte[] wrong = payload.bytes().clone();
                wrong[i] ^= (byte) flip;
                show(bench, payload, wrong);
            }
        }

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isEqualTo(before);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).members()).isLessThan(3);
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void fromAMemberToo(Payload payload) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
        bench.admit(Vl2Bench.MEMBER);

        for (int i = 0; i < payload.bytes().length; i++) {
            byte[] wrong = payload.bytes().clone();
            wrong[i] ^= (byte) 0xff;
            show(bench, payload, wrong);
            show(bench, payload, Arrays.copyOf(payload.bytes(), i));
        }
    }

    private static void show(Vl2Bench bench, Payload payload, byte[] bytes) {
        bench.nowMs += 1_000; // or the rate limit of credentials would hide the rest
        Payloads.show(bench, new Payload(payload.verb(), payload.inReVerb(), payload.errorCode(), bytes));
        if (payload.verb() == Verb.FRAME
                || payload.verb() == Verb.EXT_FRAME
                || payload.verb() == Verb.MULTICAST_FRAME) {
            new LaneBench(bench).fromPeer(Vl2Bench.MEMBER.address(), payload.verb(), 1, bytes);
        }
        bench.forgetWhatHappened();
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void aPayloadThatDoesNotParseHasNoEffectAtAll(Payload payload) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
        bench.admit(Vl2Bench.MEMBER);
        if (payload.verb() == Verb.OK || payload.verb() == Verb.ERROR || payload.verb() == Verb.MULTICAST_LIKE) {
            return; // what is left of them may still be read
        }

        byte[] cut = Arrays.copyOf(payload.bytes(), 9);

        assertThat(bench.receive(Vl2Bench.MEMBER, payload.verb(), cut)).isEqualTo(Handled.MALFORMED);
    }
}
