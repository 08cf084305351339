package io.wirecloset.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubernetes.md 1: the agent is away or slow: calls wait, DEL leaves a note, STATUS looks at the heartbeat. */
class ShimAloneTest extends ShimBesideAgent {
    // --- the agent is away

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "CHECK", "GC"})
    @DisplayName("with the agent away the runtime is told to try again (CNI 37, F12)")
    void withTheAgentAwayTheRuntimeIsToldToTryAgain(String command) throws Exception {
        var outcome = Shim.calls(command, socket).run();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(11);
        assertThat(outcome.error().path("details").asText()).contains(socket.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "CHECK", "GC"})
    void anAgentThatNeverAnswersCountsAsAway(String command) throws Exception {
        agent = new FakeAgent(socket, (request, to) -> stayBusy());
        assertThat(Shim.calls(command, socket).run().error().path("code").asInt())
                .isEqualTo(11);
    }

    @Test
    void addFindsAnAgentThatStartsWhileItWaits() throws Exception {
        var starter = Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(300);
                agentSays(0, "late");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        var outcome =
                Shim.calls("ADD", socket).with("WIRECLOSET_WAIT_MS", "20000").run();
        starter.join();
        assertThat(outcome.stdout()).isEqualTo("late");
    }

    @Test
    @DisplayName("DEL leaves a note, whole, and succeeds (CNI 42, F11)")
    void delLeavesANoteAndSucceeds() throws Exception {
        var outcome =
                Shim.calls("DEL", socket).with("CNI_NETNS", "/run/netns/gone").run();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.stdout()).isEmpty();
        Path note = directory.resolve("deleted/c0ffee@eth0");
        assertThat(note).isRegularFile();
        var read = new ObjectMapper().readTree(note.toFile());
        assertThat(read.path("version").asInt()).isEqualTo(1);
        assertThat(read.path("containerId").asText()).isEqualTo("c0ffee");
        assertThat(read.path("ifname").asText()).isEqualTo("eth0");
        assertThat(read.path("netns").asText()).isEqualTo("/run/netns/gone");
        assertThat(read.path("network").asText()).isEqualTo("pods");
        assertThat(Files.getPosixFilePermissions(note.getParent())).hasSize(3);
        try (var files = Files.list(note.getParent())) {
            assertThat(files).containsExactly(note);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/netns/gone", "", "/etc/hostname"})
    @DisplayName("DEL again and again succeeds, whatever became of the namespace (CNI 19, 20; T2)")
    void delSucceedsAnyNumberOfTimes(String netns) throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(Shim.calls("DEL", socket).with("CNI_NETNS", netns).run().exitCode())
                    .isZero();
        }
        try (var notes = Files.list(directory.resolve("deleted"))) {
            assertThat(notes).hasSize(1);
        }
    }

    @Test
    void delWithoutADirectoryForItsNoteStillSucceeds() throws Exception {
        var outcome = Shim.calls("DEL", directory.resolve("never/was/cni.sock")).run();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr()).contains("no note could be left");
    }

    @Test
    void delDoesNotFollowALinkLaidInTheWay() throws Exception {
        Path victim = Files.writeString(directory.resolve("victim"), "precious");
        Files.createDirectories(directory.resolve("deleted"));
        Files.createSymbolicLink(directory.resolve("deleted/c0ffee@eth0"), victim);
        assertThat(Shim.calls("DEL", socket).run().exitCode()).isZero();
        assertThat(victim).hasContent("precious");
    }

    @Test
    @DisplayName("the number of notes is bounded")
    void theNumberOfNotesIsBounded() throws Exception {
        Path notes = Files.createDirectories(directory.resolve("deleted"));
        for (int i = 0; i < 4100; i++) {
            Files.createFile(notes.resolve("n" + i + "@eth0"));
        }
        assertThat(Shim.calls("DEL", socket).run().exitCode()).isZero();
        assertThat(notes.resolve("c0ffee@eth0")).doesNotExist();
    }

    // --- STATUS

    private void heartbeat(String bootId, long ageS) throws Exception {
        double uptime =
                Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
        Files.writeString(
                directory.resolve("heartbeat"), bootId.strip() + " " + (long) (uptime - ageS), StandardCharsets.UTF_8);
    }

    private static String bootId() throws Exception {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "60,0", "115,0", "121,50", "100000,50"})
    @DisplayName("STATUS believes the heartbeat of an agent that is away for less than two minutes (CNI 23)")
    void statusBelievesAYoungHeartbeat(long ageS, int code) throws Exception {
        heartbeat(bootId(), ageS);
        var outcome = Shim.calls("STATUS", socket).run();
        assertThat(outcome.exitCode()).isEqualTo(code == 0 ? 0 : 1);
        if (code != 0) {
            assertThat(outcome.error().path("code").asInt()).isEqualTo(code);
        } else {
            assertThat(outcome.stdout()).isEmpty();
        }
    }

    @Test
    void statusDoesNotBelieveAHeartbeatOfAnotherBoot() throws Exception {
        heartbeat("00000000-0000-0000-0000-000000000000", 0);
        assertThat(Shim.calls("STATUS", socket).run().error().path("code").asInt())
                .isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "x y", "\u0000\u0001", "99999999999999999999999999"})
    void statusDoesNotBelieveATornHeartbeat(String torn) throws Exception {
        Files.writeString(directory.resolve("heartbeat"), torn);
        assertThat(Shim.calls("STATUS", socket).run().error().path("code").asInt())
                .isEqualTo(50);
    }

    @Test
    void statusWithoutAnyHeartbeatIsFifty() throws Exception {
        assertThat(Shim.calls("STATUS", socket).run().error().path("code").asInt())
                .isEqualTo(50);
    }

    @Test
    void statusOfASlowAgentWithAYoungHeartbeatIsFine() throws Exception {
        heartbeat(bootId(), 1);
        agent = new FakeAgent(socket, (request, to) -> stayBusy());
        assertThat(Shim.calls("STATUS", socket).run().exitCode()).isZero();
    }

    @Test
    void statusOfAnAgentThatSaysNoIsNo() throws Exception {
        heartbeat(bootId(), 1);
        agent = new FakeAgent(socket, FakeAgent.says(1, "{\"code\":50}"));
        var outcome =
                Shim.calls("STATUS", socket).with("WIRECLOSET_WAIT_MS", "20000").run();
        assertThat(outcome.stdout()).isEqualTo("{\"code\":50}");
    }
}
