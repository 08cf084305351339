package io.wirecloset.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CniInstallTest {
    private static final Path USUAL_SOCKET = Path.of("/run/wirecloset/cni.sock");

    @TempDir
    Path folder;

    private CniInstall install(String chained) {
        return new CniInstall(
                folder.resolve("net.d"), folder.resolve("bin"), folder.resolve("shim"), USUAL_SOCKET, "pods", chained);
    }

    private JsonNode written(String chained) throws IOException {
        install(chained).writeConfiguration();
        return new ObjectMapper()
                .readTree(folder.resolve("net.d/05-wirecloset.conflist").toFile());
    }

    @Test
    @DisplayName("one configuration for old runtimes and new, ports of the node done by ourselves (CNI 53, 59)")
    void oneConfigurationForOldRuntimesAndNew() throws Exception {
        assertThat(written("[]")).isEqualTo(new ObjectMapper().readTree("""
                        {"cniVersion": "0.4.0", "cniVersions": ["0.4.0", "1.0.0", "1.1.0"], "name": "pods",
                         "plugins": [{"type": "wirecloset",
                                      "capabilities": {"portMappings": true, "bandwidth": true, "ips": true, "dns": true}}]}"""));
    }

    @Test
    @DisplayName("what a chained plugin is capable of is left to it (CNI 50, 53)")
    void whatAChainedPluginIsCapableOfIsLeftToIt() throws Exception {
        JsonNode list = written("[{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true},\"snat\":true}]");
        assertThat(list.at("/plugins/0/capabilities")).hasToString("{\"bandwidth\":true,\"ips\":true,\"dns\":true}");
        assertThat(list.at("/plugins/1"))
                .hasToString("{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true},\"snat\":true}");
        assertThatThrownBy(() -> install("{}").writeConfiguration()).hasMessageContaining("not a JSON list");
        assertThatThrownBy(() -> install("[{").writeConfiguration()).isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("written whole, first in the folder, nothing beside it; the same again is not written (CNI 60, 61)")
    void writtenWholeAndOnce() throws Exception {
        written("[]");
        Path file = folder.resolve("net.d/05-wirecloset.conflist");
        Object inode = Files.getAttribute(file, "unix:ino");
        written("[]");
        assertThat(Files.getAttribute(file, "unix:ino")).as("not written anew").isEqualTo(inode);
        written("[{\"type\":\"tuning\"}]");
        assertThat(Files.getAttribute(file, "unix:ino"))
                .as("another file, by rename")
                .isNotEqualTo(inode);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
        install("[]").remove();
        assertThat(folder.resolve("net.d")).isEmptyDirectory();
    }

    @Test
    @DisplayName("a shim that runs is replaced, for it is another file that takes its name (CNI 15)")
    void aShimThatRunsIsReplaced() throws Exception {
        Files.copy(Path.of("/bin/sleep"), folder.resolve("shim"));
        install("[]").installShim();
        Path installed = folder.resolve("bin/wirecloset");
        Process running = new ProcessBuilder(installed.toString(), "60").start();
        try {
            Files.writeString(folder.resolve("shim"), "#!/bin/sh\necho new\n");
            install("[]").installShim();
            Process fresh = new ProcessBuilder(installed.toString()).start();
            assertThat(new String(fresh.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .isEqualTo("new\n");
            assertThat(running.isAlive()).isTrue();
        } finally {
            running.destroy();
        }
    }
}
