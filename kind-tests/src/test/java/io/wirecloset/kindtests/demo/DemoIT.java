package io.wirecloset.kindtests.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as its user starts it. */
class DemoIT {
    private static final Duration LIMIT = Duration.ofMinutes(8);
    private static final int EXIT_ON_SIGINT = 130;

    @TempDir
    Path folder;

    @BeforeEach
    void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
    }

    @Test
    void showsTheWholeWayAndLeavesNothing() throws Exception {
        Process demo = start();
        assertThat(demo.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as(output())
                .isTrue();
        assertThat(demo.exitValue()).as(output()).isZero();
        assertThat(output()).contains("direct: ").contains("everything worked, nothing is left");
        assertThat(tracesOf(demo.pid())).isEmpty();
    }

    @Test
    void afterCtrlCNothingIsLeft() throws Exception {
        Process demo = start();
        Lab.await("the first pod is attached", LIMIT, () -> {
            if (!demo.isAlive()) {
                throw new IllegalStateException("it ended: " + output());
            }
            return output().contains("ADD pod-b1");
        });
        Shell.run("kill", "-INT", Long.toString(demo.pid()));
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).as(output()).isTrue();
        assertThat(demo.exitValue()).as(output()).isEqualTo(EXIT_ON_SIGINT);
        assertThat(output()).contains("nothing is left");
        assertThat(tracesOf(demo.pid())).isEmpty();
    }

    private Process start() throws IOException {
        Path script = Path.of(System.getProperty("wirecloset.demo", "../make/demo.sh"));
        // who runs tests in the background of a shell has SIGINT ignored, and all that is started from there has too
        ProcessBuilder b = new ProcessBuilder(
                "env",
                "--default-signal=INT",
                script.toString(),
                Dist.current().folder().toString());
        b.redirectErrorStream(true).redirectOutput(folder.resolve("out").toFile());
        return b.start();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("out"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Namespaces, folders and processes named after that run. */
    private static List<String> tracesOf(long pid) throws IOException {
        String tag = Lab.tagOf(Demo.NAME, pid);
        try (Stream<Path> namespaces = Files.list(Path.of("/run/netns"));
                Stream<Path> folders = Files.list(Path.of(System.getProperty("java.io.tmpdir")));
                Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return Stream.of(
                            namespaces.filter(p -> p.getFileName().toString().startsWith("wc-" + tag + "-")),
                            folders.filter(p -> p.getFileName().toString().startsWith("wirecloset-" + tag + "-")),
                            processes
                                    .map(p -> p.info().commandLine().orElse(""))
                                    .filter(c -> c.contains("wirecloset-" + tag + "-")))
                    .flatMap(s -> s.map(Object::toString))
                    .toList();
        }
    }
}
