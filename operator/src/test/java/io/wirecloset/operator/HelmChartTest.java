package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart, rendered by Helm itself, which is a library here. */
class HelmChartTest {
    private static final Path CHART = Path.of("..", "helm").toAbsolutePath().normalize();
    private static final Path GENERATED = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");

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
        String rendered = chart().withNamespace("elsewhere").call();
        assertThat(rendered).doesNotContain("wirecloset-system");
        assertThat(items(rendered))
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
        PodSpec pod = operator(chart());
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getVolumes()).allMatch(v -> v.getHostPath() == null);
        Container container = pod.getContainers().getFirst();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getSecurityContext().getCapabilities().getAdd()).isNullOrEmpty();
        unprivileged(pod);
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theAgentMayDoWhatTheManualGivesReasonsFor() throws IOException {
        PodSpec pod = agent(chart());
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
        unprivileged(pod);
    }

    private static void unprivileged(PodSpec pod) {
        assertThat(pod.getHostPID()).isNull();
        assertThat(pod.getContainers().getFirst().getSecurityContext()).satisfies(c -> {
            assertThat(c.getPrivileged()).isNull();
            assertThat(c.getAllowPrivilegeEscalation()).isFalse();
            assertThat(c.getReadOnlyRootFilesystem()).isTrue();
        });
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void theOperatorUnderstandsEverySettingItIsGiven() throws IOException {
        PodSpec pod = operator(chart().set("planet", "AAEC")
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
        assertThat(operator(chart().set("ownRoot", true))
                        .getContainers()
                        .getFirst()
                        .getEnv())
                .contains(new EnvVar("WIRECLOSET_ROOT", "true", null));
        assertThat(agent(chart()).getContainers().getFirst().getArgs()).isNullOrEmpty();
        assertThat(agent(chart().set("cleanup", true))
                        .getContainers()
                        .getFirst()
                        .getArgs())
                .containsExactly("uninstall", "--stay");
    }

    /** WIRECLOSET_CONTROLLER_PORT is wirecloset.controller.port; the first part that groups others ends in a dot. */
    private static String property(String variable) {
        String name = variable.toLowerCase(Locale.ROOT).substring("WIRECLOSET_".length());
        return name.startsWith("controller_")
                ? "wirecloset.controller."
                        + name.substring("controller_".length()).replace('_', '-')
                : "wirecloset." + name.replace('_', '-');
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void whatIsMisspeltOrMissingIsSaidAtOnce() {
        assertThatThrownBy(() -> chart().set("agent.prot", 1).call()).hasMessageContaining("prot");
        assertThatThrownBy(() -> chart().set("agent.port", 70_000).call()).hasMessageContaining("/agent/port");
        assertThatThrownBy(() ->
                        chart().set("operator.endpoints[0]", "203.0.113.7:9994").call())
                .hasMessageContaining("endpoints");
        assertThatThrownBy(() -> chart().set("image.repository", "").call())
                .hasMessageContaining("no image is published yet");
        assertThatThrownBy(
                        () -> chart().set("ownRoot", true).set("planet", "AAEC").call())
                .hasMessageContaining("not both");
    }

    private static TemplateCommand chart() {
        return new Helm(CHART)
                .template()
                .withName("wirecloset")
                .withNamespace("wirecloset-system")
                .withKubeVersion("1.30.0")
                .set("image.repository", "registry.example/wirecloset");
    }

    private static PodSpec operator(TemplateCommand chart) throws IOException {
        return items(chart.call()).stream()
                .filter(Deployment.class::isInstance)
                .map(d -> ((Deployment) d).getSpec().getTemplate().getSpec())
                .findFirst()
                .orElseThrow();
    }

    private static PodSpec agent(TemplateCommand chart) throws IOException {
        return items(chart.call()).stream()
                .filter(DaemonSet.class::isInstance)
                .map(d -> ((DaemonSet) d).getSpec().getTemplate().getSpec())
                .findFirst()
                .orElseThrow();
    }

    private static List<CustomResourceDefinition> definitions(TemplateCommand chart) throws IOException {
        return items(chart.call()).stream()
                .filter(CustomResourceDefinition.class::isInstance)
                .map(CustomResourceDefinition.class::cast)
                .toList();
    }

    private static List<HasMetadata> items(String rendered) throws IOException {
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                ByteArrayInputStream in = new ByteArrayInputStream(rendered.getBytes(StandardCharsets.UTF_8))) {
            return client.load(in).items();
        }
    }
}
