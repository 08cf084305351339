package io.wirecloset.node.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

// VL1 checklist 60
class HomeLockTest {
    @TempDir
    Path dir;

    /** Another process that uses a home directory until somebody ends it. */
    static final class Holder {
        public static void main(String[] home) throws Exception {
            HomeLock.take(HomeDirectory.open(Path.of(home[0])));
            System.out.println("held");
            Thread.sleep(TimeUnit.MINUTES.toMillis(2));
        }
    }

    @Test
    void aDirectoryIsUsedByOneNodeAtATime() throws Exception {
        HomeDirectory home = HomeDirectory.open(dir);
        Path sameElsewhere = Files.createSymbolicLink(dir.resolveSibling(dir.getFileName() + "-link"), dir);
        try (HomeLock held = HomeLock.take(home)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> HomeLock.take(HomeDirectory.open(sameElsewhere)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(
                            "in use by process " + ProcessHandle.current().pid())
                    .hasMessageContaining(dir.toRealPath().toString());
        } finally {
            Files.delete(sameElsewhere);
        }
        HomeLock.take(home).close();
    }

    @Test
    void itNeedsNoSpaceToBeHeld() throws Exception {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.isWritable(full), "there is no " + full + " here");
        HomeDirectory home = HomeDirectory.open(dir);
        Files.createSymbolicLink(dir.resolve(HomeLock.FILE), full);
        try (HomeLock held = HomeLock.take(home)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> HomeLock.take(home)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theProcessThatUsesItIsNamedAndItsDeathFreesIt() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        dir.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            HomeDirectory home = HomeDirectory.open(dir);
            assertThatThrownBy(() -> HomeLock.take(home)).hasMessageContaining("in use by process " + other.pid());
            other.destroyForcibly();
            assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
            HomeLock.take(home).close();
        } finally {
            other.destroyForcibly();
        }
    }
}
