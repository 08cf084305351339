package io.wirecloset.kindtests;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A Kubernetes API in memory over plain HTTP, for the demo and for tests: fabric8's CRUD server plus what it lacks
 * ({@link ApiDispatcher}). It keeps nothing, asks nobody who they are, and enforces neither schema nor CEL.
 *
 * <p>As a program: {@code ApiServer [ADDRESS:]PORT}, then {@code Apply} the CRDs before anything that uses them.
 */
public final class ApiServer implements AutoCloseable {
    /** The library says a line for each request; held here, or the level is lost with the logger. */
    private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

    private final KubernetesMockServer server;
    private final InetAddress address;

    private ApiServer(KubernetesMockServer server, InetAddress address) {
        this.server = server;
        this.address = address;
    }

    /** @param port 0 picks a free one */
    public static ApiServer start(InetAddress address, int port) {
        REQUESTS.setLevel(Level.WARNING);
        MockWebServer web = new MockWebServer();
        KubernetesMockServer server =
                new KubernetesMockServer(new Context(), web, new HashMap<>(), new ApiDispatcher(web), false);
        server.start(address, port);
        return new ApiServer(server, address);
    }

    public int port() {
        return server.getPort();
    }

    public String url() {
        return "http://" + address.getHostAddress() + ":" + port();
    }

    /** A new client of this server; the caller closes it. */
    public KubernetesClient client() {
        return client(url());
    }

    public static KubernetesClient client(String url) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl(url)
                        .withNamespace("default")
                        .build())
                .build();
    }

    @Override
    public void close() {
        server.shutdown();
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length != 1) {
            System.err.println("usage: ApiServer [ADDRESS:]PORT");
            System.exit(2);
        }
        int colon = args[0].lastIndexOf(':');
        InetAddress address = InetAddress.getByName(colon < 0 ? "127.0.0.1" : args[0].substring(0, colon));
        ApiServer server = start(address, Integer.parseInt(args[0].substring(colon + 1)));
        System.out.println("serving " + server.url());
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        new CountDownLatch(1).await();
    }
}
