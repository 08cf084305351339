package io.wirecloset.kindtests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.lab.Dist;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The programs of dist/ start from what the build wrote down about their start. */
class StartUpIT {
    private final Dist dist = Dist.current();

    @TempDir
    Path folder;

    /** A program, asked for something that ends soon: plain ones for help, the applications with a setting they refuse. */
    enum Program {
        NODE("node", List.of("idtool", "--help"), Map.of(), "wirecloset idtool"),
        AGENT("agent", List.of("agent"), Map.of("WIRECLOSET_PORT", "none"), "wirecloset.port"),
        OPERATOR("operator", List.of("operator"), Map.of("WIRECLOSET_CONTROLLER_PORT", "none"), "controller.port");

        private final String folder;
        private final List<String> arguments;
        private final Map<String, String> environment;
        private final String says;

        Program(String folder, List<String> arguments, Map<String, String> environment, String says) {
            this.folder = folder;
            this.arguments = arguments;
            this.environment = environment;
            this.says = says;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theStartUpCacheFitsTheFlagsInUse(Program program) throws Exception {
        assumeTrue(
                Files.exists(dist.startUpCache(program.folder)),
                "dist/ was built where no namespaces can be made, so it has no start-up cache for " + program);
        // With this flag a JVM that cannot use its cache ends at once.
        assertThat(output(program, "-XX:AOTMode=on")).contains(program.says).doesNotContain("AOT");
    }

    @ParameterizedTest
    @EnumSource
    void aCacheThatDoesNotFitIsPassedOverInSilence(Program program) throws Exception {
        assertThat(output(program, "-XX:-UseCompressedOops"))
                .contains(program.says)
                .doesNotContain("AOT", "[aot]", "[cds]");
    }

    private String output(Program program, String option) throws Exception {
        ProcessBuilder line = new ProcessBuilder(dist.program());
        line.command().addAll(program.arguments);
        line.environment().putAll(program.environment);
        line.environment().put("WIRECLOSET_JAVA_OPTIONS", option);
        Path said = folder.resolve("said");
        Process running =
                line.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(said, StandardCharsets.UTF_8);
    }
}
