package io.wirecloset.agent;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.wirecloset.agent.kube.NodeReport;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jboss.logging.Logger;

/**
 * {@code wirecloset agent} runs the agent, {@code wirecloset agent uninstall} removes what it made, and with {@code --stay}
 * waits then until it is ended.
 */
@Singleton
public final class Main implements QuarkusApplication, Succession.Stage {
    private static final Logger LOG = Logger.getLogger(Main.class);
    /** Less than a container is given to end. */
    private static final Duration END_LIMIT = Duration.ofSeconds(25);

    private final AgentSettings settings;
    private final KubernetesClient client;
    private final RunningAgent running;
    private final Gauges gauges;
    private final Front front;
    private volatile int exitCode;

    Main(AgentSettings settings, KubernetesClient client, RunningAgent running, Gauges gauges, Front front) {
        this.settings = settings;
        this.client = client;
        this.running = running;
        this.gauges = gauges;
        this.front = front;
    }

    @Override
    public int run(String... args) {
        try {
            return switch (String.join(" ", args)) {
                case "" -> serve();
                case "uninstall" -> uninstall();
                case "uninstall --stay" -> uninstallAndStay();
                default -> {
                    System.err.println("usage: wirecloset agent [uninstall [--stay]], not " + Arrays.toString(args));
                    yield 2;
                }
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    private static int failed(Exception e) {
        if (e instanceof IOException) { // says it all; it is also the last line, which the pod's status shows
            LOG.errorf("the agent cannot run: %s", e.getMessage());
        } else {
            LOG.errorf(e, "the agent cannot run: %s", e.getMessage());
        }
        return 1;
    }

    private int serve() throws InterruptedException {
        AgentThread agent = Start.agent(settings);
        agent.serveWith(new Succession.Surroundings(client, gauges, this));
        agent.whenEnded(this::ended);
        Quarkus.waitForExit();
        if (!agent.end(END_LIMIT)) {
            LOG.warnf("the agent is cut off after %d s; the next start puts things in order", END_LIMIT.toSeconds());
        }
        return exitCode;
    }

    private void ended(Exception why) {
        if (why != null) {
            NodeReport.cannotRun(client, NodeAgent.nodeName(settings), String.valueOf(why.getMessage()), Instant.now());
            exitCode = failed(why);
        }
        Quarkus.asyncExit(exitCode);
    }

    @Override
    public void leads(NodeAgent agent) throws IOException {
        running.is(agent);
        gauges.register();
        front.open();
    }

    @Override
    public void rests() {
        front.close();
        running.isNot();
    }

    @Override
    public void successor(boolean waits) {
        running.successor(waits);
    }

    /** For a DaemonSet, whose containers are not to end: ready says that the node is clean. */
    private int uninstallAndStay() throws IOException {
        int rc = uninstall();
        running.hasRemoved();
        front.open();
        Quarkus.waitForExit();
        front.close();
        return rc;
    }

    private int uninstall() throws IOException {
        Uninstall.run(settings);
        System.out.println("removed; " + settings.home() + " stays: the node's identity is in it");
        return 0;
    }
}
