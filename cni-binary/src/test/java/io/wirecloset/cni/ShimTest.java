package io.wirecloset.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubernetes.md 1: what the shim owes a runtime while the agent is there, and what it says without it. */
class ShimTest extends ShimBesideAgent {
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
}
