package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The controller's identity, in a Secret that is made once and owned by nobody: every network id begins with its
 * address, so it outlives the operator, its uninstallation and the networks. Read by name, never listed, never printed.
 */
public final class ControllerIdentity {
    public static final String SECRET = "wirecloset-controller-identity";
    /** The file name that the stock service gives it. */
    public static final String KEY = "identity.secret";

    private static final Logger LOG = Logger.getLogger(ControllerIdentity.class);

    private ControllerIdentity() {}

    /**
     * Reads it, or makes it. When two operators start at once, the Secret that was created first is everybody's.
     *
     * @param generator takes seconds, and is asked only when there is no Secret
     * @throws IllegalStateException when there is one that holds no identity: it is not replaced
     */
    public static Identity readOrCreate(KubernetesClient client, String namespace, Supplier<Identity> generator) {
        Secret present = read(client, namespace);
        if (present == null) {
            Identity made = generator.get();
            Apply.createIfMissing(client, secret(namespace, made));
            LOG.infof("made the controller's identity: address %010x", made.address());
            present = read(client, namespace);
        }
        return identity(present, namespace);
    }

    private static Secret read(KubernetesClient client, String namespace) {
        return client.secrets().inNamespace(namespace).withName(SECRET).get();
    }

    private static Secret secret(String namespace, Identity identity) {
        String text = Base64.getEncoder().encodeToString(identity.toSecretText().getBytes(StandardCharsets.US_ASCII));
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(SECRET)
                .endMetadata()
                .withType("wirecloset.io/identity")
                .withData(Map.of(KEY, text))
                .withImmutable(true)
                .build();
    }

    private static Identity identity(Secret secret, String namespace) {
        String where = "Secret " + namespace + "/" + SECRET;
        if (secret == null || secret.getData() == null || secret.getData().get(KEY) == null) {
            throw new IllegalStateException(
                    where + " has no " + KEY + ": restore it, or delete it to start anew with" + " new network ids");
        }
        try {
            byte[] text = Base64.getDecoder().decode(secret.getData().get(KEY));
            Identity identity = Identity.parse(new String(text, StandardCharsets.US_ASCII).trim());
            if (!identity.hasSecret() || !identity.secretMatches()) {
                throw new IllegalStateException(
                        where + ": " + KEY + " has no secret keys, or those of another identity");
            }
            return identity;
        } catch (MalformedException | IllegalArgumentException e) {
            // The cause may quote what it could not read.
            throw new IllegalStateException(where + ": " + KEY + " is not an identity; restore it");
        }
    }
}
