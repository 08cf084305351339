package io.wirecloset.node.localapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.home.NetworkSettings;
import io.wirecloset.vl1.wire.Drop;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Controller checklist 1, 36: who may ask, and the fields a stock client reads. */
class LocalApiServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private LocalApiServer server;
    private int port;

    @BeforeEach
    void start() throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        NodeSection section = new NodeSection(new TwoNetworks(), () -> 1_700_000_000_000L);
        server = new LocalApiServer(
                "token",
                "metrics",
                List.of(),
                Map.of(
                        "status",
                        section,
                        "health",
                        section,
                        "network",
                        section,
                        "peer",
                        section,
                        "metrics",
                        new MetricsSection(new TwoNetworks(), () -> Map.of(Drop.BAD_MAC, 7L)),
                        "bond",
                        new BondSection()));
        server.listen(port);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTokenIsTakenFromHeaderQueryOrBearerAndTheFirstThatIsPresentDecides() throws Exception {
        assertThat(get("/status").statusCode()).isEqualTo(401);
        assertThat(get("/status").body()).isEqualTo("{}");
        assertThat(get("/status", "X-ZT1-Auth", "token").statusCode()).isEqualTo(200);
        assertThat(get("/status?auth=token").statusCode()).isEqualTo(200);
        assertThat(get("/status", "Authorization", "bearer token").statusCode()).isEqualTo(200);
        assertThat(get("/status?auth=token", "X-ZT1-Auth", "wrong").statusCode())
                .isEqualTo(401);
        assertThat(get("/status", "X-ZT1-Auth", "metrics").statusCode()).isEqualTo(401);
        assertThat(get("/metrics", "X-ZT1-Auth", "metrics").body())
                .contains("\nzt_num_networks 0\n")
                .contains("\nzt_peer_path_count{node_id=\"aabbccddee\",status=\"alive\"} 1\n")
                .contains("\nwirecloset_drops_total{reason=\"bad_mac\"} 7\n");
        assertThat(get("/metrics").statusCode()).isEqualTo(401);
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void aForeignHostNameIsRefused() throws Exception {
        assertThat(raw("GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 401");
        assertThat(raw("GET /health HTTP/1.1\r\nHost: 127.0.0.1:9993\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(raw("GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200");
    }

    @Test
    void networksAreJoinedSetAndLeft() throws Exception {
        JsonNode joined = JSON.readTree(
                send("POST", "/network/8056c2e21c000001", "{\"allowDNS\":true}").body());
        assertThat(joined.get("status").asText()).isEqualTo("REQUESTING_CONFIGURATION");
        assertThat(joined.get("allowDNS").asBoolean()).isTrue();
        assertThat(joined.get("ssoEnabled").asBoolean()).isTrue();
        assertThat(joined.get("authenticationURL").asText()).isEqualTo("https://login.test");
        assertThat(joined.get("authenticationExpiryTime").asLong()).isEqualTo(5);
        assertThat(JSON.readTree(get("/network", "X-ZT1-Auth", "token").body())).hasSize(1);
        assertThat(send("POST", "/network/8056c2e21c000001", "not json").statusCode())
                .isEqualTo(200);
        assertThat(get("/network/8056c2e21c000002", "X-ZT1-Auth", "token").statusCode())
                .isEqualTo(404);
        assertThat(send("DELETE", "/network/8056c2e21c000001", "").body()).isEqualTo("{\"result\":true}");
        assertThat(send("DELETE", "/network/8056c2e21c000001", "").body()).isEqualTo("{}");
    }

    @Test
    void peersHaveTheFieldsOfTheStockService() throws Exception {
        JsonNode peer =
                JSON.readTree(get("/peer/aabbccddee", "X-ZT1-Auth", "token").body());
        assertThat(peer.get("version").asText()).isEqualTo("1.14.1");
        List<String> fields = new ArrayList<>();
        peer.at("/paths/0").fieldNames().forEachRemaining(fields::add);
        assertThat(fields)
                .containsExactlyInAnyOrder(
                        "active",
                        "address",
                        "expired",
                        "lastReceive",
                        "lastSend",
                        "localPort",
                        "localSocket",
                        "preferred",
                        "trustedPathId");
        assertThat(peer.at("/paths/0/address").asText()).isEqualTo("192.0.2.1/9993");
        assertThat(peer.at("/paths/0/localSocket").intValue()).isEqualTo(3);
        assertThat(peer.at("/paths/0/localPort").intValue()).isEqualTo(9993);
        assertThat(get("/peer/1122334455", "X-ZT1-Auth", "token").body()).isEqualTo("{}");
        assertThat(get("/nothing", "X-ZT1-Auth", "token").statusCode()).isEqualTo(404);
        assertThat(get("/health?jsonp=cb").body()).startsWith("cb({").endsWith("});");
    }

    @Test
    void bondingIsNotInUse() throws Exception {
        assertThat(get("/bond/show/1122334455", "X-ZT1-Auth", "token").statusCode())
                .isEqualTo(400);
        assertThat(send("POST", "/bond/rotate/1122334455", "{}").statusCode()).isEqualTo(400);
        assertThat(send("POST", "/bond/setmtu/1400/eth0/192.0.2.1", "").statusCode())
                .isEqualTo(400);
        assertThat(send("DELETE", "/bond/show/1122334455", "").statusCode()).isEqualTo(404);
        assertThat(get("/bond", "X-ZT1-Auth", "token").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var r = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            r.headers(headers);
        }
        return http.send(r.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("X-ZT1-Auth", "token")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String raw(String request) throws Exception {
        try (Socket s = new Socket("127.0.0.1", port)) {
            s.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = s.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            }
        }
    }

    /** A node that can join and leave, and knows one peer. */
    private static final class TwoNetworks implements LocalNode {
        private final List<JoinedNetwork> networks = new ArrayList<>();

        @Override
        public Status status() {
            ObjectNode conf = JSON.createObjectNode();
            return new Status("1122334455", "1122334455:0:00", true, 1, 2, 9993, "/tmp", List.of(), List.of(), conf);
        }

        @Override
        public List<PeerStatus> peers() {
            var path = new PathStatus("192.0.2.1/9993", 1, 2, true, false, true, 0, 3, 9993);
            return List.of(new PeerStatus("aabbccddee", 1, 14, 1, 20, "PLANET", false, List.of(path)));
        }

        @Override
        public List<JoinedNetwork> networks() {
            return networks;
        }

        @Override
        public JoinedNetwork join(long id, UnaryOperator<NetworkSettings> change) {
            leave(id);
            var n = new JoinedNetwork(
                    id,
                    "02:00:00:00:00:01",
                    "",
                    "REQUESTING_CONFIGURATION",
                    true,
                    2800,
                    false,
                    false,
                    0,
                    0,
                    "ztabc",
                    change.apply(NetworkSettings.DEFAULT),
                    List.of(),
                    List.of(),
                    List.of(),
                    "",
                    List.of(),
                    "",
                    new SsoStatus("https://login.test", 5));
            networks.add(n);
            return n;
        }

        @Override
        public boolean leave(long id) {
            return networks.removeIf(n -> n.id() == id);
        }
    }
}
