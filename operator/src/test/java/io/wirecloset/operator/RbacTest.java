package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the manifests grant stays small. */
class RbacTest {
    @ParameterizedTest
    @ValueSource(strings = {"operator.yaml", "agent.yaml", "users.yaml"})
    void nothingIsGrantedByWildcard(String file) throws IOException {
        assertThat(allRules(file)).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.getVerbs()).doesNotContain("*");
            assertThat(rule.getResources()).doesNotContain("*").isNotEmpty();
            assertThat(rule.getApiGroups()).doesNotContain("*").isNotEmpty();
            assertThat(rule.getNonResourceURLs()).isNullOrEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator.yaml", "agent.yaml", "users.yaml"})
    void secretsAreReadByNameInOneNamespaceAndNeverListed(String file) throws IOException {
        assertThat(clusterRules(file)).noneMatch(r -> r.getResources().contains("secrets"));
        assertThat(allRules(file))
                .filteredOn(r -> r.getResources().contains("secrets"))
                .allSatisfy(rule -> {
                    assertThat(rule.getVerbs()).isSubsetOf("create", "get");
                    if (rule.getVerbs().contains("get")) {
                        assertThat(rule.getResourceNames()).containsExactly(ControllerIdentity.SECRET);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent.yaml"})
    void anAgentWritesNothingButNodeStatus(String file) throws IOException {
        assertThat(allRules(file))
                .filteredOn(r -> r.getVerbs().stream()
                        .anyMatch(v -> !List.of("get", "list", "watch").contains(v)))
                .allSatisfy(r -> assertThat(r.getResources()).containsExactly("zerotiernodes/status"));
    }

    private static List<PolicyRule> allRules(String file) throws IOException {
        List<PolicyRule> rules = new ArrayList<>(clusterRules(file));
        for (HasMetadata item : items(file)) {
            if (item instanceof Role role) {
                rules.addAll(role.getRules());
            }
        }
        return rules;
    }

    private static List<PolicyRule> clusterRules(String file) throws IOException {
        List<PolicyRule> rules = new ArrayList<>();
        for (HasMetadata item : items(file)) {
            if (item instanceof ClusterRole role) {
                rules.addAll(role.getRules());
            }
        }
        return rules;
    }

    private static List<HasMetadata> items(String file) throws IOException {
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                InputStream in = Files.newInputStream(Path.of("../helm/rbac", file))) {
            return client.load(in).items();
        }
    }
}
