package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.wirecloset.operator.network.Cidr4;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ServiceRangesTest {
    @Test
    void ofAServerThatDoesNotTellItsOwnServiceIsKnown() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            boolean service = exchange.getRequestURI().getPath().endsWith("/services/kubernetes");
            byte[] answer = (service
                            ? "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"spec\":{\"clusterIPs\":[\"10.96.0.1\",\"fd96::1\"]}}"
                            : "404 page not found")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", service ? "application/json" : "text/plain");
            exchange.sendResponseHeaders(service ? 200 : 404, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .build())
                .build()) {
            assertThat(new ServiceRanges(client).now()).containsExactly(Cidr4.parse("10.96.0.1/32"));
        } finally {
            server.stop(0);
        }
    }
}
