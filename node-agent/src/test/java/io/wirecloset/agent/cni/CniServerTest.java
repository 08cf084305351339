package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.attach.Overlay;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real shim asks, the server answers, the kernel does: as a container runtime sees it. */
class CniServerTest extends ShimAndServer {
    @Test
    @DisplayName("a full block is an error of ADD at once, never one of STATUS, and ends with a DEL (T10)")
    void aFullBlockIsAnErrorOfAddAtOnce() throws Exception {
        node.serve(List.of(NodeRig.network("pods", NodeRig.PODS.id(), true, "10.80.0.0/16", "10.80.128.0/28")));
        node.attachments.repair();
        for (int i = 1; i <= 14; i++) {
            assertThat(call("ADD", "c" + i, node.newPod(), config("1.1.0")).exitCode())
                    .isZero();
        }
        long quickestMs = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            NetworkNamespace pod = node.newPod();
            long startNs = System.nanoTime();
            Outcome full = call("ADD", "late" + i, pod, config("1.1.0"));
            quickestMs = Math.min(quickestMs, (System.nanoTime() - startNs) / 1_000_000);
            assertThat(full.code()).isEqualTo(CniException.NO_ADDRESS_LEFT);
            assertThat(full.stdout()).contains("all addresses of this node's block 10.80.128.0/28 are in use");
        }
        assertThat(quickestMs).as("ms of the quickest of ten").isLessThanOrEqualTo(200);
        assertThat(status().exitCode()).isZero();
        assertThat(call("DEL", "c5", null, config("1.1.0")).exitCode()).isZero();
        Outcome next = call("ADD", "next", node.newPod(), config("1.1.0"));
        assertThat(next.stdout()).contains("10.80.128.5/32");
    }

    // --- results

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"})
    @DisplayName("ADD answers in the words of each version, golden (CNI 16, 27 to 34)")
    void addAnswersInTheWordsOfEachVersion(String version) throws Exception {
        NetworkNamespace pod = node.newPod();
        Outcome outcome = call("ADD", "c0ffee", pod, config(version));
        assertThat(outcome.exitCode()).as(outcome.stdout()).isZero();
        ObjectNode result = (ObjectNode) outcome.json();
        if (result.path("interfaces").path(0) instanceof ObjectNode eth0) {
            eth0.put("sandbox", "NETNS");
        }
        assertThat(result)
                .isEqualTo(
                        JSON.readTree(Files.readAllBytes(Path.of("src/test/resources/cni/add-" + version + ".json"))));
        assertThat(NodeRig.pings(pod, "10.80.0.1")).isTrue();

        // the same again, then gone, then gone still
        assertThat(call("ADD", "c0ffee", pod, config(version)).stdout()).isEqualTo(outcome.stdout());
        for (int i = 0; i < 3; i++) {
            Outcome deleted = call("DEL", "c0ffee", i == 2 ? null : pod, config(version));
            assertThat(deleted.exitCode()).isZero();
            assertThat(deleted.stdout()).isEmpty();
        }
        node.awaitRemovals();
        assertThat(node.attachments.list()).isEmpty();
    }

    @Test
    @DisplayName("in a chain the earlier result stays in front of ours (CNI 46, 47)")
    void theEarlierResultStaysInFront() throws Exception {
        String previous = """
                "prevResult":{"cniVersion":"1.0.0","interfaces":[{"name":"br0"}],"ips":[{"address":"192.0.2.1/24"}],\
                "dns":{"nameservers":["192.0.2.53"]}}""";
        Outcome outcome = call("ADD", "c1", node.newPod(), config("1.0.0", previous));
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.json().path("interfaces").path(0).path("name").asText())
                .isEqualTo("br0");
        assertThat(outcome.json().path("interfaces").path(1).path("name").asText())
                .isEqualTo("eth0");
        assertThat(outcome.json().path("ips").path(0).path("address").asText()).isEqualTo("192.0.2.1/24");
        assertThat(outcome.json().path("ips").path(1).path("interface").asInt()).isEqualTo(1);
        assertThat(outcome.json().path("dns").path("nameservers").path(0).asText())
                .isEqualTo("192.0.2.53");
    }

    @Test
    @DisplayName("CHECK is silent while all is well and names what is not (CNI 22)")
    void checkNamesWhatIsNotWell() throws Exception {
        NetworkNamespace pod = node.newPod();
        String result = call("ADD", "c1", pod, config("1.1.0")).stdout();
        String withResult = config("1.1.0", "\"prevResult\":" + result);
        assertThat(call("CHECK", "c1", pod, withResult)).isEqualTo(new Outcome(0, ""));
        assertThat(call("CHECK", "c1", pod, config("1.1.0")).code())
                .as("without prevResult")
                .isEqualTo(7);
        String foreign = withResult.replace("10.80.128.1/32", "10.80.128.9/32");
        assertThat(call("CHECK", "c1", pod, foreign).code()).isEqualTo(109);
        NodeRig.run(pod, "ip", "route", "add", "198.51.100.0/24", "via", "169.254.1.1", "dev", "eth0", "onlink");
        assertThat(call("CHECK", "c1", pod, withResult)).as("what others added").isEqualTo(new Outcome(0, ""));
        NodeRig.run(node.host, "nft", "delete", "table", "netdev", "wirecloset");
        assertThat(call("CHECK", "c1", pod, withResult).json().path("msg").asText())
                .contains("the filter of wc")
                .endsWith(" is gone");
        node.attachments.repair();
        NodeRig.run(node.host, "ip", "route", "del", "10.80.128.1");
        assertThat(call("CHECK", "c1", pod, withResult).json().path("msg").asText())
                .startsWith("the host has no route to 10.80.128.1");
        node.attachments.repair();
        assertThat(call("CHECK", "c1", pod, withResult)).isEqualTo(new Outcome(0, ""));
        NodeRig.run(pod, "ip", "neigh", "del", "169.254.1.1", "dev", "eth0");
        assertThat(call("CHECK", "c1", pod, withResult).json().path("msg").asText())
                .isEqualTo("eth0 lacks the entry for its gateway 169.254.1.1");
        NodeRig.run(pod, "ip", "-6", "route", "del", "default");
        assertThat(call("CHECK", "c1", pod, withResult).json().path("msg").asText())
                .isEqualTo("eth0 lacks its default route of IPv6");
        NodeRig.run(pod, "ip", "addr", "del", "10.80.128.1/32", "dev", "eth0");
        assertThat(call("CHECK", "c1", pod, withResult).code()).isEqualTo(109);
        assertThat(call("CHECK", "c2", pod, withResult).code()).isEqualTo(109);
    }

    @Test
    @DisplayName("GC removes what is not listed, of its own configuration only (CNI 24)")
    void gcRemovesWhatIsNotListed() throws Exception {
        call("ADD", "kept", node.newPod(), config("1.1.0"));
        call("ADD", "orphan", node.newPod(), config("1.1.0"));
        call("ADD", "foreign", node.newPod(), config("1.1.0").replace("\"name\":\"wirecloset\"", "\"name\":\"other\""));
        String valid = "\"cni.dev/valid-attachments\":[{\"containerID\":\"kept\",\"ifname\":\"eth0\"}]";
        assertThat(call("GC", "", null, config("1.1.0", valid))).isEqualTo(new Outcome(0, ""));
        node.awaitRemovals();
        assertThat(node.attachments.list())
                .extracting(a -> a.key().containerId())
                .containsExactlyInAnyOrder("kept", "foreign");
        assertThat(call("GC", "", null, config("1.1.0")).code())
                .as("without a list")
                .isEqualTo(7);
        assertThat(node.attachments.list()).hasSize(2);
    }

    @Test
    @DisplayName("GC on a node of a thousand pods, each named twice as libcni does (CNI 24)")
    void gcOfAThousandPods() throws Exception {
        call("ADD", "kept", node.newPod(), config("1.1.0"));
        call("ADD", "orphan", node.newPod(), config("1.1.0"));
        String each = "{\"containerID\":\"%s\",\"ifname\":\"eth0\"}";
        String listed = IntStream.range(0, 1_000)
                        .mapToObj(i -> each.formatted("%064x".formatted(i)))
                        .collect(Collectors.joining(",", "[", ","))
                + each.formatted("kept") + "]";
        String valid = "\"cni.dev/valid-attachments\":" + listed + ",\"cni.dev/attachments\":" + listed;
        assertThat(call("GC", "", null, config("1.1.0", valid))).isEqualTo(new Outcome(0, ""));
        node.awaitRemovals();
        assertThat(node.attachments.list())
                .extracting(a -> a.key().containerId())
                .containsExactly("kept");
    }

    @Test
    @DisplayName("STATUS says what is missing (CNI 23)")
    void statusSaysWhatIsMissing() throws Exception {
        assertThat(status()).isEqualTo(new Outcome(0, ""));
        missing = "no network is known yet";
        Outcome outcome = status();
        assertThat(outcome.code()).isEqualTo(50);
        assertThat(outcome.json().path("msg").asText()).isEqualTo(missing);
    }

    @Test
    @DisplayName("what passes by itself is 'try again later', and leaves nothing (CNI 18, 37)")
    void whatPassesByItselfIsTryAgainLater() throws Exception {
        Map<String, Object> before = node.account();
        node.overlay.status(NodeRig.PODS.id(), Overlay.Status.missing("no answer from the controller yet"));
        Outcome outcome = call("ADD", "c1", node.newPod(), config("1.1.0"));
        assertThat(outcome.code()).isEqualTo(11);
        assertThat(outcome.json().path("msg").asText()).contains("no answer from the controller yet");
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    void aPodOfANamespaceWithoutPermissionIsToldSoAtOnceAndNothingIsMade() throws Exception {
        node.serve(List.of(
                NodeRig.PODS, NodeRig.network("lab", 0x8056c2e21c000002L, false, "10.90.0.0/16", "10.90.128.0/24")));
        Map<String, Object> before = node.account();
        Outcome outcome = call("ADD", "c1", node.newPod(), config("1.1.0", "\"network\":\"lab\""));
        assertThat(outcome.code()).isEqualTo(112);
        assertThat(outcome.json().path("msg").asText())
                .isEqualTo("network lab is not for pods of namespace default: add it to spec.access.pods of"
                        + " ZeroTierNetwork lab");
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName("an error is told in the version asked for (CNI 36)")
    void anErrorCarriesTheVersionAsked() throws Exception {
        Outcome outcome = call("ADD", "c1", node.newPod(), config("0.4.0", "\"network\":\"unknown\""));
        assertThat(outcome.json().path("cniVersion").asText()).isEqualTo("0.4.0");
        assertThat(outcome.code()).isEqualTo(11);
        assertThat(outcome.json().path("msg").asText()).contains("network unknown");
    }

    @Test
    @DisplayName("a hundred and ten ADDs at once, as after a reboot (T7, CNI 40)")
    void manyAddsAtOnce() throws Exception {
        try (var pool = Executors.newFixedThreadPool(110)) {
            List<Callable<Outcome>> calls = new ArrayList<>();
            for (int i = 0; i < 110; i++) {
                String id = "p" + i;
                NetworkNamespace pod = node.newPod();
                calls.add(() -> call("ADD", id, pod, config("1.1.0")));
            }
            for (var future : pool.invokeAll(calls)) {
                assertThat(future.get().exitCode()).as(future.get().stdout()).isZero();
            }
        }
        assertThat(node.attachments.list()).hasSize(110);
        assertThat(node.attachments.list().stream()
                        .flatMap(a -> a.addresses().stream())
                        .distinct())
                .hasSize(220);
    }

    // --- notes left while the agent was away

    @Test
    @DisplayName("a DEL noted while the agent was away is carried out at its start (F11, T2)")
    void aNotedDeletionIsCarriedOut() throws Exception {
        NetworkNamespace pod = node.newPod();
        call("ADD", "c1", pod, config("1.1.0"));
        server.close();
        node.stop();
        assertThat(call("DEL", "c1", pod, config("1.1.0"))).isEqualTo(new Outcome(0, ""));
        assertThat(socket.resolveSibling("deleted/c1@eth0")).exists();
        Files.writeString(socket.resolveSibling("deleted/no note at all"), "x");
        node.start();
        assertThat(new DeletionNotes(socket, node.attachments).carryOut()).isEqualTo(1);
        node.awaitRemovals();
        assertThat(node.attachments.list()).isEmpty();
        assertThat(socket.resolveSibling("deleted")).isEmptyDirectory();
        server = CniServer.start(socket, node.attachments, () -> missing, observer());
        assertThat(call("ADD", "c1", pod, config("1.1.0")).code())
                .as("a late ADD")
                .isEqualTo(108);
    }
}
