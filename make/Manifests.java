import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Renders the chart for those without Helm: {@code Manifests CHART FOLDER} leaves one file with everything, its namespace
 * first, and a kustomization that names the image.
 */
final class Manifests {
    private static final String NAMESPACE = "wirecloset-system";

    public static void main(String[] args) throws IOException {
        String rendered = new Helm(Path.of(args[0]).toAbsolutePath())
                .template()
                .withName("wirecloset")
                .withNamespace(NAMESPACE)
                .withKubeVersion("1.30.0")
                .set("image.repository", "wirecloset")
                .call();
        Path folder = Files.createDirectories(Path.of(args[1]));
        Files.writeString(folder.resolve("wirecloset.yaml"), """
                # Wirecloset, as its chart renders it with the values that it comes with. Made by `make dist`.
                apiVersion: v1
                kind: Namespace
                metadata:
                  name: %s
                  labels:
                    # The agents are on the host's network and use its folders.
                    pod-security.kubernetes.io/enforce: privileged
                """.formatted(NAMESPACE) + rendered);
        Files.writeString(folder.resolve("kustomization.yaml"), """
                # kubectl apply -k FOLDER, after the image was named here.
                resources: [wirecloset.yaml]
                images:
                  - {name: wirecloset, newName: wirecloset}
                """);
    }
}
