package io.wirecloset.kindtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What our programs count on when they talk to the server in memory. */
class ApiServerTest {
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
    void applyCreatesAndThenMerges() {
        client.resource(map("a", Map.of("x", "1"))).serverSideApply();
        client.resource(map("a", Map.of("y", "2"))).serverSideApply();
        assertThat(client.configMaps().withName("a").get().getData())
                .containsEntry("x", "1")
                .containsEntry("y", "2");
    }

    @Test
    void aSpecChangeStepsTheGenerationAndAStatusChangeDoesNot() {
        defineWidgets();
        Resource<GenericKubernetesResource> w = widgets().resource(widget("w", 1));
        assertThat(w.create().getMetadata().getGeneration()).isEqualTo(1);

        widgets().resource(widget("w", 2)).serverSideApply();
        assertThat(w.get().getMetadata().getGeneration()).isEqualTo(2);

        w.subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"seen\":true}}");
        GenericKubernetesResource after = w.get();
        assertThat(after.getMetadata().getGeneration()).isEqualTo(2);
        assertThat(after.<Object>get("status", "seen")).isEqualTo(true);
    }

    @Test
    void theStatusIsLeftAloneByAPatchOfTheResource() {
        defineWidgets();
        Resource<GenericKubernetesResource> w = widgets().resource(widget("w", 1));
        w.create();
        w.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"size\":3},\"status\":{\"seen\":true}}");
        assertThat(w.get().<Object>get("spec", "size")).isEqualTo(3);
        assertThat(w.get().<Object>get("status")).isNull();
    }

    @Test
    void aPatchReplacesListsAndRemovesWhatIsNull() {
        defineWidgets();
        Resource<GenericKubernetesResource> w = widgets().resource(widget("w", 1));
        w.create();
        PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
        w.patch(merge, "{\"spec\":{\"list\":[1,2],\"deep\":{\"a\":1,\"b\":2}}}");
        w.patch(merge, "{\"spec\":{\"list\":[3],\"deep\":{\"a\":null}}}");
        assertThat(w.get().<Object>get("spec"))
                .isEqualTo(Map.of("size", 1, "list", List.of(3), "deep", Map.of("b", 2)));
    }

    @Test
    void theStatusOfWhatIsNotThereCannotBeApplied() {
        defineWidgets();
        GenericKubernetesResource w = widget("w", 1);
        assertThatThrownBy(() -> widgets()
                        .resource(w)
                        .subresource("status")
                        .patch(PatchContext.of(PatchType.SERVER_SIDE_APPLY), w))
                .isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void aFinalizerHoldsWhatIsDeletedUntilItIsTakenOff() {
        ConfigMap held = map("a", Map.of());
        held.getMetadata().setFinalizers(List.of("wirecloset.io/test"));
        client.resource(held).create();
        client.configMaps().withName("a").delete();
        assertThat(client.configMaps().withName("a").get().isMarkedForDeletion())
                .isTrue();

        client.configMaps()
                .withName("a")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
        assertThat(client.configMaps().withName("a").get()).isNull();
    }

    @Test
    void aStaleUpdateIsAConflict() {
        ConfigMap old = client.resource(map("a", Map.of("x", "1"))).create();
        client.resource(map("a", Map.of("x", "2"))).serverSideApply();
        old.setData(Map.of("x", "3"));
        assertThatThrownBy(() -> client.resource(old).update())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode())
                        .isEqualTo(409));
    }

    @Test
    void aWatchSeesEachStep() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (var watch = client.configMaps().watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap map) {
                seen.add(action + " " + map.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {}
        })) {
            client.resource(map("a", Map.of("x", "1"))).create();
            client.resource(map("a", Map.of("x", "2"))).serverSideApply();
            client.configMaps().withName("a").delete();
            await().untilAsserted(() -> assertThat(seen).containsExactly("ADDED a", "MODIFIED a", "DELETED a"));
        }
    }

    @Test
    void aFileIsAppliedAsAUserWould(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.yaml"), """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: one, namespace: default}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: two, namespace: default}
                """);
        Apply.main(new String[] {"--server", server.url(), folder.toString()});
        assertThat(client.configMaps().list().getItems()).hasSize(2);

        Apply.main(new String[] {"--server", server.url(), "--delete", folder.toString()});
        assertThat(client.configMaps().list().getItems()).isEmpty();
    }

    @Test
    void whatBreaksTheServerIsAnswered() {
        assertThatThrownBy(() -> client.raw("/api/v1/namespaces/default/configmaps", "POST", "{"))
                .isInstanceOf(KubernetesClientException.class);
    }

    private static ConfigMap map(String name, Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .withData(data)
                .build();
    }

    private void defineWidgets() {
        client.resource(widgetKind()).serverSideApply();
    }

    private MixedOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> widgets() {
        return client.genericKubernetesResources("example.com/v1", "Widget");
    }

    private static GenericKubernetesResource widget(String name, int size) {
        GenericKubernetesResource w = new GenericKubernetesResource();
        w.setApiVersion("example.com/v1");
        w.setKind("Widget");
        w.setMetadata(map(name, Map.of()).getMetadata());
        w.getMetadata().setNamespace(null);
        w.setAdditionalProperty("spec", Map.of("size", size));
        return w;
    }

    private static CustomResourceDefinition widgetKind() {
        return new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName("widgets.example.com")
                .endMetadata()
                .withNewSpec()
                .withGroup("example.com")
                .withScope("Cluster")
                .withNewNames()
                .withKind("Widget")
                .withPlural("widgets")
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSubresources()
                .withNewStatus()
                .endStatus()
                .endSubresources()
                .endVersion()
                .endSpec()
                .build();
    }
}
