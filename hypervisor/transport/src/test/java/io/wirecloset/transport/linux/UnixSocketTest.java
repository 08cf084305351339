package io.wirecloset.transport.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    Path folder;

    private UnixServerSocket server;
    private UnixConnection client;
    private UnixConnection accepted;

    @BeforeEach
    void connect() throws IOException {
        server = UnixServerSocket.listen(folder.resolve("s"), 0600, 8);
        client = UnixServerSocket.connect(server.path());
        accepted = server.accept();
        client.timeout(10_000);
        accepted.timeout(10_000);
    }

    @AfterEach
    void close() {
        client.close();
        accepted.close();
        server.close();
    }

    @Test
    void bytesArriveInOrderHoweverMany() throws Exception {
        byte[] sent = new byte[300_000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + i / 255);
        }
        FutureTask<Void> sending = new FutureTask<>(() -> {
            client.send(sent, 0, sent.length);
            return null;
        });
        Thread.ofPlatform().start(sending);

        byte[] received = new byte[sent.length];
        for (int at = 0; at < received.length; ) {
            at += accepted.receive(received, at, received.length - at);
        }

        sending.get();
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void aDescriptorComesAlongAndIsTheSameFile() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "x");
        try (Descriptor passed = Descriptor.open(file.toString(), FileCalls.O_RDONLY)) {
            client.send(bytes("here"), 0, 4, passed);

            assertThat(accepted.receive(new byte[64], 0, 64)).isEqualTo(4);
            try (Descriptor came = accepted.takeDescriptor()) {
                assertThat(came.inode()).isEqualTo(passed.inode());
                assertThat(came.fd()).isNotEqualTo(passed.fd());
            }
            assertThat(accepted.takeDescriptor()).isNull();
        }
    }

    @Test
    void descriptorsNobodyTakesAreClosed() throws Exception {
        long before = openDescriptors();
        try (Descriptor passed = Descriptor.open("/dev/null", FileCalls.O_RDONLY)) {
            for (int i = 0; i < 10; i++) {
                client.send(bytes("x"), 0, 1, passed);
                accepted.receive(new byte[64], 0, 64);
            }
            assertThat(openDescriptors()).isEqualTo(before + 2); // ours, and the one kept for us
        }
        accepted.takeDescriptor().close();
        assertThat(openDescriptors()).isEqualTo(before);
    }

    @Test
    void thePeerIsKnown() throws Exception {
        assertThat(accepted.peerCredentials().pid())
                .isEqualTo((int) ProcessHandle.current().pid());
        assertThat(accepted.peerCredentials().uid()).isEqualTo((int) (Integer) Files.getAttribute(folder, "unix:uid"));
    }

    @Test
    void theFileHasItsPermissions() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.path())))
                .isEqualTo("rw-------");
    }

    @Test
    void theEndIsSeen() throws Exception {
        client.close();
        assertThat(accepted.receive(new byte[8], 0, 8)).isEqualTo(-1);
        assertThatThrownBy(() -> accepted.send(bytes("x"), 0, 1)).hasMessageContaining("EPIPE");
    }

    @Test
    void aSilentPeerTimesOut() {
        accepted.timeout(20);
        assertThatThrownBy(() -> accepted.receive(new byte[8], 0, 8)).hasMessageContaining("ETIMEDOUT");
    }

    @Test
    void closingWakesWhoAccepts() throws Exception {
        FutureTask<UnixConnection> accepting = new FutureTask<>(server::accept);
        Thread waiting = Thread.ofPlatform().start(accepting);

        server.close();

        assertThat(accepting.get()).isNull();
        waiting.join();
        assertThat(server.path()).doesNotExist();
    }

    @Test
    void twoCannotListenAtOncePlace() {
        assertThatThrownBy(() -> UnixServerSocket.listen(server.path(), 0600, 8))
                .hasMessageContaining("EADDRINUSE");
    }

    @Test
    void aFileLeftByTheDeadIsReplaced() throws Exception {
        Path left = folder.resolve("left");
        try (var dead = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(java.net.UnixDomainSocketAddress.of(left));
        }
        assertThat(left).exists();
        try (UnixServerSocket fresh = UnixServerSocket.listen(left, 0600, 8);
                UnixConnection c = UnixServerSocket.connect(left)) {
            assertThat(fresh.path()).isEqualTo(left);
            assertThat(c.takeDescriptor()).isNull();
        }
    }

    @Test
    void anythingElseInItsPlaceStays() throws Exception {
        Path file = Files.writeString(folder.resolve("data"), "keep");
        assertThatThrownBy(() -> UnixServerSocket.listen(file, 0600, 8)).hasMessageContaining("EADDRINUSE");
        assertThat(file).hasContent("keep");
    }

    private static long openDescriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
