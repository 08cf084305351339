package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.network.NetworkStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program controller, with real sockets and files: its owner asks over HTTP, its member over the wire. */
@NeedsRoot
class StandAloneControllerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONTROLLER = 2;
    private static final int MEMBER = 3;
    private static final String LAB_NETWORK = """
            {"name":"lab","v4AssignMode":{"zt":true},"v6AssignMode":{"6plane":true},
             "routes":[{"target":"10.90.0.0/24"}],
             "ipAssignmentPools":[{"ipRangeStart":"10.90.0.1","ipRangeEnd":"10.90.0.99"}]}
            """;

    @TempDir
    Path folder;

    private Lab lab;
    private LocalHttp owner;

    @BeforeEach
    void root() throws Exception {
        lab = new Lab(folder);
        lab.started(1);
        owner = new LocalHttp(lab.host(CONTROLLER), lab.home(CONTROLLER).path());
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    private StandAloneController controller() throws IOException {
        return StandAloneController.start(lab.node(CONTROLLER).start());
    }

    // Controller checklist 3, 4, 12, 13, 20, 21, 27, 35
    @Test
    void aNodeIsSeenAskingIsLetInFollowsChangesAndIsPutOutAlsoAcrossARestart() throws Exception {
        String path;
        String member;
        try (StandAloneController controller = controller();
                Node node = lab.node(MEMBER).start()) {
            String id = owner.post("/controller/network", LAB_NETWORK)
                    .body()
                    .get("id")
                    .asText();
            path = "/controller/network/" + id;
            member = path + "/member/" + node.address();
            node.join(NetworkIds.parse(id), NetworkSettings.DEFAULT);
            String list = path + "/member";
            await().atMost(PATIENCE).until(() -> owner.get(list).body().has(node.address()));
            await().atMost(PATIENCE).until(() -> view(node, id).status() == NetworkStatus.ACCESS_DENIED);

            owner.post(member, "{\"authorized\":true,\"name\":\"laptop\"}");
            NetworkView joined = awaitView(node, id, view -> view.status() == NetworkStatus.OK);
            assertThat(joined.config().name()).isEqualTo("lab");
            assertThat(joined.config().staticAddresses()).hasSize(2);
            JsonNode shown = owner.get(member).body();
            assertThat(joined.config().staticAddresses().toString())
                    .contains(shown.at("/ipAssignments/0").asText());
            assertThat(shown.get("identity").asText()).isEqualTo(node.identity().toPublicText());

            owner.post(path, "{\"name\":\"renamed\"}");
            awaitView(node, id, view -> view.config().name().equals("renamed"));
        }
        try (StandAloneController controller = controller();
                Node node = lab.node(MEMBER).start()) {
            assertThat(owner.get(path).body().get("name").asText()).isEqualTo("renamed");
            assertThat(owner.get(member).body().get("name").asText()).isEqualTo("laptop");
            String id = path.substring(path.lastIndexOf('/') + 1);
            long before = awaitView(node, id, view -> view.status() == NetworkStatus.OK)
                    .config()
                    .timestamp();
            owner.post(path, "{\"name\":\"again\"}");
            NetworkView renamed =
                    awaitView(node, id, view -> view.config().name().equals("again"));
            assertThat(renamed.config().timestamp())
                    .as("signed after what was signed before the restart")
                    .isGreaterThan(before);

            assertThat(owner.delete(member).status()).isEqualTo(200);
            // It learns of it with its next request, after a minute; a new start asks at once.
            node.leave(NetworkIds.parse(id));
            node.join(NetworkIds.parse(id), NetworkSettings.DEFAULT);
            awaitView(node, id, view -> view.status() == NetworkStatus.ACCESS_DENIED);
        }
    }

    @Test
    void aControllerThatCannotReadItsFilesDoesNotStart() throws Exception {
        Path files = Files.createDirectories(lab.home(CONTROLLER).path().resolve("controller.d"));
        Files.writeString(files.resolve("signing-clock"), "yesterday");
        assertThatThrownBy(this::controller).isInstanceOf(IOException.class).hasMessageContaining("signing-clock");
    }

    @Test
    void theProgramTellsHowItIsUsed() throws IOException {
        assertThat(ControllerMain.run(java.util.List.of("--help"))).isZero();
    }

    private static NetworkView view(Node node, String id) {
        return node.view(NetworkIds.parse(id)).orElseThrow();
    }

    private static NetworkView awaitView(Node node, String id, Predicate<NetworkView> wanted) {
        return await().atMost(PATIENCE)
                .until(
                        () -> view(node, id),
                        view -> (view.config() != null || view.status() == NetworkStatus.ACCESS_DENIED)
                                && wanted.test(view));
    }
}
