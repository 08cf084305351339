package io.wirecloset.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.wirecloset.crds.ZeroTierNode;
import io.wirecloset.crds.ZeroTierNodeStatus;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OtherNodesTest {
    private static final Identity A = TestIdentities.get(2);
    private static final Identity B = TestIdentities.get(3);

    private final List<ZeroTierNode> cluster = new ArrayList<>();

    private ZeroTierNodeStatus node(String name, Identity who) {
        ZeroTierNode node = new ZeroTierNode();
        node.setMetadata(new ObjectMetaBuilder().withName(name).build());
        node.setStatus(new ZeroTierNodeStatus());
        node.getStatus().identity = who == null ? null : who.toPublicText();
        cluster.add(node);
        return node.getStatus();
    }

    private List<Acquaintance> others() {
        return new OtherNodes("own").of(cluster);
    }

    @Test
    void whatNodesSayOfThemselvesIsWhoTheyAreAndWhereTheyMayBeMet() {
        node("own", TestIdentities.get(1));
        node("silent", null);
        ZeroTierNodeStatus a = node("a", A);
        a.endpoints = List.of("10.0.0.2/9993", "203.0.113.2/40000");
        a.surface = List.of("203.0.113.2/40000");
        assertThat(others())
                .containsExactly(new Acquaintance(
                        A.withoutSecret(),
                        List.of(Endpoint.parse("203.0.113.2/40000"), Endpoint.parse("10.0.0.2/9993"))));
    }

    @Test
    void theOrderInWhichTheyComeChangesNothing() {
        node("a", A);
        node("b", B);
        List<Acquaintance> first = others();
        cluster.add(cluster.removeFirst());
        assertThat(others()).isEqualTo(first);
    }

    @Test
    void anAddressThatTwoClaimIsNobodys() {
        node("a", A);
        node("thief", A);
        node("b", B);
        assertThat(others()).extracting(one -> one.identity().address()).containsExactly(B.address());
    }

    @Test
    void nonsenseCostsItsOwnNodeOnly() {
        node("a", A).endpoints = List.of("somewhere");
        node("b", B);
        node("c", null).identity = "0123456789:0:ab";
        assertThat(others()).extracting(one -> one.identity().address()).containsExactly(B.address());
    }

    @Test
    void fewEndpointsOfEachAreKept() {
        List<String> many = new ArrayList<>();
        for (int i = 1; i < 60; i++) {
            many.add("192.0.2." + i + "/9993");
        }
        node("a", A).endpoints = many;
        assertThat(others().getFirst().endpoints()).hasSize(Limits.ACQUAINTANCE_ENDPOINTS);
    }
}
