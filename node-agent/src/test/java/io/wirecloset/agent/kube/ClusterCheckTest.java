package io.wirecloset.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterCheckTest {
    private static final String READY =
            "{metadata: {name: %s}, spec: {primary: true}, status: {conditions: [{type: Ready, status: 'True'}]}}";

    private HttpServer api;

    @BeforeEach
    void start() throws Exception {
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.start();
    }

    @AfterEach
    void stop() {
        api.stop(0);
    }

    private void serve(String plural, int status, String... items) {
        String body = ("{\"items\": [" + String.join(",", items) + "]}")
                .replaceAll("([{ ])(\\w+):", "$1\"$2\":")
                .replaceAll(": ([A-Za-z][\\w-]*)", ": \"$1\"")
                .replace("\"true\"", "true")
                .replace('\'', '"');
        api.createContext("/apis/wirecloset.io/v1alpha1/" + plural, exchange -> {
            boolean known = "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? status : 401, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private ClusterCheck check() {
        return new ClusterCheck(
                HttpClient.newHttpClient(),
                "http://127.0.0.1:" + api.getAddress().getPort(),
                "secret");
    }

    @Test
    void aClusterInWhichAllIsReadyHasNoFault() throws Exception {
        serve("zerotiernetworks", 200, READY.formatted("pods"));
        serve("zerotiernodes", 200, READY.formatted("node-a"), READY.formatted("node-b"));
        assertThat(check().faults()).isEmpty();
    }

    @Test
    void whatIsNotReadyIsNamedWithItsReason() throws Exception {
        serve("zerotiernetworks", 200, READY.formatted("pods"));
        serve(
                "zerotiernodes",
                200,
                READY.formatted("node-a"),
                "{metadata: {name: node-b}, status: {conditions: [{type: Ready, status: 'False', message: 'no root answers'}]}}",
                "{metadata: {name: node-c}}");
        assertThat(check().faults())
                .containsExactly(
                        "node node-b is not ready: no root answers",
                        "node node-c is not ready: its status says nothing yet");
    }

    @Test
    void aClusterWithoutNetworkOrNodesIsNotReady() throws Exception {
        serve("zerotiernetworks", 200);
        serve("zerotiernodes", 200);
        assertThat(check().faults()).hasSize(2);
    }

    @Test
    void anApiServerThatRefusesOrIsAwayIsAFault() throws Exception {
        serve("zerotiernetworks", 403);
        assertThat(check().faults()).singleElement().asString().contains("status 403");
        ClusterCheck away = check();
        api.stop(0);
        assertThat(away.faults()).singleElement().asString().contains("cannot be asked");
    }
}
