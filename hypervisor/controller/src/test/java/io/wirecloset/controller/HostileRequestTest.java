package io.wirecloset.controller;

import static io.wirecloset.controller.ControllerRig.ALICE;
import static io.wirecloset.controller.ControllerRig.BOB;
import static io.wirecloset.controller.ControllerRig.NETWORK;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.controller.ControllerRig.Said;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Store;
import io.wirecloset.vl1.wire.Dictionary;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a request says: one answer at most, to whoever asked, and nothing stored for strangers. */
class HostileRequestTest {
    private static final List<String> KEYS =
            List.of("v", "vend", "pv", "majv", "minv", "revv", "mr", "mc", "mcr", "mt", "f", "revr", "o", "a");
    private static final List<String> NUMBERS =
            List.of("", "0", "ffffffffffffffff", "8000000000000000", "-1", "zz", "10000", "fffffffffffffffffffff");

    private final ControllerRig rig = new ControllerRig();

    @BeforeEach
    void oneMemberOfAPrivateNetwork() {
        rig.network(NetworkSpec.builder().name("hostile").build());
        rig.member(ALICE, MemberSpec.AUTHORIZED.withIdentity(ALICE));
        rig.ask(ALICE);
        rig.heard();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void anyMetadataGetsOneAnswerAtMost(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Store.Contents before = rig.stored();
        for (int i = 0; i < 20; i++) {
            rig.advance(2_000);
            for (var asking : List.of(ALICE, BOB)) {
                long packet = rig.askNow(NETWORK, asking, metadata(random));
                List<Said> said = rig.heard();
                assertThat(said).hasSizeLessThanOrEqualTo(1);
                assertThat(said).allSatisfy(one -> {
                    assertThat(one.to()).isEqualTo(asking.address());
                    if (asking == BOB) assertThat(one).isInstanceOf(Said.Refusal.class);
                });
                assertThat(packet).isPositive();
            }
        }
        assertThat(rig.stored().members()).isEqualTo(before.members());
        assertThat(rig.failures).isEmpty();
    }

    private static Dictionary metadata(SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            return Dictionary.read(noise);
        }
        Dictionary.Writer out = Dictionary.writer();
        for (String key : KEYS) {
            switch (random.nextInt(3)) {
                case 0 -> out.put(key, NUMBERS.get(random.nextInt(NUMBERS.size())));
                case 1 -> out.put(key, random.nextLong());
                default -> {}
            }
        }
        return out.toDictionary();
    }

    @Test
    void networksThatDoNotExistAreNotMadeByAsking() {
        for (int number = 0; number < 200; number++) {
            rig.advance(2_000);
            rig.askNow(NETWORK ^ number << 1 ^ 1, BOB, metadata(new SplittableRandom(number)));
        }
        assertThat(rig.controller.networks()).hasSize(1);
        assertThat(rig.heard()).allSatisfy(said -> assertThat(said).isInstanceOf(Said.Refusal.class));
    }
}
