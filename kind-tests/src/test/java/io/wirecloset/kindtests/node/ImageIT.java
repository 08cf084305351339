package io.wirecloset.kindtests.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wirecloset.kindtests.cluster.Cluster;
import io.wirecloset.kindtests.cluster.ClusterNode;
import io.wirecloset.kindtests.cluster.Pod;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Image;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Nat;
import io.wirecloset.kindtests.lab.Ping;
import io.wirecloset.kindtests.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code make images} leaves, unpacked, on a root file system that nobody can write to. */
class ImageIT {
    /** The chart's. */
    private static final int OPERATOR_USER = 65532;

    @TempDir
    static Path folder;

    private static Image image;
    private static Dist programs;

    @BeforeAll
    static void unpack() throws IOException {
        Dist dist = Dist.current();
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes namespaces");
        assumeTrue(Files.exists(dist.image()), "there is no image: make images");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        image = Image.unpack(dist.image(), Files.createDirectory(folder.resolve("image")));
        programs = image.programs(dist, Files.createDirectory(folder.resolve("dist")), OPERATOR_USER);
    }

    @Test
    void theImageHoldsOneProgramAndNoShell() throws IOException {
        Path root = image.root();
        assertThat(root.resolve("bin")).doesNotExist();
        assertThat(root.resolve("usr")).doesNotExist();
        try (Stream<Path> files = Files.list(root.resolve("opt/java/bin"))) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactly("java");
        }
    }

    @ParameterizedTest
    @CsvSource({"agent, WIRECLOSET_PORT, wirecloset.port", "operator, WIRECLOSET_CONTROLLER_PORT, controller.port"})
    void theStartUpCachesFitTheRuntimeOfTheImage(String program, String setting, String said) {
        Shell.Result refusal = run(Map.of(setting, "none", "WIRECLOSET_JAVA_OPTIONS", "-XX:AOTMode=on"), program);
        assertThat(refusal.out() + refusal.err()).contains(said).doesNotContain("AOT");
    }

    @Test
    void theNetworkWorksInIt() {
        Shell.Result selftest = run(Map.of(), "selftest");
        assertThat(selftest.exitCode()).as(selftest.out() + selftest.err()).isZero();
    }

    @Test
    void aClusterOfItServesPodsAndItsOperatorIsNotRoot() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (Cluster cluster = new Cluster(new Lab("image"), programs)) {
            Files.setPosixFilePermissions(cluster.lab().folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
            cluster.startRoot();
            cluster.startApi();
            cluster.startOperator(Map.of("WIRECLOSET_CONTROLLER_HOME", home.toString()));
            ClusterNode node = cluster.addNode(cluster.lab().behindNat("node", Nat.PORT_RESTRICTED));
            node.startAgent(Map.of());
            cluster.awaitController();
            cluster.applyNetwork(programs.sample("network.yaml"));
            node.awaitServing();
            Pod one = node.attach("one");
            Pod two = node.attach("two");

            assertThat(Ping.count(one.sandbox(), two.ipv4(), 3).received()).isEqualTo(3);
            assertThat(Files.readAllLines(
                            Path.of("/proc", "" + cluster.operator().pid(), "status")))
                    .anyMatch(l -> l.matches("Uid:(\\s+" + OPERATOR_USER + "){4}"));
            node.detach(one);
            node.detach(two);
        }
    }

    private static Shell.Result run(Map<String, String> environment, String argument) {
        return Shell.call(List.of(programs.program(), argument), environment, "", Duration.ofMinutes(2));
    }
}
