package io.wirecloset.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kubernetes.md 1: a delegated IPAM plugin, here a script that notes what it is called for. */
class ShimIpamTest extends ShimBesideAgent {
    private static final String IPAM_CONFIG =
            "{\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"ipam\":{\"x\":[{}],\"type\":\"some-ipam\"}}";

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
}
