package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PodNetworkTest {
    @Test
    void thePrimaryNetworkIsEverybodysAndAnotherIsForWhomItNames() {
        assertThat(network(true).admits("shop")).isTrue();
        assertThat(network(false).admits("shop")).isFalse();
        assertThat(network(false, "stock").admits("shop")).isFalse();
        assertThat(network(false, "stock", "shop").admits("shop")).isTrue();
        assertThat(network(false, "*").admits("shop")).isTrue();
    }

    @Test
    void aSandboxThatIsNoPodIsItsMakersBusiness() {
        assertThat(network(false).admits("")).isTrue();
    }

    private static PodNetwork network(boolean primary, String... namespaces) {
        PodNetwork p = NodeRig.PODS;
        return new PodNetwork(
                p.name(),
                p.id(),
                primary,
                p.mtuBytes(),
                p.pools(),
                p.block(),
                p.block6(),
                p.addresses(),
                p.remoteBlocks(),
                p.hostAccess(),
                List.of(namespaces));
    }
}
