package io.wirecloset.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterCacheTest {
    private static final ClusterView VIEW = new ClusterView(
            List.of(
                    NodeRig.PODS,
                    NodeRig.network("other", 0x8056c2e21c000002L, false, "10.90.0.0/16", "10.90.128.0/24")),
            new ClusterInfo(
                    new byte[] {1, 2, 3},
                    List.of(new ClusterInfo.ControllerInfo("8056c2e21c:0:aa", List.of("192.0.2.1/9994"))),
                    new byte[0],
                    List.of("AAEC")),
            List.of(new Acquaintance(
                    TestIdentities.get(3).withoutSecret(),
                    List.of(Endpoint.parse("192.0.2.3/9993"), Endpoint.parse("2001:db8::3/9993")))));

    @TempDir
    Path folder;

    @Test
    void whatIsSavedIsLoaded() throws Exception {
        ClusterCache cache = new ClusterCache(folder.resolve("cluster.json"));
        assertThat(cache.load()).isSameAs(ClusterView.NOTHING);
        cache.save(VIEW);
        assertThat(cache.load().saysTheSameAs(VIEW)).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("cluster.json"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    @DisplayName("a file of the next version is read for what is known of it (F4)")
    void aFileOfTheNextVersionIsRead() throws Exception {
        Path file = folder.resolve("cluster.json");
        ClusterCache cache = new ClusterCache(file);
        cache.save(VIEW);
        String text = Files.readString(file);
        assertThat(text).contains("\"version\":1,", "\"name\":\"pods\",");
        Files.writeString(
                file,
                text.replace("\"version\":1,", "\"version\":2,\"later\":{\"a\":[1]},")
                        .replace("\"name\":\"pods\",", "\"name\":\"pods\",\"later\":true,"));
        assertThat(cache.load().saysTheSameAs(VIEW)).isTrue();
        Files.writeString(file, "{\"version\":2}");
        assertThat(cache.load().saysTheSameAs(ClusterView.NOTHING)).isTrue();
    }

    @Test
    void aFileCutAnywhereIsNoFile() throws Exception {
        Path file = folder.resolve("cluster.json");
        ClusterCache cache = new ClusterCache(file);
        cache.save(VIEW);
        Logger.getLogger(ClusterCache.class.getName()).setLevel(Level.OFF); // or it says so a thousand times
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            Files.write(file, Arrays.copyOf(whole, i));
            assertThat(cache.load()).isSameAs(ClusterView.NOTHING);
        }
    }
}
