package io.wirecloset.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubernetes.md 1: what the shim owes a runtime, with the agent there, slow, gone, or dying. */
class ShimTest {
    @TempDir
    Path directory;

    private Path socket;
    private FakeAgent agent;
    private final CountDownLatch testIsOver = new CountDownLatch(1);

    @BeforeEach
    void placeSocket() {
        socket = directory.resolve("cni.sock");
    }

    @AfterEach
    void stopAgent() throws Exception {
        testIsOver.countDown();
        if (agent != null) {
            agent.close();
        }
    }

    private void agentSays(int exitCode, String text) throws Exception {
        agent = new FakeAgent(socket, FakeAgent.says(exitCode, text));
    }

    // --- by hand

    @Test
    @DisplayName("without a command it says what it is, on stderr (CNI 7)")
    void withoutACommandItSaysWhatItIs() throws Exception {
        var outcome = new Shim().run();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.stdout()).isEmpty();
        assertThat(outcome.stderr())
                .startsWith("wirecloset ")
                .contains("0.1.0", "1.1.0")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0.1.0,0.1.0",
        "0.2.0,0.2.0",
        "0.3.0,0.3.0",
        "0.3.1,0.3.1",
        "0.4.0,0.4.0",
        "1.0.0,1.0.0",
        "1.1.0,1.1.0",
        "0.5.0,1.1.0",
        "2.0.0,1.1.0"
    })
    @DisplayName("VERSION answers without the agent, in the version asked (CNI 25)")
    void versionNeedsNoAgent(String asked, String answered) throws Exception {
        var outcome = new Shim()
                .with("CNI_COMMAND", "VERSION")
                .stdin("{\"cniVersion\":\"" + asked + "\"}")
                .run();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.error().path("cniVersion").asText()).isEqualTo(answered);
        assertThat(outcome.error().path("supportedVersions"))
                .map(v -> v.asText())
                .containsExactly("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0");
    }

    @Test
    void versionAnswersEvenWithNothingOnStdin() throws Exception {
        assertThat(new Shim()
                        .with("CNI_COMMAND", "VERSION")
                        .stdin("")
                        .run()
                        .error()
                        .path("cniVersion")
                        .asText())
                .isEqualTo("1.1.0");
    }

    // --- the agent answers

    @ParameterizedTest
    @CsvSource({
        "ADD,0.1.0",
        "ADD,0.2.0",
        "ADD,0.3.0",
        "ADD,0.3.1",
        "ADD,0.4.0",
        "ADD,1.0.0",
        "ADD,1.1.0",
        "DEL,0.1.0",
        "DEL,0.2.0",
        "DEL,0.3.0",
        "DEL,0.3.1",
        "DEL,0.4.0",
        "DEL,1.0.0",
        "DEL,1.1.0",
        "CHECK,0.4.0",
        "CHECK,1.0.0",
        "CHECK,1.1.0",
        "GC,1.1.0",
        "STATUS,1.1.0"
    })
    @DisplayName("every verb in every version it exists in is passed on, and the answer passed back (CNI 2, 12)")
    void passesTheCallOnAndTheAnswerBack(String command, String version) throws Exception {
        agentSays(7, "{\"code\":7}\n");
        var outcome = Shim.calls(command, socket)
                .stdin(Shim.config(version))
                .with("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAME=a\"b\\c")
                .with("TRACEPARENT", "00-4bf9-00f0-01")
                .run();
        assertThat(outcome.exitCode()).isEqualTo(7);
        assertThat(outcome.stdout()).isEqualTo("{\"code\":7}\n");
        assertThat(outcome.stderr()).isEmpty();
        var request = agent.requests.getFirst();
        assertThat(request.fieldNames().next()).isEqualTo("version");
        assertThat(request.path("version").asInt()).isEqualTo(1);
        assertThat(request.path("command").asText()).isEqualTo(command);
        assertThat(request.path("containerId").asText()).isEqualTo("c0ffee");
        assertThat(request.path("ifname").asText()).isEqualTo("eth0");
        assertThat(request.path("args").asText()).isEqualTo("IgnoreUnknown=1;K8S_POD_NAME=a\"b\\c");
        assertThat(request.path("traceparent").asText()).isEqualTo("00-4bf9-00f0-01");
        assertThat(request.path("config").path("cniVersion").asText()).isEqualTo(version);
        assertThat(request.path("config").path("nested").path("list").path(1).asText())
                .isEqualTo("}");
    }

    @Test
    void theConfigurationMayNameTheSocket() throws Exception {
        agentSays(0, "{}");
        var outcome = Shim.calls("ADD", directory.resolve("elsewhere.sock"))
                .stdin("{\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"socket\":\"" + socket + "\"}")
                .run();
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void anAnswerOfTwoHundredKilobytesComesThroughWhole() throws Exception {
        String text = "x".repeat(200_000);
        agentSays(0, text);
        assertThat(Shim.calls("ADD", socket).run().stdout()).isEqualTo(text);
    }

    @Test
    void anAnswerBeyondTheBoundIsAnError() throws Exception {
        agentSays(0, "x".repeat(256 * 1024 + 1));
        assertThat(Shim.calls("ADD", socket).run().error().path("code").asInt()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "DEL"})
    @DisplayName("an agent that dies while it works is asked again when it is back (F1, F2)")
    void anAgentThatDiesHalfWayIsAskedAgain(String command) throws Exception {
        AtomicInteger calls = new AtomicInteger();
        agent = new FakeAgent(socket, (request, to) -> {
            if (calls.incrementAndGet() == 3) {
                FakeAgent.write(to, 0, "third");
            }
        });
        var outcome =
                Shim.calls(command, socket).with("WIRECLOSET_WAIT_MS", "10000").run();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.stdout()).isEqualTo("third");
    }

    // --- a delegated IPAM plugin

    /** A plugin that notes what it is called for and then does as the script says. */
    private Shim callsWithIpam(String command, String script) throws Exception {
        Path plugin = directory.resolve("some-ipam");
        Files.writeString(
                plugin,
                "#!/bin/sh\necho $CNI_COMMAND $CNI_IFNAME $(cat | wc -c) >> " + directory.resolve("called") + "\n"
                        + script);
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
        return Shim.calls(command, socket)
                .with("CNI_PATH", "/nowhere:" + directory + ":/opt/cni/bin")
                .with("PATH", "/usr/bin:/bin")
                .stdin(IPAM_CONFIG);
    }

    private static final String IPAM_CONFIG =
            "{\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"ipam\":{\"x\":[{}],\"type\":\"some-ipam\"}}";

    private List<String> called() throws Exception {
        return Files.readAllLines(directory.resolve("called"));
    }

    @Test
    @DisplayName("what the IPAM plugin gives is handed to the agent with the call (CNI 56)")
    void whatTheIpamPluginGivesIsHandedOn() throws Exception {
        agentSays(0, "{}");
        var outcome = callsWithIpam("ADD", "echo '{\"ips\":[{\"address\":\"10.0.0.9/24\"}]}'")
                .run();
        assertThat(outcome.stdout()).isEqualTo("{}");
        assertThat(agent.requests.getFirst().at("/ipam/ips/0/address").asText()).isEqualTo("10.0.0.9/24");
        assertThat(called()).containsExactly("ADD eth0 " + IPAM_CONFIG.length());
    }

    @Test
    @DisplayName("when the agent refuses, or is away, the IPAM plugin takes its address back (CNI 18, 56)")
    void theIpamPluginTakesItsAddressBack() throws Exception {
        var away = callsWithIpam("ADD", "echo '{}'").run();
        assertThat(away.error().path("code").asInt()).isEqualTo(11);
        agentSays(1, "{\"code\":107}");
        var refused = callsWithIpam("ADD", "echo '{}'").run();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stdout()).isEqualTo("{\"code\":107}");
        assertThat(called()).map(c -> c.substring(0, 3)).containsExactly("ADD", "DEL", "ADD", "DEL");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ADD|echo '{\"code\":7,\"msg\":\"x not found\"}'; exit 1|{\"code\":7,\"msg\":\"x not found\"}",
                "DEL|echo '{\"code\":7,\"msg\":\"x Not Found\"}'; exit 1|{\"code\":7,\"msg\":\"x missing  \"}",
                "STATUS|echo '{\"code\":50}'; exit 1|{\"code\":50}",
            })
    @DisplayName(
            "its error is the call's error; on DEL never with the words that runtimes take for success (CNI 39, 56)")
    void itsErrorIsTheCallsError(String command, String script, String said) throws Exception {
        agentSays(0, "");
        var outcome = callsWithIpam(command, script)
                .with("WIRECLOSET_WAIT_MS", "5000")
                .run();
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.stdout().strip()).isEqualTo(said);
    }

    @Test
    void anIpamPluginThatSaysNothingIsNamed() throws Exception {
        var outcome = callsWithIpam("ADD", "exit 3").run();
        assertThat(outcome.error().path("msg").asText()).isEqualTo("IPAM plugin some-ipam failed and said nothing");
    }

    // --- behind another plugin

    @ParameterizedTest
    @CsvSource({"zt0,0", "eth0/1,4", "sixteen-letters-,4", "..,4", "'',4"})
    @DisplayName("behind another plugin the configuration names the interface (CNI 46)")
    void theConfigurationMayNameTheInterface(String named, int code) throws Exception {
        agentSays(0, "{}");
        var outcome = Shim.calls("ADD", socket)
                .stdin("{\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"interface\":\"" + named + "\"}")
                .run();
        if (code == 0) {
            assertThat(agent.requests.getFirst().path("ifname").asText()).isEqualTo(named);
        } else {
            assertThat(outcome.error().path("code").asInt()).isEqualTo(code);
        }
    }

    // --- what is wrong with the call

    @Test
    @DisplayName("all missing variables are named in one error (CNI 4)")
    void allMissingVariablesAreNamedInOneError() throws Exception {
        var outcome = Shim.calls("ADD", socket)
                .without("CNI_CONTAINERID")
                .without("CNI_NETNS")
                .without("CNI_IFNAME")
                .run();
        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(4);
        assertThat(outcome.error().path("msg").asText()).contains("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME");
        assertThat(outcome.error().path("cniVersion").asText()).isEqualTo("1.1.0");
    }

    @ParameterizedTest
    @CsvSource({
        "ADD,CNI_CONTAINERID,4", "ADD,CNI_NETNS,4", "ADD,CNI_IFNAME,4",
        "CHECK,CNI_CONTAINERID,4", "CHECK,CNI_NETNS,4", "CHECK,CNI_IFNAME,4",
        "DEL,CNI_CONTAINERID,4", "DEL,CNI_IFNAME,4"
    })
    @DisplayName("each missing variable alone is named (CNI 3)")
    void eachMissingVariableAloneIsNamed(String command, String variable, int code) throws Exception {
        var outcome = Shim.calls(command, socket).without(variable).run();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(code);
        assertThat(outcome.error().path("msg").asText()).endsWith(": " + variable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GC", "STATUS"})
    @DisplayName("GC and STATUS ask for no attachment (CNI 3)")
    void gcAndStatusNeedNoAttachment(String command) throws Exception {
        agentSays(0, "");
        var outcome = Shim.calls(command, socket)
                .without("CNI_CONTAINERID")
                .without("CNI_NETNS")
                .without("CNI_IFNAME")
                .run();
        assertThat(outcome.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "CNI_CONTAINERID,'',3",
        "CNI_CONTAINERID,a/b,4",
        "CNI_CONTAINERID,-a,4",
        "CNI_CONTAINERID,.a,4",
        "CNI_CONTAINERID,a b,4",
        "CNI_CONTAINERID,a@b,4",
        "CNI_IFNAME,abcdefghijklmnop,4",
        "CNI_IFNAME,.,4",
        "CNI_IFNAME,..,4",
        "CNI_IFNAME,a/b,4",
        "CNI_IFNAME,a:b,4",
        "CNI_IFNAME,a b,4",
        "CNI_COMMAND,BREAK,4",
        "CNI_COMMAND,add,4",
        "CNI_NETNS,/nowhere,8",
        "CNI_NETNS,/etc/hostname,8",
        "CNI_NETNS,/proc/self/ns/mnt,8",
    })
    @DisplayName("wrong names get the code the specification gives them (CNI 5, 6, 7)")
    void wrongNamesAreRefused(String variable, String value, int code) throws Exception {
        assertThat(Shim.calls("ADD", socket)
                        .with(variable, value)
                        .run()
                        .error()
                        .path("code")
                        .asInt())
                .isEqualTo(code);
    }

    @Test
    void aVeryLongContainerIdIsRefused() throws Exception {
        var outcome = Shim.calls("ADD", socket)
                .with("CNI_CONTAINERID", "a".repeat(201))
                .run();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"cniVersion\":\"1.1.0\"}|7",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"\"}|7",
                "{\"cniVersion\":\"1.1.0\",\"name\":7}|7",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a/b\"}|7",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"-a\"}|7",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a\\u0062\"}|7",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a\",\"socket\":\"relative\"}|7",
                "{\"cniVersion\":7,\"name\":\"a\"}|1",
                "{\"cniVersion\":null,\"name\":\"a\"}|1",
                "{\"cniVersion\":\"0.5.0\",\"name\":\"a\"}|1",
                "{\"cniVersion\":\"1.2.0\",\"name\":\"a\"}|1",
                "[]|6",
                "''|6",
                "{|6",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a\"|6",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a\",}|6",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a\"}}|6",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"a\"} x|6",
                "{\"cniVersion\" \"1.1.0\"}|6",
                "{\"cniVersion\":}|6",
                "{\"cniVersion\":\"1.1.0|6",
                "{\"a\":[\"}|6",
            })
    @DisplayName("a configuration that names no network, or is none, is refused before the agent is asked (CNI 5, 27)")
    void wrongConfigurationsAreRefused(String config, int code) throws Exception {
        assertThat(Shim.calls("ADD", socket)
                        .stdin(config)
                        .run()
                        .error()
                        .path("code")
                        .asInt())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"name\":\"pods\"}", "{\"name\":\"pods\",\"cniVersion\":\"\"}"})
    @DisplayName("a configuration without a version is of the first (CNI 27)")
    void aConfigurationWithoutAVersionIsOfTheFirst(String config) throws Exception {
        agentSays(0, "{}");
        assertThat(Shim.calls("ADD", socket).stdin(config).run().exitCode()).isZero();
        var outcome = Shim.calls("CHECK", socket).stdin(config).run();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(1);
        assertThat(outcome.error().path("cniVersion").asText()).isEqualTo("0.1.0");
    }

    @ParameterizedTest
    @CsvSource({"CHECK,0.1.0", "CHECK,0.3.1", "GC,1.0.0", "STATUS,1.0.0", "STATUS,0.3.1"})
    @DisplayName("a verb younger than the configuration's version is incompatible (CNI 26)")
    void aVerbYoungerThanTheVersionIsIncompatible(String command, String version) throws Exception {
        var outcome = Shim.calls(command, socket).stdin(Shim.config(version)).run();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(1);
        assertThat(outcome.error().path("cniVersion").asText()).isEqualTo(version);
    }

    @Test
    @DisplayName("a call of more than 64 KiB never leaves the shim (T28)")
    void aCallBeyondTheBoundIsRefused() throws Exception {
        agentSays(0, "{}");
        String huge = "{\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"x\":\"%s\"}";
        for (int size : List.of(65_000, 65_500, 70_000, 1 << 20)) {
            var outcome = Shim.calls("ADD", socket)
                    .stdin(huge.formatted("x".repeat(size)))
                    .run();
            assertThat(outcome.exitCode()).isEqualTo(size == 65_000 ? 0 : 1);
        }
        assertThat(agent.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD", "DEL", "CHECK"})
    @DisplayName("the plugin's own namespace is refused (CNI 10)")
    void itsOwnNamespaceIsRefused(String command) throws Exception {
        var outcome = Shim.calls(command, socket).without("CNI_NETNS_OVERRIDE").run();
        assertThat(outcome.error().path("code").asInt()).isEqualTo(8);
    }

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

    private void stayBusy() {
        try {
            testIsOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
