package io.wirecloset.engine;

import io.wirecloset.simnet.SimNet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** T44: whatever happens, who could talk talks again, nobody hears what is not for it, and nothing grows for ever. */
class ChaosTest {
    private static final int CHAOS_SECONDS = 90;
    private static final int LONG_CHAOS_SECONDS = 3600;
    private static final int USUAL_SEEDS = 100;

    static LongStream seeds() {
        return SimNet.seeds(USUAL_SEEDS);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void fiftyNodesComeThrough(long seed) {
        tell(seed, CHAOS_SECONDS);
    }

    static LongStream longSeeds() {
        return SimNet.seeds(0).limit(SimNet.seeds(0).count() / 20);
    }

    /** Long enough for certificates to grow too old. A run of many seeds has one of these for every twentieth. */
    @ParameterizedTest
    @EnabledIfSystemProperty(named = "wirecloset.seeds", matches = "\\d{3,}", disabledReason = "for make test-all")
    @MethodSource("longSeeds")
    void andThroughAnHourOfIt(long seed) {
        tell(seed, LONG_CHAOS_SECONDS);
    }

    /** A failure is told again, watching only those concerned, so that the diagram shows their last words. */
    private static void tell(long seed, int chaosSeconds) {
        try {
            SimNet.story(seed, net -> new Chaos(net, chaosSeconds).unfold());
        } catch (AssertionError failure) {
            if (!(failure.getCause() instanceof Chaos.Broken broken)) throw failure;
            List<String> concerned = broken.hosts();
            SimNet.story(seed, net -> {
                Chaos again = new Chaos(net, chaosSeconds);
                net.watch(Chaos.in(net, concerned));
                again.unfold();
            });
            throw failure;
        }
    }
}
