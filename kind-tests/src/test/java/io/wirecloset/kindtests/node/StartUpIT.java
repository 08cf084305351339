package io.wirecloset.kindtests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.lab.Dist;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of dist/ start from what the build wrote down about their start. */
class StartUpIT {
    private final Dist dist = Dist.current();

    @TempDir
    Path folder;

    @Test
    void theStartUpCacheFitsTheFlagsInUse() throws Exception {
        assumeTrue(
                Files.exists(dist.folder().resolve("lib/node/wirecloset.aot")),
                "dist/ was built where no namespaces can be made, so it has no start-up cache");
        // With this flag a JVM that cannot use its cache ends at once.
        assertThat(help("-XX:AOTMode=on")).isZero();
    }

    @Test
    void aCacheThatDoesNotFitIsPassedOverInSilence() throws Exception {
        assertThat(help("-XX:-UseCompressedOops")).isZero();
        assertThat(Files.readString(folder.resolve("said"), StandardCharsets.UTF_8))
                .startsWith("wirecloset idtool");
    }

    /** @return the exit code */
    private int help(String option) throws Exception {
        ProcessBuilder line = new ProcessBuilder(dist.program(), "idtool", "--help");
        line.environment().put("WIRECLOSET_JAVA_OPTIONS", option);
        Process help = line.redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        assertThat(help.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return help.exitValue();
    }
}
