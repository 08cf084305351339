package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.vl1.crypto.RandomSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RulesToolTest {
    private static final String SOURCE = """
            tag dep id 1000 enum 1 sales enum 2 it default sales ;
            cap ssh id 5 default accept ipprotocol tcp dport 22; ;
            drop not ethertype ipv4 not ethertype arp;
            accept tdiff dep 0;
            """;

    private static final String OFFICE = """
            tag dep id 1 enum 1 sales enum 2 it default sales ;
            cap admin id 7 accept ipprotocol tcp dport 22; ;
            drop not ethertype ipv4 and not ethertype arp and not ethertype ipv6;
            accept ethertype arp;
            accept icmp 8 -1 or icmp 128 -1;
            tee 64 0123456789 ipprotocol tcp dport 23;
            accept ipprotocol tcp dport 443;
            accept not chr tcp_syn ipprotocol tcp;
            accept teq dep it;
            redirect abcdef0123 ipprotocol udp dport 53;
            break;
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String piped, String... words) throws IOException {
        out.reset();
        err.reset();
        return new RulesTool(
                        RandomSource.of(new SecureRandom()),
                        new ByteArrayInputStream(piped.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(words));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aSourceBecomesTheJsonOfTheStockCompiler(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("office.rules");
        Files.writeString(file, SOURCE);

        assertThat(run("", "compile", file.toString())).isZero();

        JsonNode json = new ObjectMapper().readTree(printed());
        assertThat(json.at("/config/rules/0/etherType").asInt()).isEqualTo(2048);
        assertThat(json.at("/config/rules").size()).isEqualTo(5);
        assertThat(json.at("/config/capabilities/0").toString())
                .startsWith("{\"id\":5,\"default\":true,\"rules\":[{\"type\":\"MATCH_IP_PROTOCOL\"");
        assertThat(json.at("/config/tags").toString()).isEqualTo("[{\"id\":1000,\"default\":1}]");
        assertThat(json.at("/capabilitiesByName").toString()).isEqualTo("{\"ssh\":5}");
        assertThat(json.at("/tagsByName/dep/enums").toString()).isEqualTo("{\"sales\":1,\"it\":2}");
    }

    @Test
    void whatIsForTheControllerCanStandAlone() throws IOException {
        assertThat(run(SOURCE, "compile", "--config", "-")).isZero();

        assertThat(new ObjectMapper().readTree(printed()).fieldNames())
                .toIterable()
                .containsExactly("rules", "capabilities", "tags");
    }

    @Test
    void anErrorNamesFileLineAndColumn() throws IOException {
        assertThat(run("accept;\ndrop dport http;\n", "compile", "-")).isEqualTo(1);

        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("-:2:12: expected a number up to 65535");
        assertThat(printed()).isEmpty();
    }

    @Test
    void whatWasCompiledCanBeReadAgain() throws IOException {
        run(SOURCE, "compile", "-");
        String json = printed();

        assertThat(run(json, "show", "-")).isZero();

        String shown = printed();
        assertThat(shown).isEqualTo("""
                tag tag_1000 id 1000 default 1 ;
                cap cap_5 id 5 default
                  accept ipprotocol tcp dport 22;
                ;
                drop not ethertype ipv4 not ethertype arp;
                accept tdiff 1000 0;
                """);
        run(shown, "compile", "--config", "-");
        assertThat(new ObjectMapper().readTree(printed()))
                .isEqualTo(new ObjectMapper().readTree(json).get("config"));
    }

    private int tryOut(String frame) throws IOException {
        List<String> words = new ArrayList<>(List.of("try", "-"));
        words.addAll(List.of(frame.split(" ", -1)));
        return run(OFFICE, words.toArray(new String[0]));
    }

    @ParameterizedTest
    @CsvSource({
        "tcp 10.0.0.1/4000 10.0.0.2/443, 0",
        "tcp fd00::1/4000 fd00::2/443, 0",
        "tcp 10.0.0.1/4000 10.0.0.2/22, 3",
        "tcp 10.0.0.1/4000 10.0.0.2/22 --from-cap admin, 0",
        "tcp 10.0.0.1/4000 10.0.0.2/80 --tcp-flags ack, 0",
        "udp 10.0.0.1/4000 10.0.0.2/80, 3",
        "udp 10.0.0.1/4000 10.0.0.2/80 --from-tag dep=it --to-tag dep=it, 0",
        "udp 10.0.0.1/4000 10.0.0.2/80 --from-tag dep=it, 3",
        "udp 10.0.0.1/4000 10.0.0.2/53, 3",
        "icmp 10.0.0.1 10.0.0.2, 0",
        "icmp fd00::1 fd00::2, 0",
        "icmp 10.0.0.1 10.0.0.2 --icmp 13/0, 3",
        "arp 10.0.0.1 10.0.0.2, 0",
        "sctp 10.0.0.1/1 10.0.0.2/2 --bytes 1000, 3"
    })
    void aRuleSetCanBeTriedOutFrameByFrame(String frame, int exitCode) throws IOException {
        assertThat(tryOut(frame)).as(printed()).isEqualTo(exitCode);
    }

    @Test
    void aTrialSaysWhatBothEndsDo() throws IOException {
        tryOut("tcp 10.0.0.1/4000 10.0.0.2/23 --tcp-flags ack --bytes 500");
        assertThat(printed()).isEqualTo("""
                sender: passes
                  64 bytes to 0123456789
                receiver: passes
                  64 bytes to 0123456789
                """);
        tryOut("udp 10.0.0.1/4000 10.0.0.2/53");
        assertThat(printed()).isEqualTo("""
                sender: goes elsewhere
                  32 bytes to abcdef0123
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp 10.0.0.1/1",
                "tcp 10.0.0.1/1 fd00::1/1",
                "quic 10.0.0.1/1 10.0.0.2/1",
                "tcp here there",
                "tcp 10.0.0.1/1 10.0.0.2/1 --tcp-flags x",
                "tcp 10.0.0.1/1 10.0.0.2/1 --from-tag dep=boss",
                "tcp 10.0.0.1/1 10.0.0.2/1 --from-cap root",
                "tcp 10.0.0.1/1 10.0.0.2/1 --from 12",
                "tcp 10.0.0.1/1 10.0.0.2/1 --bytes 99999999",
                "tcp 10.0.0.1/1 10.0.0.2/1 --quick"
            })
    void aTrialOfNothingIsRefused(String frame) {
        assertThatThrownBy(() -> tryOut(frame)).isInstanceOf(UsageException.class);
    }

    @Test
    void aSourceThatDoesNotCompileIsNotAFrameThatDoesNotPass() throws IOException {
        assertThat(run("accept tcp;", "try", "-", "tcp", "10.0.0.1/1", "10.0.0.2/1"))
                .isEqualTo(1);
    }

    @Test
    void whatIsNoJsonOrNoRuleIsSaid() throws IOException {
        assertThat(run("accept;", "show", "-")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("-: no JSON");
        assertThat(run("[{\"type\":\"NOT_A_RULE\"}]", "show", "-")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("there is no rule NOT_A_RULE");
    }

    @Test
    void wrongUseSaysHow() {
        assertThatThrownBy(() -> run("", "compile")).isInstanceOf(UsageException.class);
        assertThatThrownBy(() -> run("", "show", "/there/is/none")).hasMessageContaining("no file /there/is/none");
        assertThatThrownBy(() -> run("", "frobnicate")).hasMessageContaining("compile [--config] FILE");
    }
}
