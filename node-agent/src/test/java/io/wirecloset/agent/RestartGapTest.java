package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.wirecloset.agent.attach.Attachment;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.cni.CniServer;
import io.wirecloset.agent.kube.ClusterCache;
import io.wirecloset.agent.kube.ClusterView;
import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T13: the agent is a process of its own, killed under a running stream and started again, with no API server to ask. */
class RestartGapTest {
    private static final int KILLS = 3;
    private static final int NUMBER = 9;
    private static final int PORT = 7_007;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Mesh mesh;
    private NetworkNamespace machine;
    private NetworkNamespace pod;
    private NetworkNamespace far;
    private Process agent;

    @BeforeEach
    void start() throws Exception {
        NodeRig.assumeRoot();
        mesh = new Mesh(folder);
        machine = mesh.newHost(NUMBER);
        pod = NetworkNamespace.create();
        far = NetworkNamespace.create();
    }

    @AfterEach
    void stop() throws Exception {
        if (agent != null) {
            agent.destroyForcibly().waitFor();
        }
        for (NetworkNamespace namespace : new NetworkNamespace[] {pod, far}) {
            if (namespace != null) {
                namespace.close();
            }
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    /** The agent as a process. With a third argument it attaches that pod first. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            KubernetesClient nobody = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                            .withMasterUrl("http://127.0.0.1:1")
                            .build())
                    .build();
            NodeAgent agent = NetworkNamespace.open(Path.of(args[1]))
                    .run(() -> NodeAgent.start(new TestSettings(folder, "node-a", null), nobody, new Silent()));
            if (args.length > 2) {
                agent.attachments().attach(NodeRig.request("c1", NetworkNamespace.open(Path.of(args[2]))));
            }
            Thread.currentThread().join();
        }
    }

    private static final class Silent implements CniServer.Observer {
        @Override
        public void answered(String verb, int code, long nanos) {}

        @Override
        public void refused(String why) {}
    }

    private static String path(NetworkNamespace namespace) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.fd();
    }

    private void startAgent(String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/com.sun.crypto.provider=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Child.class.getName(),
                folder.resolve("agent").toString(),
                path(machine)));
        command.addAll(List.of(more));
        agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "agent.log")))
                .start();
    }

    /** What the agent would have learnt from the API server. */
    private void prepareHome(Mesh.Host other) throws IOException {
        Identity identity = TestIdentities.get(NUMBER);
        HomeDirectory home = HomeDirectory.open(folder.resolve("agent/home"));
        home.saveIdentity(identity.toSecretText(), identity.toPublicText());
        mesh.admit(identity, "10.80.0.9");
        ClusterInfo info = new ClusterInfo(
                mesh.planet().toBytes(),
                List.of(new ControllerInfo(Mesh.CONTROLLER.toPublicText(), List.of("198.51.100.1/9993"))));
        new ClusterCache(folder.resolve("agent/home/cluster.json"))
                .save(new ClusterView(List.of(Mesh.network(NUMBER, List.of(other.number))), info));
    }

    @Test
    @DisplayName("a stream between pods survives every SIGKILL of the agent; the gap is reported (T13; F3, I6)")
    void aStreamSurvivesTheAgent() throws Exception {
        Mesh.Host other = mesh.nodes(1).getFirst();
        Attachment farPod = other.attach("far", far);
        prepareHome(other);
        startAgent(path(pod));
        await().atMost(PATIENCE).until(() -> NodeRig.pings(pod, farPod.ipv4().getHostAddress()));

        try (Echo echo = new Echo(far);
                Socket socket = pod.run(() -> new Socket(farPod.ipv4(), PORT))) {
            Stream stream = new Stream(socket);
            stream.start();
            long[] gapsMs = new long[KILLS];
            for (int i = 0; i < KILLS; i++) {
                Thread.sleep(1_000);
                stream.worstGapMs();
                agent.destroyForcibly().waitFor(); // SIGKILL
                startAgent();
                long before = stream.rounds;
                await().atMost(PATIENCE).until(() -> stream.rounds > before + 20 || stream.failure != null);
                gapsMs[i] = stream.worstGapMs();
            }
            assertThat(stream.failure).as("the stream lives").isNull();
            Arrays.sort(gapsMs);
            System.out.println("gap of a TCP stream over a SIGKILL of the agent, ms: " + Arrays.toString(gapsMs));
        }
    }

    /** Echoes what comes, in a pod. */
    private static final class Echo implements AutoCloseable {
        private final ServerSocket server;

        Echo(NetworkNamespace namespace) throws IOException {
            server = namespace.run(() -> {
                ServerSocket socket = new ServerSocket();
                socket.bind(new InetSocketAddress("0.0.0.0", PORT));
                return socket;
            });
            Thread.ofPlatform().daemon().start(this::serve);
        }

        private void serve() {
            try (Socket peer = server.accept()) {
                peer.setTcpNoDelay(true);
                peer.getInputStream().transferTo(peer.getOutputStream());
            } catch (IOException e) {
                // the test is over, or says so itself
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    /** A hundred questions a second, each answered before the next. */
    private static final class Stream extends Thread {
        private static final int SILENCE_LIMIT_MS = 60_000;

        private final Socket socket;
        volatile long rounds;
        volatile IOException failure;
        private volatile long worstNanos;

        Stream(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SILENCE_LIMIT_MS);
            setDaemon(true);
        }

        /** Since the last time this was asked. */
        long worstGapMs() {
            long worst = worstNanos;
            worstNanos = 0;
            return TimeUnit.NANOSECONDS.toMillis(worst);
        }

        @Override
        public void run() {
            try {
                OutputStream out = socket.getOutputStream();
                InputStream in = socket.getInputStream();
                long last = System.nanoTime();
                while (!socket.isClosed()) {
                    out.write((int) rounds);
                    int back = in.read();
                    if (back != (int) (rounds & 0xff)) {
                        throw new IOException("not what was sent: " + back);
                    }
                    long now = System.nanoTime();
                    worstNanos = Math.max(worstNanos, now - last);
                    last = now;
                    rounds++;
                    Thread.sleep(10);
                }
            } catch (IOException e) {
                failure = socket.isClosed() ? null : e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
