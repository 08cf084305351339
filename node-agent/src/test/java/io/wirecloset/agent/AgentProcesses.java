package io.wirecloset.agent;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.wirecloset.agent.attach.Attachment;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.agent.kube.ClusterCache;
import io.wirecloset.agent.kube.ClusterView;
import io.wirecloset.agent.overlay.Mesh;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Agents as processes of their own on one machine, with a pod there and another on another node, and no API server to ask.
 */
final class AgentProcesses implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NUMBER = 9;
    private static final int PORT = 7_007;

    final NetworkNamespace machine;
    final NetworkNamespace pod;
    final NetworkNamespace far;
    final Attachment farPod;
    private final Path folder;
    private final Mesh mesh;
    private final List<Process> started = new ArrayList<>();

    AgentProcesses(Path folder) throws Exception {
        NodeRig.assumeRoot();
        this.folder = folder;
        mesh = new Mesh(folder);
        machine = mesh.newHost(NUMBER);
        pod = NetworkNamespace.create();
        far = NetworkNamespace.create();
        Mesh.Host other = mesh.nodes(1).getFirst();
        farPod = other.attach("far", far);
        prepareHome(other);
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
                .save(new ClusterView(List.of(Mesh.network(NUMBER, List.of(other.number))), info, List.of()));
    }

    /** An agent that attaches the pod first. */
    Process startWithPod() throws IOException {
        return start("attach=" + path(pod));
    }

    /** @param options of {@link Child} */
    Process start(String... options) throws IOException {
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
        command.addAll(List.of(options));
        Process agent = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        started.add(agent);
        return agent;
    }

    private Path log() {
        return folder.resolve("agent.log");
    }

    /** Where a successor announces itself. */
    Path door() {
        return folder.resolve("agent/run/handover.sock");
    }

    /** What all agents have printed so far. */
    String printed() throws IOException {
        return Files.exists(log()) ? Files.readString(log()) : "";
    }

    private static String path(NetworkNamespace namespace) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + namespace.fd();
    }

    boolean podReachesFar() throws IOException {
        return NodeRig.pings(pod, farPod.ipv4().getHostAddress());
    }

    /** From the pod here to the one there. */
    Stream stream(Echo echo) throws IOException {
        Stream stream = new Stream(pod.run(() -> new Socket(farPod.ipv4(), PORT)));
        stream.start();
        return stream;
    }

    Echo echo() throws IOException {
        return new Echo(far);
    }

    @Override
    public void close() throws Exception {
        for (Process agent : started) {
            agent.destroyForcibly().waitFor();
        }
        pod.close();
        far.close();
        mesh.close();
    }

    /** An agent without the program around it. Option: {@code attach=NAMESPACE}. */
    static final class Child {
        public static void main(String[] args) throws Exception {
            Path folder = Path.of(args[0]);
            List<String> options = List.of(args).subList(2, args.length);
            KubernetesClient nobody = new KubernetesClientBuilder()
                    .withConfig(new ConfigBuilder(io.fabric8.kubernetes.client.Config.empty())
                            .withMasterUrl("http://127.0.0.1:1")
                            .build())
                    .build();
            NetworkNamespace.open(Path.of(args[1])).run(() -> {
                Succession succession = new Succession(
                        new TestSettings(folder, "node-a", null),
                        () -> new Succession.Surroundings(nobody, new Audience(), new Saying(options)));
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(succession)));
                succession.run();
                ended.countDown();
                return null;
            });
        }

        private static final CountDownLatch ended = new CountDownLatch(1);

        private static void end(Succession succession) {
            succession.stop();
            try {
                ended.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private record Saying(List<String> options) implements Succession.Stage {
        @Override
        public void leads(NodeAgent agent) {
            for (String option : options) {
                if (option.startsWith("attach=")) {
                    try {
                        agent.attachments()
                                .attach(NodeRig.request(
                                        "c1", NetworkNamespace.open(Path.of(option.substring("attach=".length())))));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            System.out.println(ProcessHandle.current().pid() + " leads");
        }

        @Override
        public void rests() {
            System.out.println(ProcessHandle.current().pid() + " rests");
        }

        @Override
        public void successor(boolean waits) {
            System.out.println(ProcessHandle.current().pid() + (waits ? " has a successor" : " has no successor"));
        }
    }

    /** Echoes what comes, in a pod. */
    static final class Echo implements AutoCloseable {
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
    static final class Stream extends Thread implements AutoCloseable {
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

        void awaitMore(int answers) {
            long before = rounds;
            await().atMost(PATIENCE).until(() -> rounds > before + answers || failure != null);
        }

        @Override
        public void close() throws IOException {
            socket.close();
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
