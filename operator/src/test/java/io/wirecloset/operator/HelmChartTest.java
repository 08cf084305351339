package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, rendered by Helm itself, which is a library here. */
class HelmChartTest {
    private static final Path CHART = Chart.FOLDER;
    private static final Path GENERATED = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"zerotiernetworks", "zerotiermembers", "zerotiernodes"})
    void theCopiesOfTheResourceDefinitionsAreTheGeneratedOnes(String plural) throws IOException {
        Path copy = CHART.resolve("custom-resources").resolve(plural + ".yaml");
        List<String> lines = Files.readAllLines(copy);
        assertThat(lines.getFirst()).startsWith("# A copy of what the classes in crds generate");
        assertThat(lines.subList(1, lines.size()))
                .as(
                        "%s has changed: keep the copy's first line and put target/classes/META-INF/wirecloset/%s.yaml of"
                                + " crds behind it",
                        plural, plural)
                .isEqualTo(Files.readAllLines(GENERATED.resolve(plural + ".yaml")));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void helmFindsNoFaultInTheChart() {
        LintResult result = new Helm(CHART).lint().strict().call();
        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(m -> m.startsWith("[WARNING]") || m.startsWith("[ERROR]"));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void everythingGoesToTheNamespaceOfTheRelease() throws IOException {
        TemplateCommand chart = chart().withNamespace("elsewhere");
        assertThat(chart.call()).doesNotContain("wirecloset-system");
        assertThat(Chart.items(chart))
                .filteredOn(HelmChartTest::isNamespaced)
                .isNotEmpty()
                .allSatisfy(i -> assertThat(i.getMetadata().getNamespace()).isEqualTo("elsewhere"));
    }

    private static boolean isNamespaced(HasMetadata item) {
        return List.of("ServiceAccount", "Role", "RoleBinding", "Deployment", "DaemonSet")
                .contains(item.getKind());
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void uninstallingKeepsTheNetworksUnlessTheUserWantsOtherwise() throws IOException {
        assertThat(definitions(chart())).hasSize(3).allSatisfy(crd -> assertThat(
                        crd.getMetadata().getAnnotations())
                .containsEntry("helm.sh/resource-policy", "keep"));
        assertThat(definitions(chart().set("crds.keep", false))).hasSize(3).allSatisfy(crd -> assertThat(
                        crd.getMetadata().getAnnotations())
                .isNullOrEmpty());
        assertThat(definitions(chart().set("crds.enabled", false))).isEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theOperatorMayDoNothingToItsNode() throws IOException {
        PodSpec pod = Chart.operator(chart());
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getVolumes()).allMatch(v -> v.getHostPath() == null);
        Container container = pod.getContainers().getFirst();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isNullOrEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theAgentMayDoWhatTheManualGivesReasonsFor() throws IOException {
        PodSpec pod = Chart.agent(chart());
        String manual = Files.readString(CHART.resolve("README.md"));
        Container container = pod.getContainers().getFirst();
        assertThat(container.getSecurityContext().getCapabilities().getAdd())
                .containsExactly("NET_ADMIN", "NET_RAW", "SYS_ADMIN")
                .allSatisfy(capability -> assertThat(manual).contains("`" + capability + "`"));
        assertThat(pod.getVolumes())
                .filteredOn(v -> v.getHostPath() != null)
                .isNotEmpty()
                .allSatisfy(
                        v -> assertThat(manual).contains("`" + v.getHostPath().getPath() + "`"));
    }

    // reliability T29
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void noPodIsPrivilegedOrWritesToItsImage() throws IOException {
        assertThat(Chart.pods(Chart.templateWithHooks(folder))).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getHostPID()).isNull();
            assertThat(pod.getHostIPC()).isNull();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(containers(pod)).isNotEmpty().allSatisfy(container -> {
                assertThat(container.getSecurityContext().getPrivileged()).isNull();
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
            });
        });
    }

    // reliability T29: the memory that a container may take is promised to it, in all containers of all pods
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void memoryIsRequestedAsMuchAsThereMayBe() throws IOException {
        assertThat(Chart.pods(Chart.templateWithHooks(folder))).allSatisfy(pod -> assertThat(containers(pod))
                .allSatisfy(c -> assertThat(c.getResources().getRequests().get("memory"))
                        .isNotNull()
                        .isEqualTo(c.getResources().getLimits().get("memory"))));
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void whyAContainerEndedStandsInThePodsStatus() throws IOException {
        assertThat(Chart.pods(Chart.templateWithHooks(folder))).allSatisfy(pod -> assertThat(containers(pod))
                .allSatisfy(c -> assertThat(c.getTerminationMessagePolicy()).isEqualTo("FallbackToLogsOnError")));
    }

    private static List<Container> containers(PodSpec pod) {
        List<Container> all = new ArrayList<>(pod.getContainers());
        all.addAll(pod.getInitContainers());
        return all;
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theAgentRunsOnEveryNodeAndTwoOfThemDuringAnUpdate() throws IOException {
        PodSpec agent = Chart.agent(chart());
        assertThat(agent.getPriorityClassName()).isEqualTo("system-node-critical");
        assertThat(agent.getTolerations()).anySatisfy(t -> {
            assertThat(t.getKey()).isNull();
            assertThat(t.getEffect()).isNull();
            assertThat(t.getOperator()).isEqualTo("Exists");
        });
        // A port declared on the host's network is a host port, and the scheduler gives it to one pod a node.
        assertThat(containers(agent)).allSatisfy(c -> assertThat(c.getPorts()).isNullOrEmpty());
        assertThat(Chart.items(chart()))
                .filteredOn(DaemonSet.class::isInstance)
                .singleElement()
                .satisfies(d -> {
                    var update = ((DaemonSet) d).getSpec().getUpdateStrategy().getRollingUpdate();
                    assertThat(update.getMaxSurge().getIntVal()).isEqualTo(1);
                    assertThat(update.getMaxUnavailable().getIntVal()).isZero();
                });
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theOperatorComesUpBeforeAnyNodeIsReady() throws IOException {
        PodSpec operator = Chart.operator(chart());
        assertThat(operator.getPriorityClassName()).isEqualTo("system-cluster-critical");
        assertThat(operator.getHostNetwork()).isTrue();
        assertThat(operator.getTolerations())
                .extracting(Toleration::getKey)
                .contains("node.kubernetes.io/not-ready", "node.kubernetes.io/network-unavailable");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void helmTestRunsInAPodOfThePodNetworkAndOnlyReads() throws IOException {
        TemplateCommand chart = Chart.templateWithHooks(folder);
        PodSpec pod = Chart.pods(chart).stream()
                .filter(p -> "wirecloset-check".equals(p.getServiceAccountName()))
                .findFirst()
                .orElseThrow();
        assertThat(pod.getHostNetwork()).isNull();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getVolumes()).isEmpty();
        assertThat(Chart.items(chart))
                .filteredOn(i -> i instanceof ClusterRoleBinding
                        && i.getMetadata().getName().equals("wirecloset-check"))
                .singleElement()
                .satisfies(b -> assertThat(((ClusterRoleBinding) b).getRoleRef().getName())
                        .isEqualTo("wirecloset-view"));
    }

    // reliability T29
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void nothingThatIsRenderedGrantsByWildcard() throws IOException {
        List<PolicyRule> rules = new ArrayList<>();
        for (HasMetadata item : Chart.items(chart())) {
            if (item instanceof ClusterRole role) {
                rules.addAll(role.getRules());
            } else if (item instanceof Role role) {
                rules.addAll(role.getRules());
            }
        }
        assertThat(rules).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.getVerbs()).doesNotContain("*");
            assertThat(rule.getResources()).doesNotContain("*");
            assertThat(rule.getApiGroups()).doesNotContain("*");
        });
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theOperatorUnderstandsEverySettingItIsGiven() throws IOException {
        PodSpec pod = Chart.operator(chart().set("planet", "AAEC")
                .set("operator.controllerPort", 19_994)
                .set("operator.endpoints[0]", "203.0.113.7/9994")
                .set("operator.endpoints[1]", "2001:db8::7/9994"));
        Map<String, String> environment = pod.getContainers().getFirst().getEnv().stream()
                .filter(e -> e.getName().startsWith("WIRECLOSET_"))
                .collect(Collectors.toMap(EnvVar::getName, e -> e.getValue() == null ? "elsewhere" : e.getValue()));

        // Names that no setting has are refused here, as a misspelt one would be ignored in the pod.
        OperatorSettings settings = new SmallRyeConfigBuilder()
                .withMapping(OperatorSettings.class)
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(new PropertiesConfigSource(
                        environment.entrySet().stream()
                                .collect(Collectors.toMap(e -> property(e.getKey()), Map.Entry::getValue)),
                        "the chart",
                        100))
                .build()
                .getConfigMapping(OperatorSettings.class);
        assertThat(settings.namespace()).isEqualTo("elsewhere");
        assertThat(settings.planet()).contains("AAEC");
        assertThat(settings.controller().port()).isEqualTo(19_994);
        assertThat(settings.controller().endpoints()).contains(List.of("203.0.113.7/9994", "2001:db8::7/9994"));
        assertThat(settings.blockQuarantine()).hasHours(1);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void aRootOfItsOwnAndCleaningUpAreAskedForByOneWordEach() throws IOException {
        assertThat(Chart.operator(chart().set("ownRoot", true))
                        .getContainers()
                        .getFirst()
                        .getEnv())
                .contains(new EnvVar("WIRECLOSET_ROOT", "true", null));
        assertThat(Chart.agent(chart()).getContainers().getFirst().getArgs()).isNullOrEmpty();
        assertThat(Chart.agent(chart().set("cleanup", true))
                        .getContainers()
                        .getFirst()
                        .getArgs())
                .containsExactly("uninstall", "--stay");
        assertThat(Chart.operator(chart().set("cleanup", true))
                        .getContainers()
                        .getFirst()
                        .getEnv())
                .contains(new EnvVar("WIRECLOSET_CLEANUP", "true", null));
    }

    /** WIRECLOSET_CONTROLLER_PORT is wirecloset.controller.port; the first part that groups others ends in a dot. */
    private static String property(String variable) {
        String name = variable.toLowerCase(Locale.ROOT).substring("WIRECLOSET_".length());
        return name.startsWith("controller_")
                ? "wirecloset.controller."
                        + name.substring("controller_".length()).replace('_', '-')
                : "wirecloset." + name.replace('_', '-');
    }

    private static TemplateCommand chart() {
        return Chart.template();
    }

    private static List<CustomResourceDefinition> definitions(TemplateCommand chart) throws IOException {
        return Chart.items(chart).stream()
                .filter(CustomResourceDefinition.class::isInstance)
                .map(CustomResourceDefinition.class::cast)
                .toList();
    }
}
