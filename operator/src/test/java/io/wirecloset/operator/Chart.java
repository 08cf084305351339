package io.wirecloset.operator;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The chart, rendered by Helm itself, which is a library here. */
final class Chart {
    static final Path FOLDER = Path.of("..", "helm").toAbsolutePath().normalize();
    static final String RELEASE = "wirecloset-system";

    private Chart() {}

    /** As somebody renders it who sets nothing but what has to be set. */
    static TemplateCommand template() {
        return template(FOLDER);
    }

    /**
     * The same with what {@code helm test} makes, which rendering leaves out: from a copy that does not call it a hook.
     *
     * @param folder an empty one
     */
    static TemplateCommand templateWithHooks(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(FOLDER.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.write(
                        copy,
                        Files.readAllLines(file).stream()
                                .filter(line -> !line.strip().startsWith("helm.sh/hook"))
                                .toList());
            }
        }
        return template(folder);
    }

    private static TemplateCommand template(Path folder) {
        return new Helm(folder)
                .template()
                .withName("wirecloset")
                .withNamespace(RELEASE)
                .withKubeVersion("1.30.0")
                .set("image.repository", "registry.example/wirecloset");
    }

    static List<HasMetadata> items(TemplateCommand chart) throws IOException {
        try (KubernetesClient client = new KubernetesClientBuilder().build();
                ByteArrayInputStream in = new ByteArrayInputStream(chart.call().getBytes(StandardCharsets.UTF_8))) {
            return client.load(in).items();
        }
    }

    /** Every pod that anything in it makes. */
    static List<PodSpec> pods(TemplateCommand chart) throws IOException {
        List<PodSpec> pods = new ArrayList<>();
        for (HasMetadata item : items(chart)) {
            switch (item) {
                case Deployment d -> pods.add(d.getSpec().getTemplate().getSpec());
                case DaemonSet d -> pods.add(d.getSpec().getTemplate().getSpec());
                case Pod p -> pods.add(p.getSpec());
                default -> {
                    // makes no pods
                }
            }
        }
        return pods;
    }

    static PodSpec operator(TemplateCommand chart) throws IOException {
        return pods(chart).stream()
                .filter(p -> "wirecloset-operator".equals(p.getServiceAccountName()))
                .findFirst()
                .orElseThrow();
    }

    static PodSpec agent(TemplateCommand chart) throws IOException {
        return pods(chart).stream()
                .filter(p -> "wirecloset-agent".equals(p.getServiceAccountName()))
                .findFirst()
                .orElseThrow();
    }
}
