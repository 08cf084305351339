package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Listener;
import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.node.home.PeerFile;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.network.NetworkStatus;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes with real sockets, TAPs and threads: a root on host 1, a controller on host 2, members on 3 and 4. */
@NeedsRoot
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONTROLLER = 2;
    private static final int A = 3;
    private static final int B = 4;

    private Path folder;
    private Lab lab;
    private Node root;
    private Controller controller;
    private Node controllerNode;
    private long network;

    @BeforeAll
    void rootAndController(@TempDir Path empty) throws Exception {
        folder = empty;
        lab = new Lab(folder);
        root = lab.started(1);
        controllerNode = lab.started(CONTROLLER);
        controller = new Controller(
                controllerNode.identity(),
                new MemoryStore(),
                controllerNode.sender(),
                Listener.NOBODY,
                controllerNode.random());
        CompletableFuture<Void> ready = new CompletableFuture<>();
        controllerNode.carry(controller, completing(ready));
        ready.join();
        network = controllerNode.identity().address() << 24 | 1;
        NetworkSpec spec = NetworkSpec.builder()
                .name("lab")
                .assignV4(true)
                .sixPlane(true)
                .pools(List.of(new AddressPool(IpAddress.parse("10.90.0.1"), IpAddress.parse("10.90.0.99"))))
                .routes(List.of(
                        Route.onLink(InetCidr.parse("10.90.0.0/24")),
                        Route.via(InetCidr.parse("10.91.0.0/16"), Endpoint.parse("10.90.0.99/0"))))
                .build();
        wish(done -> controller.putNetwork(network, spec, done));
        for (int member : new int[] {A, B}) {
            wish(done -> controller.putMember(network, address(member), MemberSpec.AUTHORIZED, done));
        }
    }

    @AfterAll
    void close() throws Exception {
        lab.close();
    }

    @Test
    void twoNodesJoinANetworkAndReachEachOtherOverBothFamilies() throws Exception {
        try (Node a = lab.node(A).start();
                Node b = lab.node(B).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            b.join(network, NetworkSettings.DEFAULT);
            for (InetCidr address : joined(b).config().staticAddresses()) {
                joined(a);
                await().atMost(PATIENCE).until(() -> lab.run(A, "ping", "-c1", "-W1", address.ipText()) != null);
            }
            assertThat(a.peerViews())
                    .filteredOn(peer -> peer.address() == b.identity().address())
                    .allMatch(peer -> peer.isDirect());
        }
    }

    @Test
    void theControllersOwnNodeMayBeAMemberToo() throws Exception {
        wish(done -> controller.putMember(network, address(CONTROLLER), MemberSpec.AUTHORIZED, done));
        try (Node a = lab.node(A).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            controllerNode.join(network, NetworkSettings.DEFAULT);
            joined(a);
            String ip = v4(joined(controllerNode));
            await().atMost(PATIENCE).until(() -> lab.run(A, "ping", "-c1", "-W1", ip) != null);
        } finally {
            controllerNode.leave(network);
        }
    }

    @Test
    void aDeviceThatSomebodyDeletedIsMadeAnew() throws Exception {
        try (Node a = lab.node(A).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            String ip = v4(joined(a));
            await().atMost(PATIENCE).until(() -> lab.run(A, "ip", "addr").contains(ip));
            String device = a.networks().getFirst().device();
            assertThat(lab.run(A, "ip", "link", "del", device)).isNotNull();
            assertThat(lab.interfaces(A)).doesNotContain(device);
            await().atMost(PATIENCE).until(() -> lab.run(A, "ip", "addr").contains(ip));
            a.leave(network);
        }
    }

    @Test
    void aNetworkWithoutDeviceSaysWhyAndTriesAgain() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        NetworkHost devices = new HostNetworks(lab.host(A), id -> NetworkSettings.DEFAULT, () -> true);
        NetworkHost host = (id, first, lanes) -> {
            if (broken.get()) {
                throw new IOException("no /dev/net/tun here");
            }
            return devices.open(id, first, lanes);
        };
        try (Node a = lab.node(A).networkHost(host).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            await().atMost(PATIENCE)
                    .until(() -> a.networks().getFirst().status().equals("PORT_ERROR"));
            assertThat(api(a, "GET", "/network/" + NetworkIds.format(network))
                            .get("wirecloset")
                            .asText())
                    .isEqualTo("no /dev/net/tun here");
            broken.set(false);
            await().atMost(PATIENCE)
                    .until(() -> a.networks().getFirst().status().equals("OK"));
            assertThat(lab.interfaces(A)).contains(a.networks().getFirst().device());
            a.leave(network);
        }
    }

    @Test
    void aNodeThatIsEarlierThanItsInterfaceComesOnlineWithIt() throws Exception {
        lab.host(6);
        lab.run(6, "ip", "addr", "flush", "dev", "eth0");
        try (Node node = lab.node(6).start()) {
            assertThat(node.online()).isFalse();
            lab.run(6, "ip", "addr", "add", Lab.ip(6) + "/24", "dev", "eth0");
            await().atMost(PATIENCE).until(node::online);
        }
    }

    @Test
    void routesOfTheControllerAreInstalledAsFarAsTheOwnerAllows() throws Exception {
        try (Node a = lab.node(A).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            joined(a);
            await().atMost(PATIENCE).until(() -> lab.run(A, "ip", "route").contains("10.91.0.0/16 via 10.90.0.99"));
            a.join(network, NetworkSettings.DEFAULT.with("allowManaged", false));
            await().atMost(PATIENCE).until(() -> !lab.run(A, "ip", "route").contains("10.9"));
            assertThat(lab.run(A, "ip", "addr")).doesNotContain("10.90.0.");
            a.leave(network);
        }
    }

    @Test
    void aRestartedNodeIsInItsNetworksAgain() throws Exception {
        try (Node a = lab.node(A).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            joined(a);
        }
        assertThat(lab.interfaces(A)).containsExactly("eth0", "lo");
        try (Node again = lab.node(A).start()) {
            assertThat(again.networks()).hasSize(1);
            String ip = v4(joined(again));
            await().atMost(PATIENCE).until(() -> lab.run(A, "ping", "-c1", "-W1", ip) != null);
            again.leave(network);
        }
    }

    @Test // VL1 checklist 60
    void aRestartedNodeFindsItsPeersWithoutARoot() throws Exception {
        HomeDirectory home = HomeDirectory.open(folder.resolve("forgetful"));
        Identity known = controllerNode.identity().withoutSecret();
        Predicate<Node> meetsIt = node ->
                node.peerViews().stream().anyMatch(peer -> peer.address() == known.address() && peer.isDirect());
        try (Node node = quiet(home).identity(Lab.IDENTITIES.get(4)).start()) {
            node.introduce(known, List.of(Endpoint.parse(Lab.ip(CONTROLLER) + "/" + Lab.PORT)));
            await().atMost(PATIENCE).until(() -> meetsIt.test(node));
        }
        Files.writeString(home.path().resolve("peers.d/0000000001.peer"), "damaged");
        try (Node again = quiet(home).start()) {
            await().atMost(PATIENCE).until(() -> meetsIt.test(again));
        }
    }

    @Test
    void whomANodeMetIsKeptWithinSecondsSoThatAKilledOneFindsThemAgain() throws Exception {
        HomeDirectory home = HomeDirectory.open(folder.resolve("killed"));
        Identity known = controllerNode.identity().withoutSecret();
        Path file = home.path().resolve("peers.d/" + Addresses.format(known.address()) + ".peer");
        try (Node node = quiet(home).identity(Lab.IDENTITIES.get(4)).start()) {
            node.introduce(known, List.of(Endpoint.parse(Lab.ip(CONTROLLER) + "/" + Lab.PORT)));
            await().atMost(PATIENCE).until(() -> Files.exists(file));
            assertThat(PeerFile.read(Files.readAllBytes(file)).endpoints()).isNotEmpty();
        }
    }

    @Test
    void aControllerBehindARelayIsRememberedToo() throws Exception {
        HomeDirectory home = lab.home(A);
        InetCidr controllersHost = InetCidr.parse(Lab.ip(CONTROLLER) + "/32");
        try (Node a = lab.node(A)
                .forbid(endpoint -> controllersHost.contains(endpoint))
                .start()) {
            a.join(network, NetworkSettings.DEFAULT);
            joined(a);
            assertThat(a.peerViews())
                    .filteredOn(peer -> peer.address() == address(CONTROLLER))
                    .noneMatch(PeerView::isDirect);
        }
        assertThat(home.peers(0, Integer.MAX_VALUE))
                .extracting(file -> PeerFile.read(file).identity().address())
                .contains(address(CONTROLLER));
    }

    @Test
    void leavingLeavesNothing() throws Exception {
        HomeDirectory home = lab.home(A);
        try (Node a = lab.node(A).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            joined(a);
            await().atMost(PATIENCE).until(() -> lab.interfaces(A).size() == 3);
            assertThat(a.leave(network)).isTrue();
            assertThat(lab.interfaces(A)).containsExactly("eth0", "lo");
            assertThat(home.joinedNetworks()).isEmpty();
            try (Stream<Path> files = Files.list(home.path().resolve("networks.d"))) {
                assertThat(files).isEmpty();
            }
            assertThat(a.leave(network)).isFalse();
            assertThat(a.networks()).isEmpty();
        }
    }

    @Test
    void closingLeavesNoThreadNoDescriptorNoDevice() throws Exception {
        lab.host(A);
        lab.host(B);
        joinOnceAndClose();
        long threads = nodeThreads();
        long descriptors = descriptors();
        joinOnceAndClose();
        await().atMost(PATIENCE).until(() -> nodeThreads() <= threads);
        assertThat(descriptors()).isEqualTo(descriptors);
        assertThat(lab.interfaces(A)).containsExactly("eth0", "lo");
    }

    private void joinOnceAndClose() throws Exception {
        try (Node a = lab.node(A).start()) {
            a.join(network, NetworkSettings.DEFAULT);
            joined(a);
            api(a, "GET", "/status");
            await().atMost(PATIENCE).until(() -> lab.interfaces(A).size() == 3);
        }
        System.gc();
    }

    @Test
    void whoMayNotJoinIsTold() throws Exception {
        long unknown = controllerNode.identity().address() << 24 | 0xabc;
        try (Node e = lab.node(5).start()) {
            e.join(network, NetworkSettings.DEFAULT);
            e.join(unknown, NetworkSettings.DEFAULT);
            await().atMost(PATIENCE).until(() -> is(e, network, NetworkStatus.ACCESS_DENIED));
            await().atMost(PATIENCE).until(() -> is(e, unknown, NetworkStatus.NOT_FOUND));
            wish(done -> controller.authorize(network, e.identity().address(), done));
            await().atMost(PATIENCE).until(() -> is(e, network, NetworkStatus.OK));
            wish(done -> controller.deauthorize(network, e.identity().address(), done));
            e.leave(network);
            e.leave(unknown);
        }
    }

    @Test // controller checklist 36
    void theLocalApiShowsAndChangesWhatIsJoined() throws Exception {
        String id = NetworkIds.format(network);
        try (Node a = lab.node(A).start()) {
            await().atMost(PATIENCE).until(a::online);
            JsonNode status = api(a, "GET", "/status");
            assertThat(status.get("address").asText()).isEqualTo(a.address());
            assertThat(status.get("online").asBoolean()).isTrue();
            assertThat(status.at("/config/settings/primaryPort").asInt()).isEqualTo(Lab.PORT);
            assertThat(status.at("/config/settings/listeningOn").toString()).contains(Lab.ip(A) + "/" + Lab.PORT);
            JsonNode joined = api(a, "POST", "/network/" + id);
            assertThat(joined.get("portDeviceName").asText()).startsWith("zt");
            joined(a);
            JsonNode network = api(a, "GET", "/network/" + id);
            assertThat(network.get("status").asText()).isEqualTo("OK");
            assertThat(network.get("assignedAddresses")).hasSize(2);
            assertThat(api(a, "GET", "/peer").toString())
                    .contains("\"role\":\"PLANET\"")
                    .contains(root.address());
            assertThat(api(a, "DELETE", "/network/" + id).get("result").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void aPortInUseIsNamedWithTheCure() throws Exception {
        try (Node a = lab.node(A).start()) {
            NodeBuilder second = Node.builder(lab.home(9))
                    .identity(Lab.IDENTITIES.get(4))
                    .withoutPublicPlanet()
                    .port(a.port())
                    .namespace(lab.host(A));
            assertThatThrownBy(second::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port 9993")
                    .hasMessageContaining("--port");
            try (Node free = second.port(0).start()) {
                assertThat(free.port()).isBetween(20_000, 65_535);
            }
        }
    }

    @Test
    void aDamagedOrForeignIdentityIsRefused() throws Exception {
        Path secret = folder.resolve("damaged").resolve("identity.secret");
        HomeDirectory home = HomeDirectory.open(secret.getParent());
        Files.writeString(secret, "no identity");
        assertThatThrownBy(() -> quiet(home).start()).hasMessageContaining(secret.toString());

        String whole = Lab.IDENTITIES.get(4).toSecretText();
        Files.writeString(secret, "0123456789" + whole.substring(10));
        assertThatThrownBy(() -> quiet(home).start()).hasMessageContaining("does not follow from its key");

        Files.writeString(secret, whole);
        try (Node node = quiet(home).start()) {
            assertThat(node.identity()).isEqualTo(Lab.IDENTITIES.get(4));
        }
        assertThat(Files.readString(home.path().resolve("identity.public")))
                .isEqualTo(Lab.IDENTITIES.get(4).toPublicText());
    }

    private NodeBuilder quiet(HomeDirectory home) throws IOException {
        return Node.builder(home).withoutPublicPlanet().withoutLocalApi().namespace(lab.host(A));
    }

    @Test
    void aNewerPlanetIsTakenOverAndRemembered() throws Exception {
        HomeDirectory home = HomeDirectory.open(folder.resolve("planet"));
        try (Node node = quiet(home).identity(Lab.IDENTITIES.get(4)).start()) {
            node.planet(lab.planet(2_000));
            node.planet(lab.planet(1_500));
            node.planet(lab.planet(3_000));
            await().atMost(PATIENCE).until(() -> home.planet()
                    .filter(bytes -> Arrays.equals(bytes, lab.planet(3_000).toBytes()))
                    .isPresent());
            await().atMost(PATIENCE).until(node::online);
        }
    }

    @Test
    void aPeerOneWasToldOfIsMetWithoutAnyRoot() throws Exception {
        HomeDirectory home = HomeDirectory.open(folder.resolve("rootless"));
        try (Node node = quiet(home).identity(Lab.IDENTITIES.get(4)).start()) {
            Identity known = controllerNode.identity().withoutSecret();
            node.introduce(known, List.of(Endpoint.parse(Lab.ip(CONTROLLER) + "/" + Lab.PORT)));
            await().atMost(PATIENCE).until(() -> node.peerViews().stream()
                    .anyMatch(peer -> peer.address() == known.address() && peer.isDirect()));
            assertThat(node.online()).isFalse();
        }
    }

    // ---- words of these stories

    private NetworkView joined(Node node) {
        await().atMost(PATIENCE).until(() -> is(node, network, NetworkStatus.OK));
        return node.view(network).orElseThrow();
    }

    private static String v4(NetworkView view) {
        return view.config().staticAddresses().stream()
                .filter(InetCidr::isV4)
                .findFirst()
                .orElseThrow()
                .ipText();
    }

    private static boolean is(Node node, long networkId, NetworkStatus wanted) {
        return node.view(networkId).filter(view -> view.status() == wanted).isPresent();
    }

    private static long address(int number) {
        return Lab.IDENTITIES.get(number - 1).address();
    }

    private interface Wish {
        void given(Completion done);
    }

    private void wish(Wish wish) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        controllerNode.engine().post(() -> wish.given(completing(done)));
        done.join();
    }

    private static Completion completing(CompletableFuture<Void> future) {
        return new Completion() {
            @Override
            public void done() {
                future.complete(null);
            }

            @Override
            public void failed(String why) {
                future.completeExceptionally(new IllegalStateException(why));
            }
        };
    }

    private JsonNode api(Node node, String method, String path) throws IOException {
        String token = new String(node.home().read("authtoken.secret").orElseThrow(), StandardCharsets.US_ASCII);
        return lab.host(A).run(() -> {
            HttpURLConnection http = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + node.port() + path).toURL().openConnection();
            http.setRequestMethod(method);
            http.setRequestProperty("X-ZT1-Auth", token);
            http.setRequestProperty("Connection", "close");
            return JSON.readTree(http.getInputStream());
        });
    }

    private static long nodeThreads() {
        Predicate<String> ours = name -> name.startsWith("node-")
                || name.startsWith("localapi")
                || name.startsWith("udp-")
                || name.startsWith("netns-");
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(ours)
                .count();
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
