package io.wirecloset.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubernetes.md 1: what is wrong with a call is said in the specification's codes, before the agent is asked. */
class ShimRefusalsTest extends ShimBesideAgent {
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
    @DisplayName("a call of more than 512 KiB never leaves the shim (T28)")
    void aCallBeyondTheBoundIsRefused() throws Exception {
        agentSays(0, "{}");
        String huge = "{\"cniVersion\":\"1.1.0\",\"name\":\"pods\",\"x\":\"%s\"}";
        for (int size : List.of(524_000, 524_260, 525_000, 1 << 20)) {
            var outcome = Shim.calls("ADD", socket)
                    .stdin(huge.formatted("x".repeat(size)))
                    .run();
            assertThat(outcome.exitCode()).isEqualTo(size == 524_000 ? 0 : 1);
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
}
