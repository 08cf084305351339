package io.wirecloset.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * {@code helm test}: runs in a pod of the pod network, so it has been attached already when it begins, and reaches the API
 * server by its Service; from there it says what of the cluster's networks and nodes is not ready. A program of its own, on
 * the agent's class path, without Quarkus.
 */
public final class ClusterCheck {
    private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
    private static final String RESOURCES = "/apis/wirecloset.io/v1alpha1/";
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    /** After an installation agents take a moment. */
    private static final int ATTEMPTS = 30;

    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final String server;
    private final String token;

    ClusterCheck(HttpClient http, String server, String token) {
        this.http = http;
        this.server = server;
        this.token = token;
    }

    public static void main(String[] args) throws Exception {
        String host = System.getenv("KUBERNETES_SERVICE_HOST");
        if (host == null) {
            System.err.println("this runs in a pod: helm test");
            System.exit(2);
        }
        String server = "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + System.getenv("KUBERNETES_SERVICE_PORT");
        HttpClient http = HttpClient.newBuilder()
                .sslContext(trusting(ACCOUNT.resolve("ca.crt")))
                .connectTimeout(ANSWER_LIMIT)
                .build();
        ClusterCheck check = new ClusterCheck(
                http, server, Files.readString(ACCOUNT.resolve("token")).strip());
        List<String> faults = List.of();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            faults = check.faults();
            if (faults.isEmpty()) {
                System.out.println(
                        "this pod reaches the API server at " + server + "; every network and node is ready");
                return;
            }
            Thread.sleep(BETWEEN_ATTEMPTS);
        }
        faults.forEach(System.out::println);
        System.exit(1);
    }

    private static SSLContext trusting(Path authority) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(authority)) {
            int i = 0;
            for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("cluster-" + i++, c);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** What is not as it should be, each with the thing's name; empty when all is well. */
    List<String> faults() throws InterruptedException {
        List<String> faults = new ArrayList<>();
        try {
            JsonNode networks = list("zerotiernetworks");
            boolean primary = false;
            for (JsonNode network : networks) {
                primary |= network.at("/spec/primary").asBoolean();
                addFault("network", network, faults);
            }
            if (!primary) {
                faults.add("no ZeroTierNetwork has spec.primary: there is no pod network");
            }
            JsonNode nodes = list("zerotiernodes");
            if (nodes.isEmpty()) {
                faults.add("there is no ZeroTierNode: does the operator run?");
            }
            for (JsonNode node : nodes) {
                addFault("node", node, faults);
            }
        } catch (IOException e) {
            faults.add("the API server at " + server + " cannot be asked from a pod: " + e);
        }
        return faults;
    }

    private static void addFault(String what, JsonNode resource, List<String> faults) {
        String why = "its status says nothing yet";
        for (JsonNode c : resource.at("/status/conditions")) {
            if (c.path("type").asText().equals("Ready")) {
                if (c.path("status").asText().equals("True")) {
                    return;
                }
                why = c.path("message").asText();
            }
        }
        faults.add(what + " " + resource.at("/metadata/name").asText() + " is not ready: " + why);
    }

    private JsonNode list(String plural) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(server + RESOURCES + plural))
                .header("Authorization", "Bearer " + token)
                .timeout(ANSWER_LIMIT)
                .build();
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(plural + ": status " + answer.statusCode());
        }
        return JSON.readTree(answer.body()).path("items");
    }
}
