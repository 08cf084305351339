package io.wirecloset.kindtests.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.wirecloset.kindtests.Apply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real API server for tests to do as they like with: the one whose kubeconfig {@link #VARIABLE} names. Not KUBECONFIG,
 * which may lead to a cluster that somebody needs. Without it such tests are skipped.
 */
public final class RealServer {
    public static final String VARIABLE = "WIRECLOSET_TEST_KUBECONFIG";
    /** For {@code @EnabledIf}. */
    public static final String IS_THERE = "io.wirecloset.kindtests.cluster.RealServer#isThere";
    /** For {@code @EnabledIf}. */
    public static final String WHY_NOT = VARIABLE + " names no API server to try this on";

    private static final String NAMESPACE = "wirecloset-system";
    private static final long ESTABLISHED_WITHIN_S = 30;
    private static final long TOKEN_S = 3_600;

    private RealServer() {}

    public static boolean isThere() {
        String kubeconfig = System.getenv(VARIABLE);
        return kubeconfig != null && !kubeconfig.isBlank();
    }

    /** As its administrator; the caller closes it. */
    public static KubernetesClient client() {
        return new KubernetesClientBuilder().withConfig(config()).build();
    }

    public static Config config() {
        Config config = Config.fromKubeconfig(Path.of(System.getenv(VARIABLE)).toFile());
        if (config.getClientKeyData() != null && isEcKey(config.getClientKeyData())) {
            config.setClientKeyAlgo("EC"); // the client takes every key in a PKCS#8 envelope for an RSA one
        }
        return config;
    }

    private static boolean isEcKey(String base64OfPem) {
        String pem = new String(Base64.getDecoder().decode(base64OfPem), StandardCharsets.US_ASCII);
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
        try {
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * As one of our service accounts; the caller closes it.
     *
     * @param admin the administrator, who makes the token
     * @param pod of that account, which the token is bound to, and to its node; null for a token of the account alone
     */
    public static KubernetesClient clientOf(KubernetesClient admin, String serviceAccount, Pod pod) {
        TokenRequestBuilder request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(TOKEN_S)
                .endSpec();
        if (pod != null) {
            request.editSpec()
                    .withNewBoundObjectRef()
                    .withApiVersion("v1")
                    .withKind("Pod")
                    .withName(pod.getMetadata().getName())
                    .withUid(pod.getMetadata().getUid())
                    .endBoundObjectRef()
                    .endSpec();
        }
        TokenRequest token = admin.serviceAccounts()
                .inNamespace(NAMESPACE)
                .withName(serviceAccount)
                .tokenRequest(request.build());
        Config server = config();
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(server.getMasterUrl())
                        .withCaCertData(server.getCaCertData())
                        .withOauthToken(token.getStatus().getToken())
                        .withNamespace(NAMESPACE)
                        .build())
                .build();
    }

    /** Roles, accounts and admission policies, as the chart's files have them. */
    public static void installRoles(KubernetesClient client, Path chart) {
        read(client, chart.resolve("rbac")).forEach(r -> Apply.apply(client, r));
    }

    /**
     * Makes it know our kinds as the chart's copies define them, and has the operator's namespace there.
     *
     * @param chart the folder {@code helm}
     */
    public static void install(KubernetesClient client, Path chart) {
        for (HasMetadata crd : read(client, chart.resolve("custom-resources"))) {
            Apply.apply(client, crd);
            client.resource(crd).waitUntilCondition(RealServer::isEstablished, ESTABLISHED_WITHIN_S, TimeUnit.SECONDS);
        }
        makeNamespace(client, NAMESPACE);
    }

    public static void makeNamespace(KubernetesClient client, String name) {
        Apply.apply(
                client,
                new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build());
    }

    private static List<HasMetadata> read(KubernetesClient client, Path folder) {
        try {
            return Apply.read(client, List.of(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEstablished(HasMetadata crd) {
        return crd instanceof CustomResourceDefinition definition
                && definition.getStatus() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established")
                                && c.getStatus().equals("True"));
    }
}
