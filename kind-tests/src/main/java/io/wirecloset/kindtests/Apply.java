package io.wirecloset.kindtests;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small {@code kubectl apply}: {@code Apply [--server URL] [--delete] FILE|FOLDER...}. Without a server the usual
 * KUBECONFIG decides.
 */
public final class Apply {
    private Apply() {}

    public static void main(String[] args) throws IOException {
        List<Path> files = new ArrayList<>();
        String server = null;
        boolean delete = false;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--server" -> server = args[++i];
                case "--delete" -> delete = true;
                default -> files.add(Path.of(args[i]));
            }
        }
        if (files.isEmpty()) {
            System.err.println("usage: Apply [--server URL] [--delete] FILE|FOLDER...");
            System.exit(2);
        }
        try (KubernetesClient client =
                server == null ? new KubernetesClientBuilder().build() : ApiServer.client(server)) {
            List<HasMetadata> resources = read(client, files);
            if (delete) {
                Collections.reverse(resources);
                resources.forEach(r -> delete(client, r));
            } else {
                resources.forEach(r -> apply(client, r));
            }
        }
    }

    /** All resources of the files, in order; of a folder all YAML files by name. */
    public static List<HasMetadata> read(KubernetesClient client, List<Path> files) throws IOException {
        List<HasMetadata> all = new ArrayList<>();
        for (Path file : files) {
            for (Path yaml : yamlFiles(file)) {
                try (InputStream in = Files.newInputStream(yaml)) {
                    all.addAll(client.load(in).items());
                }
            }
        }
        return all;
    }

    public static void apply(KubernetesClient client, HasMetadata resource) {
        client.resource(resource).fieldManager("apply").forceConflicts().serverSideApply();
        System.out.println("applied " + name(resource));
    }

    public static void delete(KubernetesClient client, HasMetadata resource) {
        client.resource(resource).delete();
        System.out.println("deleted " + name(resource));
    }

    private static List<Path> yamlFiles(Path file) throws IOException {
        if (!Files.isDirectory(file)) {
            return List.of(file);
        }
        try (Stream<Path> inside = Files.list(file)) {
            return inside.filter(f -> f.toString().matches(".*\\.ya?ml"))
                    .sorted()
                    .toList();
        }
    }

    private static String name(HasMetadata resource) {
        return resource.getKind() + "/" + resource.getMetadata().getName();
    }
}
