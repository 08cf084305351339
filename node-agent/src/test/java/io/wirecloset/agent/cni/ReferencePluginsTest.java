package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.CniRuntime.Attached;
import io.wirecloset.kindtests.lab.CniRuntime.Outcome;
import io.wirecloset.kindtests.lab.Shell;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ours in one list with the reference plugins, before and behind them, and with their address management, called as
 * libcni calls (CNI 46 to 50, 56, 57, 73). Needs the plugins: {@code WIRECLOSET_CNI_PLUGINS} names their folder.
 */
class ReferencePluginsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path SHIM = Path.of(System.getProperty("wirecloset.shim", "../cni-binary/target/wirecloset"));
    private static final String PLUGINS = System.getenv("WIRECLOSET_CNI_PLUGINS");
    private static final Attached C1 = new Attached("c1", "eth0");
    private static final Attached C2 = new Attached("c2", "eth0");

    @TempDir
    Path directory;

    private NodeRig node;
    private CniServer server;
    private NetworkNamespace pod;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(PLUGINS != null, "WIRECLOSET_CNI_PLUGINS does not say where the reference plugins are");
        Assumptions.assumeTrue(Files.isExecutable(SHIM), "the shim is not built: " + SHIM);
        node = new NodeRig(directory);
        pod = node.newPod();
        Files.createDirectories(directory.resolve("bin"));
        Files.copy(SHIM, directory.resolve("bin/wirecloset"));
        server = CniServer.start(
                directory.resolve("run/cni.sock"), node.attachments, () -> "", new CniServer.Observer() {
                    @Override
                    public void answered(String verb, int code, long nanos) {}

                    @Override
                    public void refused(String why) {}
                });
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

    /** @param plugins as JSON objects, with ' for " */
    private CniRuntime runtime(String... plugins) throws IOException {
        return runtimeWith("", plugins);
    }

    private CniRuntime runtimeWith(String more, String... plugins) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("net.d"));
        Files.writeString(
                folder.resolve("10.conflist"),
                ("{'cniVersion':'1.0.0','cniVersions':['1.0.0','1.1.0'],'name':'wirecloset','plugins':["
                                + String.join(",", plugins) + "]" + more + "}")
                        .replace('\'', '"'));
        return new CniRuntime(
                (command, environment, stdin, limit) -> {
                    try {
                        return node.host.run(() -> Shell.call(command, environment, stdin, limit));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                List.of(directory.resolve("bin"), Path.of(PLUGINS)),
                folder,
                Map.of("WIRECLOSET_SOCKET", directory.resolve("run/cni.sock").toString()),
                "1.1.0");
    }

    private static Path path(NetworkNamespace namespace) {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.fd());
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    private Outcome add(CniRuntime runtime, Attached what, NetworkNamespace to, String asked) throws IOException {
        return runtime.add(what, path(to), "default", "web-0", json(asked));
    }

    private static void ok(Outcome outcome) {
        assertThat(outcome.ok()).as(outcome::error).isTrue();
    }

    private static String routes(NetworkNamespace inside) throws IOException {
        return NodeRig.run(inside, "ip", "route");
    }

    /** Adds, looks, deletes twice; afterwards all is as before. */
    private interface Look {
        void at(Outcome added) throws Exception;
    }

    private void wholeLife(CniRuntime runtime, String asked, Look look) throws Exception {
        Map<String, Object> before = node.account();
        Outcome added = add(runtime, C1, pod, asked);
        ok(added);
        look.at(added);
        ok(runtime.check(C1, path(pod), "default", "web-0"));
        ok(runtime.status());
        ok(runtime.gc(Set.of(C1)));
        ok(runtime.check(C1, path(pod), "default", "web-0"));
        ok(runtime.del(C1, path(pod).toString(), "default", "web-0"));
        ok(runtime.del(C1, "", "default", "web-0"));
        assertThat(node.account().get("links")).isEqualTo(before.get("links"));
        assertThat(node.account().get("routes")).isEqualTo(before.get("routes"));
        assertThat(node.account().get("records")).isEqualTo(before.get("records"));
    }

    // --- ours first

    @Test
    @DisplayName("portmap behind ours: what the chained plugin does is not done by us (CNI 49, 53)")
    void portmapBehindOurs() throws Exception {
        wholeLife(
                runtime(
                        "{'type':'wirecloset'}",
                        "{'type':'portmap','backend':'nftables','capabilities':{'portMappings':true}}"),
                "{'portMappings':[{'hostPort':8080,'containerPort':80,'protocol':'tcp'}]}",
                added -> {
                    assertThat(NodeRig.run(node.host, "nft", "list", "ruleset"))
                            .containsPattern("dport 8080 dnat .*10\\.80\\.128\\.1:80");
                    assertThat(NodeRig.run(node.host, "nft", "list", "map", "inet", "wirecloset", "hostport_pod4"))
                            .doesNotContain("8080");
                });
    }

    @Test
    @DisplayName("bandwidth behind ours finds the host's end of the link (CNI 49, 53)")
    void bandwidthBehindOurs() throws Exception {
        wholeLife(
                runtime("{'type':'wirecloset'}", "{'type':'bandwidth','capabilities':{'bandwidth':true}}"),
                "{'bandwidth':{'ingressRate':8000000,'ingressBurst':800000}}",
                added -> {
                    String host =
                            added.body().path("interfaces").path(1).path("name").asText();
                    assertThat(NodeRig.run(node.host, "tc", "qdisc", "show", "dev", host))
                            .contains("tbf", "8Mbit");
                });
    }

    @Test
    @DisplayName("tuning behind ours sets the pod's interface (CNI 48, 49)")
    void tuningBehindOurs() throws Exception {
        wholeLife(
                runtime(
                        "{'type':'wirecloset'}",
                        "{'type':'tuning','mtu':1400,'sysctl':{'net.ipv4.conf.eth0.arp_filter':'1'}}"),
                "{}",
                added -> {
                    assertThat(NodeRig.run(pod, "ip", "link", "show", "eth0")).contains("mtu 1400");
                    assertThat(NodeRig.run(pod, "sysctl", "-n", "net.ipv4.conf.eth0.arp_filter"))
                            .startsWith("1");
                    assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue();
                });
    }

    @Test
    @DisplayName("firewall behind ours (CNI 49)")
    void firewallBehindOurs() throws Exception {
        Assumptions.assumeTrue(
                NodeRig.succeeds(node.host, "sh", "-c", "command -v iptables"),
                "the firewall plugin needs the program iptables");
        wholeLife(
                runtime("{'type':'wirecloset'}", "{'type':'firewall','backend':'iptables'}"),
                "{}",
                added -> assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue());
    }

    @Test
    @DisplayName("a stranger dropped into the network's folder comes behind ours (CNI 50)")
    void aDroppedInStranger() throws Exception {
        CniRuntime runtime = runtime("{'type':'wirecloset'}");
        Path dropIns = Files.createDirectories(directory.resolve("net.d/wirecloset"));
        Files.writeString(dropIns.resolve("50.conf"), "{\"type\":\"tuning\",\"mtu\":1300}");
        wholeLife(runtime, "{}", added -> assertThat(NodeRig.run(pod, "ip", "link", "show", "eth0"))
                .contains("mtu 1300"));
    }

    // --- ours behind another

    @Test
    @DisplayName("behind ptp ours makes a second interface, and the first keeps the way to the world (CNI 46, 47, 71)")
    void behindAnotherOursMakesASecondInterface() throws Exception {
        CniRuntime runtime = runtimeWith(
                ",'disableCheck':'true'", // ptp looks for all addresses of the result on its own interface
                "{'type':'ptp','ipam':{'type':'host-local','dataDir':'" + directory
                        + "/ipam','ranges':[[{'subnet':'198.51.100.0/24'}]],'routes':[{'dst':'0.0.0.0/0'}]}}",
                "{'type':'wirecloset','interface':'zt0'}");
        wholeLife(runtime, "{}", added -> {
            assertThat(added.body().path("interfaces"))
                    .map(i -> i.path("name").asText())
                    .contains("eth0", "zt0");
            assertThat(added.body().path("ips"))
                    .map(i -> i.path("address").asText())
                    .contains("198.51.100.2/24", "10.80.128.1/32");
            assertThat(routes(pod))
                    .contains("default via 198.51.100.1 dev eth0")
                    .contains("10.80.0.0/16 via 169.254.1.1 dev zt0");
            assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue();
            assertThat(NodeRig.pings(pod, "198.51.100.1")).isTrue();
        });
    }

    @Test
    @DisplayName("two interfaces on one network in one pod, each answers from its own address (CNI 71)")
    void twoInterfacesOnOneNetwork() throws Exception {
        CniRuntime runtime = runtime("{'type':'wirecloset'}");
        Attached second = new Attached("c1", "net1");
        ok(add(runtime, C1, pod, "{}"));
        Outcome added = add(runtime, second, pod, "{}");
        ok(added);
        assertThat(added.body().path("routes")).map(r -> r.path("dst").asText()).doesNotContain("0.0.0.0/0");
        assertThat(routes(pod)).contains("default via 169.254.1.1 dev eth0");
        assertThat(NodeRig.pings(node.outside, "10.80.128.1")).isTrue();
        assertThat(NodeRig.pings(node.outside, "10.80.128.2")).isTrue();
        ok(runtime.check(second, path(pod), "", ""));
        ok(runtime.del(second, path(pod).toString(), "", ""));
        assertThat(NodeRig.pings(node.outside, "10.80.128.1")).isTrue();
        ok(runtime.check(C1, path(pod), "", ""));
    }

    // --- others' address management

    private String hostLocal(String start, String end) {
        return "{'type':'wirecloset','ipam':{'type':'host-local','dataDir':'" + directory
                + "/ipam','ranges':[[{'subnet':'10.80.128.0/24','rangeStart':'" + start + "','rangeEnd':'" + end
                + "'}]]}}";
    }

    private List<String> leases() throws IOException {
        Path folder = directory.resolve("ipam/wirecloset");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith("10."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    @DisplayName("host-local gives the address and gets it back; the other family is ours (CNI 56, 57)")
    void hostLocalGivesTheAddress() throws Exception {
        CniRuntime runtime = runtime(hostLocal("10.80.128.50", "10.80.128.51"));
        wholeLife(runtime, "{}", added -> {
            assertThat(added.body().path("ips"))
                    .map(i -> i.path("address").asText())
                    .containsExactly("10.80.128.50/32", "fc01:a50:a11:2233:4455:0:0:2/128");
            assertThat(leases()).containsExactly("10.80.128.50");
            assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue();
        });
        assertThat(leases()).isEmpty();
    }

    @Test
    @DisplayName("an ADD that fails gives the address back; a full range says so in the plugin's words (CNI 18, 56)")
    void aFailedAddGivesTheAddressBack() throws Exception {
        CniRuntime outside = runtime(hostLocal("10.80.128.50", "10.80.128.50"));
        NodeRig.run(pod, "ip", "link", "add", "eth0", "type", "veth", "peer", "theirs");
        Outcome refused = add(outside, C1, pod, "{}");
        assertThat(refused.body().path("code").asInt()).isEqualTo(107);
        assertThat(leases()).isEmpty();
        assertThat(node.attachments.list()).isEmpty();

        ok(add(outside, C2, node.newPod(), "{}"));
        Outcome full = add(outside, new Attached("c3", "eth0"), node.newPod(), "{}");
        assertThat(full.ok()).isFalse();
        assertThat(full.body().path("msg").asText()).contains("no IP addresses available");
        assertThat(node.attachments.list()).hasSize(1);
    }

    @Test
    @DisplayName("with the agent away DEL leaves its note and gives the address back (CNI 42, 56)")
    void withTheAgentAwayTheAddressIsGivenBack() throws Exception {
        CniRuntime runtime = runtime(hostLocal("10.80.128.50", "10.80.128.59"));
        ok(add(runtime, C1, pod, "{}"));
        server.close();
        server = null;
        ok(runtime.del(C1, "", "", ""));
        assertThat(directory.resolve("run/deleted/c1@eth0")).exists();
        assertThat(leases()).isEmpty();
    }

    @Test
    @DisplayName(
            "every verb reaches the address management, with the configuration and environment of ours (CNI 24, 56)")
    void everyVerbReachesTheAddressManagement() throws Exception {
        Path spy = directory.resolve("bin/spy");
        Path seen = directory.resolve("seen");
        Files.writeString(
                spy,
                "#!/bin/sh\necho \"$CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME\" >> " + seen + "\nexec " + PLUGINS
                        + "/host-local\n");
        Files.setPosixFilePermissions(spy, PosixFilePermissions.fromString("rwxr-xr-x"));
        wholeLife(
                runtime(hostLocal("10.80.128.50", "10.80.128.59").replace("'host-local'", "'spy'")), "{}", added -> {});
        assertThat(Files.readAllLines(seen))
                .map(String::strip)
                .containsExactly(
                        "ADD c1 eth0", "CHECK c1 eth0", "STATUS", "GC", "CHECK c1 eth0", "DEL c1 eth0", "DEL c1 eth0");
        assertThat(leases()).isEmpty();
    }

    @Test
    @DisplayName("an IPAM plugin that is not there is named, and nothing is made (CNI 36, 56)")
    void anIpamPluginThatIsNotThereIsNamed() throws Exception {
        for (String missing : List.of("nowhere", "../bin/wirecloset")) {
            Outcome outcome = add(runtime("{'type':'wirecloset','ipam':{'type':'" + missing + "'}}"), C1, pod, "{}");
            assertThat(outcome.body().path("code").asInt()).isEqualTo(5);
            assertThat(outcome.body().path("msg").asText())
                    .isEqualTo("IPAM plugin " + missing + " is in no folder of CNI_PATH");
        }
        assertThat(node.attachments.list()).isEmpty();
    }

    @Test
    @DisplayName("static gives the address of the configuration; one of another node is refused (CNI 57)")
    void staticGivesTheAddressOfTheConfiguration() throws Exception {
        wholeLife(
                runtime("{'type':'wirecloset','ipam':{'type':'static','addresses':[{'address':'10.80.128.99/24'}],"
                        + "'routes':[{'dst':'198.51.100.0/24'}],'dns':{'nameservers':['10.96.0.10']}}}"),
                "{}",
                added -> {
                    assertThat(added.body().path("ips").path(0).path("address").asText())
                            .isEqualTo("10.80.128.99/32");
                    assertThat(added.body()
                                    .path("dns")
                                    .path("nameservers")
                                    .path(0)
                                    .asText())
                            .isEqualTo("10.96.0.10");
                    assertThat(added.body().path("routes"))
                            .map(r -> r.path("dst").asText())
                            .contains("198.51.100.0/24");
                    assertThat(routes(pod)).contains("198.51.100.0/24 via 169.254.1.1");
                });
        Outcome elsewhere = add(
                runtime("{'type':'wirecloset','ipam':{'type':'static','addresses':[{'address':'10.80.129.99/24'}]}}"),
                C2,
                node.newPod(),
                "{}");
        assertThat(elsewhere.body().path("code").asInt()).isEqualTo(110);
        assertThat(elsewhere.body().path("msg").asText()).contains("10.80.129.99 is not among the addresses for pods");
    }

    @Test
    @DisplayName("an address that was deleted a moment ago can be had again at once (CNI 57)")
    void anAddressCanBeHadAgainAtOnce() throws Exception {
        CniRuntime runtime =
                runtime("{'type':'wirecloset','ipam':{'type':'static','addresses':[{'address':'10.80.128.99/24'}]}}");
        for (int i = 0; i < 5; i++) {
            Attached each = new Attached("again" + i, "eth0");
            ok(add(runtime, each, node.newPod(), "{}"));
            ok(runtime.del(each, "", "", ""));
        }
    }
}
