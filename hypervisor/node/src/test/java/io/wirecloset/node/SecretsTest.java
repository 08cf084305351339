package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.node.home.NetworkSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node logs at the finest level, shows and leaves in files holds no secret that others could read (T30). */
@NeedsRoot
class SecretsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NODE = 3;

    @Test // T30
    void noSecretIsLoggedOrShownAndItsFilesAreTheOwnersAlone(@TempDir Path folder) throws Exception {
        Captured log = new Captured();
        StringBuilder shown = new StringBuilder();
        Path home;
        try (log;
                Lab lab = new Lab(folder)) {
            lab.started(1);
            Node node = lab.started(NODE);
            home = node.home().path();
            node.join(0x8056c2e21c000001L, NetworkSettings.DEFAULT);
            await().atMost(PATIENCE).until(node::online);
            await().atMost(PATIENCE).until(() -> lab.interfaces(NODE).size() == 3);
            shown.append(node).append(node.identity()).append(node.status()).append(node.peers());
            shown.append(node.networks()).append(node.views()).append(node.peerViews());
            node.leave(0x8056c2e21c000001L);
        }
        assertThat(log.text()).contains("is online");
        for (String secret : secretsOf(home)) {
            assertThat(log.text()).doesNotContainIgnoringCase(secret);
            assertThat(shown.toString()).doesNotContainIgnoringCase(secret);
        }
        assertThat(mode(home)).isEqualTo("rwx------");
        for (String file : List.of("identity.secret", "authtoken.secret", "metricstoken.secret")) {
            assertThat(mode(home.resolve(file))).isEqualTo("rw-------");
        }
    }

    private static List<String> secretsOf(Path home) throws Exception {
        String hex = Lab.IDENTITIES.get(NODE - 1).toSecretText().split(":")[3];
        byte[] key = HexFormat.of().parseHex(hex);
        return List.of(
                hex.substring(0, 32),
                hex.substring(64, 96),
                Base64.getEncoder().withoutPadding().encodeToString(key).substring(0, 32),
                Files.readString(home.resolve("authtoken.secret"), StandardCharsets.US_ASCII),
                Files.readString(home.resolve("metricstoken.secret"), StandardCharsets.US_ASCII));
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** Everything that is logged, at every level, until closed. */
    private static final class Captured extends Handler implements AutoCloseable {
        private final Logger ours = Logger.getLogger("io.wirecloset");
        private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

        Captured() {
            setLevel(Level.ALL);
            ours.setLevel(Level.ALL);
            ours.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(new SimpleFormatter().format(line));
        }

        String text() {
            return String.join("\n", lines);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            ours.removeHandler(this);
            ours.setLevel(null);
        }
    }
}
