package io.wirecloset.operator.node;

import static io.wirecloset.operator.Samples.network;
import static io.wirecloset.operator.Samples.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.operator.network.Cidr4;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockPlanTest {
    private final ZeroTierNetwork network = network("pods");

    @Test
    void everyNodeGetsABlockOfItsOwnUntilNoneIsLeft() {
        List<ZeroTierNode> nodes = new ArrayList<>();
        Set<String> blocks = new HashSet<>();
        for (int i = 0; i < 128; i++) {
            String block =
                    BlockPlan.blockFor("node-" + i, network, List.of(), nodes).orElseThrow();
            assertThat(blocks.add(block)).as(block).isTrue();
            assertThat(Cidr4.parse("10.80.128.0/17").contains(Cidr4.parse(block)))
                    .isTrue();
            nodes.add(node("node-" + i, "pods", block));
        }
        assertThat(BlockPlan.blockFor("one-more", network, List.of(), nodes)).isEmpty();
    }

    @Test
    void aNodeKeepsWhatItHas() {
        List<ZeroTierNode> nodes = List.of(node("a", "pods", "10.80.200.0/24"));
        assertThat(BlockPlan.blockFor("a", network, List.of("10.80.201.0/24"), nodes))
                .contains("10.80.200.0/24");
    }

    @Test
    void theSameNameStartsAtTheSamePlace() {
        Optional<String> first = BlockPlan.blockFor("a", network, List.of(), List.of());
        assertThat(BlockPlan.blockFor("a", network, List.of(), List.of(node("b", "pods", "10.80.128.0/24"))))
                .satisfiesAnyOf(b -> assertThat(b).isEqualTo(first), b -> assertThat(first)
                        .contains("10.80.128.0/24"));
    }

    @Test
    void aPodCidrOfTheNodeIsTakenWhenItIsAFreeBlock() {
        assertThat(BlockPlan.blockFor("a", network, List.of("10.80.201.0/24", "fd00::/64"), List.of()))
                .contains("10.80.201.0/24");
        assertThat(BlockPlan.blockFor("a", network, List.of("10.244.1.0/24"), List.of()))
                .isPresent()
                .isNotEqualTo(Optional.of("10.244.1.0/24"));
        assertThat(BlockPlan.blockFor(
                        "a", network, List.of("10.80.201.0/24"), List.of(node("b", "pods", "10.80.201.0/24"))))
                .isPresent()
                .isNotEqualTo(Optional.of("10.80.201.0/24"));
    }

    @Test
    void blocksOfAnotherSizeAreNotGivenAgainInPart() {
        network.getSpec().ipv4.nodeBlockPrefixLength = 25;
        List<ZeroTierNode> nodes =
                List.of(node("old", "pods", "10.80.128.0/18"), node("older", "pods", "10.80.192.0/24"));
        for (int i = 0; i < 50; i++) {
            Cidr4 block = Cidr4.parse(
                    BlockPlan.blockFor("n" + i, network, List.of(), nodes).orElseThrow());
            assertThat(block.overlaps(Cidr4.parse("10.80.128.0/18"))).isFalse();
            assertThat(block.overlaps(Cidr4.parse("10.80.192.0/24"))).isFalse();
        }
    }

    @Test
    void aNetworkWithoutNodeBlocksGivesNone() {
        network.getSpec().ipv4.nodeBlocks = null;
        assertThat(BlockPlan.blockFor("a", network, List.of(), List.of())).isEmpty();
        network.getSpec().ipv4 = null;
        assertThat(BlockPlan.blockFor("a", network, List.of(), List.of())).isEmpty();
    }
}
