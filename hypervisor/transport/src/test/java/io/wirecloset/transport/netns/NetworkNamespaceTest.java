package io.wirecloset.transport.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.transport.NeedsRoot;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.FileCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkNamespaceTest {
    @TempDir
    Path folder;

    @Test
    void aPlainFileIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "x");
        assertThatThrownBy(() -> NetworkNamespace.open(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not a network namespace");
    }

    @Test
    void anotherKindOfNamespaceIsRefused() {
        assertThatThrownBy(() -> NetworkNamespace.open(Path.of("/proc/self/ns/mnt")))
                .hasMessageContaining("is not a network namespace");
    }

    @Test
    void aSymbolicLinkOutsideProcIsRefused() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("l"), Path.of("/proc/self/ns/net"));
        assertThatThrownBy(() -> NetworkNamespace.open(link)).hasMessageContaining("ELOOP");
    }

    @Test
    void oneThatIsMissingSaysSo() {
        assertThatThrownBy(() -> NetworkNamespace.open(Path.of("/run/netns/wirecloset-none")))
                .hasMessageContaining("ENOENT");
    }

    @Test
    @NeedsRoot
    void aTaskRunsInsideAndTheCallerStaysOutside() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.current();
                NetworkNamespace made = NetworkNamespace.create()) {
            assertThat(made.inode()).isNotEqualTo(here.inode());
            long inside = made.run(() -> {
                try (NetworkNamespace current = NetworkNamespace.current()) {
                    return current.inode();
                }
            });
            assertThat(inside).isEqualTo(made.inode());
            try (NetworkNamespace still = NetworkNamespace.current()) {
                assertThat(still.inode()).isEqualTo(here.inode());
            }
        }
    }

    @Test
    @NeedsRoot
    void aThreadThatVisitsComesBackAlsoWhenTheTaskFails() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.current();
                NetworkNamespace made = NetworkNamespace.create()) {
            Thread caller = Thread.currentThread();
            long inside = made.visit(() -> {
                assertThat(Thread.currentThread()).isSameAs(caller);
                assertThat(made.visit(NetworkNamespaceTest::inodeHere)).isEqualTo(made.inode());
                return inodeHere();
            });
            assertThat(inside).isEqualTo(made.inode());
            assertThat(inodeHere()).isEqualTo(here.inode());
            assertThatThrownBy(() -> made.visit(() -> {
                        throw new IOException("broken");
                    }))
                    .hasMessage("broken");
            assertThat(inodeHere()).isEqualTo(here.inode());
        }
    }

    @Test
    @NeedsRoot
    void aVirtualThreadDoesNotTakeItsCarrierAlong() throws Exception {
        try (NetworkNamespace here = NetworkNamespace.current();
                NetworkNamespace made = NetworkNamespace.create();
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(virtual.submit(() -> made.visit(NetworkNamespaceTest::inodeHere))
                            .get())
                    .isEqualTo(made.inode());
            assertThat(virtual.submit(NetworkNamespaceTest::inodeHere).get()).isEqualTo(here.inode());
        }
    }

    private static long inodeHere() throws IOException {
        try (NetworkNamespace current = NetworkNamespace.current()) {
            return current.inode();
        }
    }

    @Test
    @NeedsRoot
    void aDescriptorIsAsGoodAsAPath() throws Exception {
        try (NetworkNamespace made = NetworkNamespace.create();
                NetworkNamespace same =
                        NetworkNamespace.adopt(Descriptor.open("/proc/self/fd/" + made.fd(), FileCalls.O_RDONLY));
                NetworkNamespace copy = made.duplicate()) {
            assertThat(same.inode()).isEqualTo(made.inode());
            assertThat(copy.inode()).isEqualTo(made.inode());
        }
    }

    @Test
    @NeedsRoot
    void whatATaskThrowsComesOut() throws Exception {
        try (NetworkNamespace made = NetworkNamespace.create()) {
            assertThatThrownBy(() -> made.run(() -> {
                        throw new IllegalStateException("odd");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> made.run(() -> {
                        throw new IOException("broken");
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("broken");
        }
    }
}
