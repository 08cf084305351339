package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.agent.attach.Attachment.State;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T9: the file system with the records is full, cannot be written, or gives back something else. */
class StateFaultsTest {
    private static final int SIZE_KB = 64;
    private static final int PAGE_BYTES = 4096;

    @TempDir
    Path directory;

    private Path state;
    private NodeRig node;

    @BeforeEach
    void start() throws Exception {
        NodeRig.assumeRoot();
        state = Files.createDirectory(directory.resolve("state"));
        Assumptions.assumeTrue(
                mount("-t", "tmpfs", "-o", "mode=700,size=" + SIZE_KB + "k", "records", state.toString()),
                "a file system cannot be mounted here");
        node = new NodeRig(state);
    }

    @AfterEach
    void stop() throws Exception {
        try {
            if (node != null) {
                node.close();
            }
        } finally {
            new ProcessBuilder("umount", "--lazy", state.toString()).start().waitFor();
        }
    }

    private static boolean mount(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("mount"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    }

    private void writable(boolean may) throws Exception {
        assertThat(mount("-o", "remount," + (may ? "rw" : "ro"), state.toString()))
                .isTrue();
    }

    /** Somebody else's file takes what is left. */
    private Path filled() throws IOException {
        Path ballast = state.resolve("ballast");
        try (var out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(new byte[PAGE_BYTES]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("space");
        }
        return ballast;
    }

    private void addIsRefused(String id, NetworkNamespace pod) {
        assertThatThrownBy(() -> node.attach(id, pod)).isInstanceOf(IOException.class);
    }

    private void noAddressTwice() {
        assertThat(node.attachments.list().stream().flatMap(a -> a.addresses().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("full: ADD is an error that leaves nothing, DEL works, and with space ADD works at once (T9)")
    void aFullFileSystem() throws Exception {
        NetworkNamespace stays = node.newPod();
        Attachment before = node.attach("stays", stays);
        Map<String, Object> clean = node.account();
        Attachment goes = node.attach("goes", node.newPod());
        Path ballast = filled();
        Map<String, Object> full = node.account();

        addIsRefused("late", node.newPod());
        assertThat(node.account()).as("nothing is left of an ADD").isEqualTo(full);
        node.attachments.detach(goes.key());
        node.attachments.detach(NodeRig.key("never"));
        assertThat(node.account()).as("DEL frees all").isEqualTo(clean);
        assertThat(node.records.get(goes.key()).state()).isEqualTo(State.REMOVED);
        assertThat(NodeRig.pings(stays, "10.80.0.1")).isTrue();

        node.restart();
        assertThat(node.account()).as("a start on a full file system").isEqualTo(clean);
        assertThat(node.attachments.list()).containsExactly(before);

        Files.delete(ballast);
        Attachment next = node.attach("next", node.newPod());
        noAddressTwice();
        node.restart();
        assertThat(node.attachments.list()).containsExactlyInAnyOrder(before, next);
    }

    @Test
    @DisplayName("what is remembered of deleted pods gives way to what is needed (T9)")
    void whatIsOverGivesWay() throws Exception {
        for (int i = 0; i < 3 * SIZE_KB * 1024 / PAGE_BYTES; i++) {
            node.attach("c" + i, node.newPod());
            node.attachments.detach(NodeRig.key("c" + i));
            node.awaitRemovals();
        }
        List<Attachment> pods = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            pods.add(node.attach("d" + i, node.newPod()));
        }
        noAddressTwice();
        assertThatThrownBy(() -> node.attach("c1", node.newPod()))
                .as("in memory it is remembered")
                .isInstanceOf(AttachException.class);
        node.restart();
        assertThat(node.attachments.list()).containsExactlyInAnyOrderElementsOf(pods);
    }

    @Test
    @DisplayName("full in the middle of many pods' coming: some come, none half, and those that came go (T9)")
    void fullInTheMiddle() throws Exception {
        Map<String, Object> clean = node.account();
        List<AttachmentKey> came = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 2 * SIZE_KB * 1024 / PAGE_BYTES; i++) {
            try {
                came.add(node.attach("c" + i, node.newPod()).key());
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(came).isNotEmpty();
        assertThat(refused).isPositive();
        assertThat(node.attachments.list()).extracting(Attachment::key).containsExactlyInAnyOrderElementsOf(came);
        noAddressTwice();
        for (AttachmentKey key : came) {
            node.attachments.detach(key);
        }
        assertThat(node.account()).isEqualTo(clean);
        assertThat(node.attach("next", node.newPod()).state()).isEqualTo(State.ATTACHED);
    }

    @Test
    @DisplayName("read-only: ADD is an error, DEL works, the next start frees what the files still say (T9)")
    void aReadOnlyFileSystem() throws Exception {
        NetworkNamespace stays = node.newPod();
        Attachment before = node.attach("stays", stays);
        Map<String, Object> clean = node.account();
        Attachment goes = node.attach("goes", node.newPod());
        Attachment goesLater = node.attach("goes-later", node.newPod());

        writable(false);
        addIsRefused("late", node.newPod());
        node.attachments.detach(goes.key());
        node.awaitRemovals();
        node.restart();
        noAddressTwice();
        assertThat(node.attachments.list()).containsExactlyInAnyOrder(before, goesLater);
        node.attachments.detach(goesLater.key());
        assertThat(node.account()).isEqualTo(clean);
        assertThat(state.resolve("attachments/goes@eth0")).as("it cannot go").exists();

        writable(true);
        Attachment next = node.attach("next", node.newPod());
        node.attachments.repair();
        assertThat(state.resolve("attachments/goes@eth0")).doesNotExist();
        noAddressTwice();
        assertThat(NodeRig.pings(stays, "10.80.0.1")).isTrue();
        node.restart();
        assertThat(node.attachments.list()).containsExactlyInAnyOrder(before, next);
    }

    @Test
    @DisplayName("read-only in the middle of an ADD: it is undone, and what could not be removed is, later (T9)")
    void readOnlyInTheMiddle() throws Exception {
        Map<String, Object> clean = node.account();
        node.stop();
        node.start(new CrashPoints("add:4", () -> {
            try {
                writable(false);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }));
        addIsRefused("half", node.newPod());
        assertThat(node.account()).isEqualTo(clean);
        assertThat(state.resolve("attachments/half@eth0")).exists();
        writable(true);
        node.attachments.repair();
        assertThat(state.resolve("attachments")).isEmptyDirectory();
        assertThat(node.account()).isEqualTo(clean);
    }

    @Test
    @DisplayName(
            "a record with any byte changed, or cut anywhere, is never believed, and its pod keeps what it has (T9)")
    void aDamagedRecordIsNeverBelieved() throws Exception {
        Attachment a = node.attach("c1", node.newPod());
        Attachment b = node.attach("c2", node.newPod());
        Map<String, Object> before = node.account();
        node.stop();
        Path file = state.resolve("attachments/c1@eth0");
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 1 << i % 8;
            Files.write(file, flipped);
            assertThat(AttachmentStore.open(state.resolve("attachments")).all())
                    .as("byte " + i)
                    .containsExactly(b);
            Files.write(file, Arrays.copyOf(whole, i));
            assertThat(AttachmentStore.open(state.resolve("attachments")).all())
                    .as("cut at " + i)
                    .containsExactly(b);
        }
        Set<InetAddress> taken = new HashSet<>(a.addresses());
        for (int i = 0; i < whole.length; i += whole.length / 8) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 1;
            Files.write(file, flipped);
            node.start();
            assertThat(node.account()).as("byte " + i).isEqualTo(before);
            assertThat(node.records.get(a.key()).addresses()).isEqualTo(a.addresses());
            Attachment next = node.attach("next" + i, node.newPod());
            assertThat(taken).doesNotContainAnyElementsOf(next.addresses());
            noAddressTwice();
            node.attachments.detach(next.key());
            node.awaitRemovals();
            node.stop();
        }
        node.start();
    }
}
