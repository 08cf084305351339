package io.wirecloset.agent;

import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The port of probes and metrics, open while this process leads and no longer: an agent that waits for its turn shares the
 * host's network with the one that works, and what is asked there is about that one.
 */
@Singleton
class Front {
    private final Vertx vertx;
    private final String host;
    private final int port;
    private HttpServer server;

    Front(
            Vertx vertx,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        this.vertx = vertx;
        this.host = host;
        this.port = port;
    }

    synchronized void open() throws IOException {
        HttpServer opening = vertx.createHttpServer().requestHandler(VertxHttpRecorder.getRootHandler());
        try {
            opening.listen(port, host).toCompletionStage().toCompletableFuture().join();
            server = opening;
        } catch (CompletionException e) {
            throw new IOException(
                    "TCP port " + port + " of " + host + ", for probes and metrics, cannot be used: "
                            + e.getCause().getMessage()
                            + ". If another program has it, choose another port with agent.httpPort of the chart"
                            + " (quarkus.http.port)",
                    e);
        }
    }

    synchronized void close() {
        if (server != null) {
            server.close().toCompletionStage().toCompletableFuture().join();
            server = null;
        }
    }
}
