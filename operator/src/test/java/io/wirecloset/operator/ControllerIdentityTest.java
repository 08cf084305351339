package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.wirecloset.kindtests.ApiServer;
import io.wirecloset.vl1.identity.Identity;
import java.net.InetAddress;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerIdentityTest {
    private static final Supplier<Identity> NEVER = () -> {
        throw new AssertionError("there is an identity already");
    };

    private ApiServer server;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server = ApiServer.start(InetAddress.getLoopbackAddress(), 0);
        client = server.client();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void itIsMadeOnceAndOwnedByNobody() {
        Identity first = read(() -> Samples.CONTROLLER_IDENTITY);
        assertThat(first).isEqualTo(Samples.CONTROLLER_IDENTITY);
        assertThat(secret().getMetadata().getOwnerReferences()).isEmpty();
        assertThat(secret().getImmutable()).isTrue();

        assertThat(read(NEVER)).isEqualTo(first);
        assertThat(read(NEVER).hasSecret()).isTrue();
    }

    @Test
    void aSecretWithoutIdentityIsLeftAloneAndSaidSo() {
        read(() -> Samples.CONTROLLER_IDENTITY);
        change("{\"data\":null}");
        assertThatThrownBy(() -> read(NEVER)).hasMessageContaining(ControllerIdentity.SECRET);
    }

    @Test
    void whatCannotBeReadIsNotPrinted() {
        read(() -> Samples.CONTROLLER_IDENTITY);
        // "private" in base64
        change("{\"data\":{\"identity.secret\":\"cHJpdmF0ZQ==\"}}");
        assertThatThrownBy(() -> read(NEVER))
                .hasMessageContaining("is not an identity")
                .hasNoCause()
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("private"));
    }

    private Identity read(Supplier<Identity> generator) {
        return ControllerIdentity.readOrCreate(client, Samples.NAMESPACE, generator);
    }

    private Secret secret() {
        return client.secrets()
                .inNamespace(Samples.NAMESPACE)
                .withName(ControllerIdentity.SECRET)
                .get();
    }

    private void change(String patch) {
        client.secrets()
                .inNamespace(Samples.NAMESPACE)
                .withName(ControllerIdentity.SECRET)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }
}
