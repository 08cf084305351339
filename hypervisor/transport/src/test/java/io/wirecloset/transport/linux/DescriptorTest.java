package io.wirecloset.transport.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorTest {
    @TempDir
    Path folder;

    @Test
    void theInodeIsThatOfTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve("f"), "x");
        try (Descriptor open = Descriptor.open(file.toString(), FileCalls.O_RDONLY);
                Descriptor again = open.duplicate()) {
            assertThat(open.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
            assertThat(again.inode()).isEqualTo(open.inode());
        }
    }

    @Test
    void anErrorNamesTheFileAndTheReason() {
        assertThatThrownBy(() -> Descriptor.open("/nowhere", FileCalls.O_RDONLY))
                .isInstanceOf(LinuxException.class)
                .hasMessage("open /nowhere: ENOENT, no such file or directory");
    }

    @Test
    void symbolicLinksAreRefusedWhenAskedFor() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("l"), Path.of("/dev/null"));
        assertThatThrownBy(() -> Descriptor.open(link.toString(), FileCalls.O_NOFOLLOW))
                .hasMessageContaining("ELOOP");
    }

    @Test
    void aLockHasOneHolder() throws Exception {
        Path file = Files.writeString(folder.resolve("lock"), "");
        try (Descriptor second = Descriptor.open(file.toString(), FileCalls.O_RDWR)) {
            try (Descriptor first = Descriptor.open(file.toString(), FileCalls.O_RDWR)) {
                assertThat(first.tryLock()).isTrue();
                assertThat(second.tryLock()).isFalse();
            }
            assertThat(second.tryLock()).isTrue();
        }
    }

    @Test
    void aClosedOneIsNotUsed() throws Exception {
        Descriptor open = Descriptor.open("/dev/null", FileCalls.O_RDONLY);
        open.close();
        open.close();
        assertThatThrownBy(open::fd).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void epollTellsWhichDescriptorIsReady() throws Exception {
        try (Epoll epoll = Epoll.create(4);
                EventFd quiet = EventFd.create();
                EventFd woken = EventFd.create()) {
            epoll.add(quiet.fd(), Epoll.IN, 1L << 40);
            epoll.add(woken.fd(), Epoll.IN, 2L << 40);
            assertThat(epoll.await(0)).isZero();

            woken.signal();
            woken.signal();

            assertThat(epoll.await(-1)).isEqualTo(1);
            assertThat(epoll.tag(0)).isEqualTo(2L << 40);
            assertThat(epoll.events(0)).isEqualTo(Epoll.IN);
            assertThat(woken.drain()).isTrue();
            assertThat(woken.drain()).isFalse();
            epoll.remove(woken.fd());
            woken.signal();
            assertThat(epoll.await(0)).isZero();
        }
    }
}
