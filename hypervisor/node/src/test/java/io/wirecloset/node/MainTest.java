package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    Path dir;

    private String said = "";

    @ParameterizedTest
    @ValueSource(strings = {"--help", "node --help", "root --help", "controller --help"})
    void helpIsNoError(String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(said).contains("--home DIR");
    }

    @Test
    void wrongUseIsToldApartFromFailure() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("nod")).isEqualTo(2);
        assertThat(said).contains("no program 'nod'");
        assertThat(run("node")).isEqualTo(2);
        assertThat(said).contains("--home is missing");
        assertThat(run("node", "--hom", "x")).isEqualTo(2);
        assertThat(said).contains("unknown option --hom").contains("--home");
        assertThat(run("node", "--home", dir.toString(), "--port", "70000")).isEqualTo(2);
        assertThat(said).contains("--port 70000");
        assertThat(run("node", "--home", dir.toString(), "8056c2e21c000001")).isEqualTo(2);
        assertThat(run("root", "--home", dir.toString(), "--endpoint", "somewhere"))
                .isEqualTo(2);
        assertThat(said).contains("ip/port");
    }

    @Test
    void whatFailsNamesTheFile() throws Exception {
        Files.writeString(dir.resolve("identity.secret"), "no identity");
        assertThat(run("node", "--home", dir.toString())).isEqualTo(1);
        assertThat(said).contains(dir.resolve("identity.secret").toString()).contains("remove it");

        Files.delete(dir.resolve("identity.secret"));
        Files.writeString(dir.resolve("local.conf"), "{ \"settings\": ");
        assertThat(run("node", "--home", dir.toString())).isEqualTo(1);
        assertThat(said).contains("local.conf");
    }

    private int run(String... words) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        try {
            return Main.run(List.of(words));
        } finally {
            System.setOut(out);
            System.setErr(err);
            said = bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
