package io.wirecloset.kindtests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Forwarder;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The API server of the lab's cluster: the one in memory, as a process on a public host, or a real one that a kubeconfig
 * names. Hosts of the lab reach a real one at the very address the kubeconfig says, carried there by this process.
 */
public final class KubeApi implements AutoCloseable {
    private static final int PORT = 6443;
    private static final String GROUP_VERSION = "wirecloset.io/v1alpha1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path kubeconfig;
    private final KubernetesClient client;
    /** Where it listens, when the hosts have no route there. */
    private final Optional<InetSocketAddress> carried;

    private final List<Forwarder> forwarders = new ArrayList<>();

    private KubeApi(Path kubeconfig, KubernetesClient client, Optional<InetSocketAddress> carried) {
        this.kubeconfig = kubeconfig;
        this.client = client;
        this.carried = carried;
    }

    /** The real one when KUBECONFIG is set, else the one in memory. */
    public static KubeApi of(Lab lab, Dist dist) {
        String real = System.getenv("KUBECONFIG");
        return real == null || real.isBlank() ? inMemory(lab, dist) : real(Path.of(real));
    }

    public static KubeApi inMemory(Lab lab, Dist dist) {
        return inMemory(lab, dist, "api");
    }

    /** @param name of the host it runs on */
    static KubeApi inMemory(Lab lab, Dist dist, String name) {
        Host host = lab.publicHost(name);
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Daemon server = host.start(
                "apiserver",
                Map.of(),
                java,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dslf4j.internal.verbosity=ERROR",
                "-cp",
                dist.folder() + "/lib/kind-tests/*",
                ApiServer.class.getName(),
                host.address() + ":" + PORT);
        Lab.await("the API server answers", Cluster.COMING_UP, () -> {
            server.requireAlive();
            return server.tail(1).startsWith("serving");
        });
        InetSocketAddress there = new InetSocketAddress(host.address(), PORT);
        Forwarder toHere = Forwarder.start(
                null, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), host.namespacePath(), there);
        Path kubeconfig = host.folder().resolve("kubeconfig");
        write(kubeconfig, "http://" + host.address() + ":" + PORT);
        KubeApi api = new KubeApi(kubeconfig, ApiServer.client("http://127.0.0.1:" + toHere.port()), Optional.empty());
        api.forwarders.add(toHere);
        return api;
    }

    public static KubeApi real(Path kubeconfig) {
        try {
            Config config = Config.fromKubeconfig(kubeconfig.toFile());
            URI server = URI.create(config.getMasterUrl());
            int port =
                    server.getPort() > 0 ? server.getPort() : server.getScheme().equals("http") ? 80 : 443;
            InetAddress address = InetAddress.getByName(server.getHost());
            return new KubeApi(
                    kubeconfig.toAbsolutePath(),
                    new KubernetesClientBuilder().withConfig(config).build(),
                    Optional.of(new InetSocketAddress(address, port)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path kubeconfig, String url) {
        try {
            Files.writeString(kubeconfig, """
                    apiVersion: v1
                    kind: Config
                    clusters: [{name: lab, cluster: {server: "%s"}}]
                    users: [{name: lab, user: {}}]
                    contexts: [{name: lab, context: {cluster: lab, user: lab, namespace: default}}]
                    current-context: lab
                    """.formatted(url));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public boolean isReal() {
        return carried.isPresent();
    }

    /** Makes the server reachable from a host. @return what its programs need in their environment */
    public Map<String, String> reachableFrom(Host host) {
        carried.ifPresent(at -> {
            if (!at.getAddress().isLoopbackAddress()) {
                host.run("ip", "addr", "add", at.getAddress().getHostAddress(), "dev", "lo");
            }
            forwarders.add(Forwarder.start(host.namespacePath(), at, null, at));
        });
        return Map.of("KUBECONFIG", kubeconfig.toString());
    }

    public KubernetesClient client() {
        return client;
    }

    /** As kubectl apply -f does. */
    public void apply(Path file) {
        try {
            Apply.read(client, List.of(file)).forEach(this::apply);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As kubectl delete -f does. */
    public void delete(Path file) {
        try {
            Apply.read(client, List.of(file)).forEach(r -> client.resource(r).delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void apply(HasMetadata resource) {
        client.resource(resource).fieldManager("lab").forceConflicts().serverSideApply();
    }

    /** @param yaml one or more documents */
    public void apply(String yaml) {
        client.load(new java.io.ByteArrayInputStream(yaml.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .items()
                .forEach(this::apply);
    }

    public MixedOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            ours(String kind) {
        return client.genericKubernetesResources(GROUP_VERSION, kind);
    }

    /** A cluster-scoped resource of ours as JSON; a missing node when there is none. */
    public JsonNode find(String kind, String name) {
        GenericKubernetesResource r = ours(kind).withName(name).get();
        return r == null ? JSON.missingNode() : JSON.valueToTree(r);
    }

    /** The same of one in a namespace. */
    public JsonNode find(String kind, String namespace, String name) {
        GenericKubernetesResource r =
                ours(kind).inNamespace(namespace).withName(name).get();
        return r == null ? JSON.missingNode() : JSON.valueToTree(r);
    }

    /** "True", "False", "Unknown" or empty. */
    public static String condition(JsonNode resource, String type) {
        return said(resource, type).replaceFirst("(?s) .*", "");
    }

    /** A condition's status, reason and message; empty when there is none. */
    public static String said(JsonNode resource, String type) {
        for (JsonNode c : resource.at("/status/conditions")) {
            if (c.path("type").asText().equals(type)) {
                return c.path("status").asText() + " " + c.path("reason").asText() + ": "
                        + c.path("message").asText();
            }
        }
        return "";
    }

    @Override
    public void close() {
        client.close();
        forwarders.forEach(Forwarder::close);
    }
}
