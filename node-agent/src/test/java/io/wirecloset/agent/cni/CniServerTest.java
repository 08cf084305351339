package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.agent.attach.AttachmentKey;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.attach.Overlay;
import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.linux.UnixServerSocket;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real shim asks, the server answers, the kernel does: as a container runtime sees it. */
class CniServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));

    @TempDir
    Path directory;

    private NodeRig node;
    private CniServer server;
    private Path socket;
    private volatile String missing = "";
    private final List<String> refusals = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        socket = directory.resolve("run/cni.sock");
        server = CniServer.start(socket, node.attachments, () -> missing, observer());
    }

    private CniServer.Observer observer() {
        return new CniServer.Observer() {
            @Override
            public void answered(String verb, int code, long nanos) {}

            @Override
            public void refused(String why) {
                refusals.add(why);
            }
        };
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
        if (node != null) {
            node.close();
        }
    }

    private record Outcome(int exitCode, String stdout) {
        JsonNode json() throws IOException {
            return JSON.readTree(stdout);
        }

        int code() throws IOException {
            return json().path("code").asInt();
        }
    }

    private Outcome call(String command, String id, NetworkNamespace pod, String config) throws IOException {
        return node.host.run(() -> {
            ProcessBuilder builder = new ProcessBuilder(SHIM.toString());
            Map<String, String> env = builder.environment();
            env.clear();
            env.put("CNI_COMMAND", command);
            env.put("CNI_CONTAINERID", id);
            env.put("CNI_IFNAME", "eth0");
            env.put("CNI_PATH", "/opt/cni/bin");
            env.put("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=7b2c");
            env.put("WIRECLOSET_SOCKET", socket.toString());
            if (pod != null) {
                env.put("CNI_NETNS", "/proc/" + ProcessHandle.current().pid() + "/fd/" + pod.fd());
            }
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write(config.getBytes(StandardCharsets.UTF_8));
            }
            String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Outcome(process.waitFor(), stdout);
        });
    }

    /** The first answer that came within the 50 ms that the shim waits for one, which a busy machine may need longer for. */
    private Outcome status() {
        return await().until(() -> call("STATUS", "", null, config("1.1.0")), outcome -> !outcome.stdout()
                .contains("does not answer"));
    }

    private static String config(String version) {
        return "{\"cniVersion\":\"" + version + "\",\"name\":\"wirecloset\",\"type\":\"wirecloset\"}";
    }

    private static String config(String version, String more) {
        return config(version).replaceFirst("}$", "," + more + "}");
    }

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
    @DisplayName("options that cannot be had are refused by name, and leave nothing (CNI 36, 51, 55)")
    void optionsThatCannotBeHadAreRefused() throws Exception {
        Map<String, Object> before = node.account();
        call("ADD", "c0", node.newPod(), config("1.1.0", "\"runtimeConfig\":{\"ips\":[\"10.80.128.9\"]}"));
        Map<String, Object> withOne = node.account();
        Map.of(
                        "\"runtimeConfig\":{\"mac\":\"02:00:00:00:00:01\"}",
                        "2 mac 02:00:00:00:00:01 cannot be had",
                        "\"runtimeConfig\":{\"deviceID\":\"x\"}",
                        "2 runtimeConfig.deviceID is not supported",
                        "\"wirecloset.io/mode\":\"Member\"",
                        "2 the configuration has a key that is not known here: wirecloset.io/mode",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.129.9/16\"]}",
                        "110 network pods: 10.80.129.9 is not among the addresses for pods in this node's block 10.80.128.0/24",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.128.255\"]}",
                        "110 network pods: 10.80.128.255 is not among the addresses for pods in this node's block 10.80.128.0/24",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.128.9\"]}",
                        "110 network pods: 10.80.128.9 is taken by default/web-0 (sandbox c0)",
                        "\"args\":{\"cni\":{\"ips\":[\"fc01:0a50:0a11:2233:4455::1\"]}}",
                        "110 network pods: fc01:a50:a11:2233:4455:0:0:1 is not among the addresses for pods in this node's"
                                + " block fc01:a50:a11:2233:4455:0:0:0/80")
                .forEach((more, expected) -> {
                    try {
                        Outcome outcome = call("ADD", "c1", node.newPod(), config("1.1.0", more));
                        assertThat(outcome.code() + " "
                                        + outcome.json().path("msg").asText())
                                .isEqualTo(expected);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        assertThat(node.account()).isEqualTo(withOne);
        call("DEL", "c0", null, config("1.1.0"));
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName("static addresses, the own MAC, name servers and ports of the node are had (CNI 53 to 55)")
    void optionsThatCanBeHadAreHad() throws Exception {
        String mac = "56:64:d9:61:4e:47"; // of c0ffee@eth0
        Outcome outcome = call(
                "ADD",
                "c0ffee",
                node.newPod(),
                config(
                        "1.0.0",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.128.77/16\",\"fc01:0a50:0a11:2233:4455::77\"],\"mac\":\""
                                + mac
                                + "\",\"dns\":{\"servers\":[\"10.96.0.10\"]},\"cgroupPath\":\"/x\",\"aliases\":[\"a\"],"
                                + "\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]},"
                                + "\"args\":{\"cni\":{\"ips\":[\"10.80.128.78\"]}},\"stranger\":1,\"capabilities\":{\"mac\":true}"));
        assertThat(outcome.exitCode()).as(outcome.stdout()).isZero();
        assertThat(outcome.json().path("ips"))
                .map(ip -> ip.path("address").asText())
                .containsExactly("10.80.128.77/32", "fc01:a50:a11:2233:4455:0:0:77/128");
        assertThat(outcome.json().path("interfaces").path(0).path("mac").asText())
                .isEqualTo(mac);
        assertThat(outcome.json().path("dns").path("nameservers").path(0).asText())
                .isEqualTo("10.96.0.10");
        assertThat(NodeRig.run(node.host, "nft", "list", "map", "inet", "wirecloset", "hostport_pod4"))
                .contains("tcp . 8080 : 10.80.128.77");
        Outcome second = call(
                "ADD",
                "c1",
                node.newPod(),
                config(
                        "1.0.0",
                        "\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]}"));
        assertThat(second.code()).isEqualTo(111);
        assertThat(second.json().path("msg").asText())
                .isEqualTo("host port 8080/tcp is taken by default/web-0 (sandbox c0ffee)");
    }

    @Test
    @DisplayName("bandwidth: each end of the link limits what it lets out, and the kernel does so (CNI 53, 55)")
    void bandwidthIsLimited() throws Exception {
        NetworkNamespace pod = node.newPod();
        String asked = "\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":4294967295,"
                + "\"egressRate\":80000000000,\"egressBurst\":800000}}";
        Outcome outcome = call("ADD", "c1", pod, config("1.0.0", asked));
        assertThat(outcome.exitCode()).as(outcome.stdout()).isZero();
        String host = outcome.json().path("interfaces").path(1).path("name").asText();
        assertThat(NodeRig.run(node.host, "tc", "qdisc", "show", "dev", host))
                .contains("tbf", "rate 8Mbit", "burst 100000b");
        assertThat(NodeRig.run(pod, "tc", "qdisc", "show", "dev", "eth0")).contains("tbf", "rate 80Gbit");
        assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue();
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

    // --- who may ask, and how much (T28)

    @Test
    @DisplayName("the socket is root's alone (T28)")
    void theSocketIsRootsAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
        assertThat(NodeRig.succeeds(
                        node.host,
                        "setpriv",
                        "--reuid=65534",
                        "--clear-groups",
                        "cat",
                        socket.getParent().toString()))
                .isFalse();
    }

    @Test
    @DisplayName("a caller who is not root is turned away even where the file would let him in (T28)")
    void anotherUserIsTurnedAway() throws Exception {
        server.close();
        CniServer picky = CniServer.start(socket, new CniVerbs(node.attachments, () -> missing), observer(), 1_000);
        try (UnixConnection caller = UnixServerSocket.connect(socket)) {
            caller.timeout(5_000);
            assertThatThrownBy(() -> {
                        caller.send(new byte[] {0, 0, 0, 2, '{', '}'}, 0, 6);
                        if (caller.receive(new byte[8], 0, 8) < 0) {
                            throw new IOException("closed");
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(refusals).contains("uid");
        } finally {
            picky.close();
        }
    }

    @Test
    @DisplayName("idle, slow, huge and senseless callers do not keep the real one waiting (T28)")
    void badCallersDoNotKeepTheRealOneWaiting() throws Exception {
        List<UnixConnection> idle = new ArrayList<>();
        try {
            for (int announced : new int[] {1 << 20, -1, CniRequest.LIMIT_BYTES}) {
                UnixConnection caller = UnixServerSocket.connect(socket);
                idle.add(caller);
                caller.send(ByteBuffer.allocate(4).putInt(announced).array(), 0, 4);
            }
            for (int i = 0; i < 300; i++) {
                idle.add(UnixServerSocket.connect(socket));
            }
            assertThat(call("ADD", "c1", node.newPod(), config("1.1.0")).exitCode())
                    .isZero();
            assertThat(refusals).contains("length", "reading");
        } finally {
            idle.forEach(UnixConnection::close);
        }
    }

    @Test
    void senselessRequestsAreAnsweredWithAnError() throws Exception {
        for (String senseless : List.of(
                "",
                "{}",
                "[]",
                "null",
                "{\"version\":2}",
                "{\"version\":1}",
                "\u0000",
                "{\"version\":1,\"command\":\"ADD\",\"config\":{}}")) {
            try (UnixConnection caller = UnixServerSocket.connect(socket)) {
                caller.timeout(5_000);
                byte[] body = senseless.getBytes(StandardCharsets.UTF_8);
                byte[] whole = ByteBuffer.allocate(4 + body.length)
                        .putInt(body.length)
                        .put(body)
                        .array();
                caller.send(whole, 0, whole.length);
                byte[] head = new byte[8];
                int have = 0;
                while (have < 8) {
                    have += caller.receive(head, have, 8 - have);
                }
                assertThat(ByteBuffer.wrap(head).getInt(4)).as(senseless).isEqualTo(1);
            }
        }
        assertThat(node.records.all()).isEmpty();
    }

    @Test
    void theKeyOfARecordIsTheKeyOfTheCall() throws Exception {
        call("ADD", "c1", node.newPod(), config("1.1.0"));
        var record = node.records.get(new AttachmentKey("c1", "eth0"));
        assertThat(record.cniName()).isEqualTo("wirecloset");
        assertThat(record.pod().toString()).isEqualTo("default/web-0");
    }
}
