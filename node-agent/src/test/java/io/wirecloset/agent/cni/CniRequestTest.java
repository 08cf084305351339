package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.agent.cni.CniRequest.Verb;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CniRequestTest {
    private static final String ADD = """
            {"version":1,"command":"ADD","containerId":"c1","netns":"/run/netns/x","ifname":"eth0",\
            "args":"K8S_POD_NAME=web;IgnoreUnknown=true;x=y","traceparent":"00-a-b-01",\
            "config":{"cniVersion":"1.1.0","name":"wirecloset","network":"pods"}}""";

    private static CniRequest read(String json) throws CniException {
        return CniRequest.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aWholeCallIsRead() throws Exception {
        CniRequest request = read(ADD);
        assertThat(request.verb()).isEqualTo(Verb.ADD);
        assertThat(request.version()).isEqualTo(CniVersion.V1_1_0);
        assertThat(request.key().toString()).isEqualTo("c1@eth0");
        assertThat(request.network()).isEqualTo("pods");
        assertThat(request.args().pod().name()).isEqualTo("web");
        assertThat(request.trace()).isEqualTo("00-a-b-01");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"version\":1|\"version\":2|999",
                "\"command\":\"ADD\"|\"command\":\"BREAK\"|4",
                "\"c1\"|\"-\"|4",
                "\"eth0\"|\"a/b\"|4",
                "K8S_POD_NAME=web|nonsense|4",
                "IgnoreUnknown=true|IgnoreUnknown=0|4",
                "\"name\":\"wirecloset\"|\"name\":\"\"|7",
                "\"network\":\"pods\"|\"network\":7|7",
                "\"1.1.0\"|\"0.5.0\"|1",
                "\"1.1.0\"|7|1",
                "\"network\":|\"wirecloset.io/x\":7,\"network\":|2",
                "\"command\":\"ADD\"|\"command\":\"GC\"|7",
            })
    void whatIsWrongHasItsCode(String part, String wrong, int code) {
        assertThatThrownBy(() -> read(ADD.replace(part, wrong)))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    @DisplayName("a configuration without a version is of the first (CNI 27)")
    void aConfigurationWithoutAVersionIsOfTheFirst() throws Exception {
        assertThat(read(ADD.replace("\"cniVersion\":\"1.1.0\",", "")).version()).isEqualTo(CniVersion.V0_1_0);
        assertThat(read(ADD.replace("1.1.0", "")).version()).isEqualTo(CniVersion.V0_1_0);
    }

    @Test
    @DisplayName(
            "GC: a list by its new or its old name; null is how Go says none, no list at all is a mistake (CNI 24)")
    void whatGcKeeps() throws Exception {
        String gc = "{\"version\":1,\"command\":\"GC\",\"config\":{\"cniVersion\":\"1.1.0\",\"name\":\"w\"%s}}";
        String one = "[{\"containerID\":\"c\",\"ifname\":\"eth0\"}]";
        assertThat(read(gc.formatted(",\"cni.dev/valid-attachments\":" + one)).valid())
                .hasSize(1);
        assertThat(read(gc.formatted(",\"cni.dev/attachments\":" + one)).valid())
                .hasSize(1);
        assertThat(read(gc.formatted(",\"cni.dev/attachments\":" + one + ",\"cni.dev/valid-attachments\":[]"))
                        .valid())
                .isEmpty();
        assertThat(read(gc.formatted(",\"cni.dev/valid-attachments\":null")).valid())
                .isEmpty();
        assertThatThrownBy(() -> read(gc.formatted(""))).hasMessageContaining("cni.dev/valid-attachments");
    }

    @Test
    void aCallCutAnywhereIsNoCall() {
        byte[] whole = ADD.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < whole.length; i++) {
            byte[] cut = Arrays.copyOf(whole, i);
            assertThatThrownBy(() -> CniRequest.read(cut)).isInstanceOf(CniException.class);
        }
    }

    @FuzzTest
    void noBytesMakeTheReaderThrowAnythingElse(byte[] bytes) {
        try {
            CniRequest.read(bytes);
        } catch (CniException e) {
            assertThat(CniResult.error(e, CniRequest.versionOf(bytes))).endsWith("}\n");
        }
    }
}
