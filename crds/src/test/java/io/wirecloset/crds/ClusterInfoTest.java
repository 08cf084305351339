package io.wirecloset.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterInfoTest {
    @Test
    void agentsReadWhatTheOperatorWrites() {
        ClusterInfo written = new ClusterInfo(
                new byte[] {1, 2, -3},
                List.of(new ControllerInfo("8056c2e21c:0:ab", List.of("192.0.2.1/9994"))),
                new byte[] {4, -5},
                List.of("AAEC", "AwQ="));
        ClusterInfo read = ClusterInfo.of(map(written.toData()));
        assertThat(read.planet()).containsExactly(1, 2, -3);
        assertThat(read.controllers()).isEqualTo(written.controllers());
        assertThat(read.moon()).containsExactly(4, -5);
        assertThat(read.moons()).containsExactly("AAEC", "AwQ=");
    }

    @Test
    void withoutAMoonNothingIsSaidOfOne() {
        assertThat(new ClusterInfo(new byte[0], List.of()).toData())
                .doesNotContainKeys(ClusterInfo.KEY_MOON, ClusterInfo.KEY_MOONS);
    }

    @Test
    void anEmptyMapMeansNoControllerAndThePublicPlanet() {
        ClusterInfo read = ClusterInfo.of(new ConfigMap());
        assertThat(read.planet()).isEmpty();
        assertThat(read.controllers()).isEmpty();
    }

    @Test
    void whatIsNotOursSaysSo() {
        assertThatThrownBy(() -> ClusterInfo.of(map(Map.of("planet", "%%%"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wirecloset-cluster");
        assertThatThrownBy(() -> ClusterInfo.of(map(Map.of("controllers", "{"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ConfigMap map(Map<String, String> data) {
        return new ConfigMapBuilder().withData(data).build();
    }
}
