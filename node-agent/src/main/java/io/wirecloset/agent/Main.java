package io.wirecloset.agent;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.util.Arrays;
import org.jboss.logging.Logger;

/** {@code wirecloset agent} runs the agent, {@code wirecloset agent uninstall} removes what it made. */
@QuarkusMain
public final class Main implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger(Main.class);

    private final AgentSettings settings;
    private final KubernetesClient client;
    private final RunningAgent running;
    private final Gauges gauges;

    Main(AgentSettings settings, KubernetesClient client, RunningAgent running, Gauges gauges) {
        this.settings = settings;
        this.client = client;
        this.running = running;
        this.gauges = gauges;
    }

    @Override
    public int run(String... args) {
        try {
            return switch (String.join(" ", args)) {
                case "" -> serve();
                case "uninstall" -> uninstall();
                default -> {
                    System.err.println("usage: wirecloset agent [uninstall], not " + Arrays.toString(args));
                    yield 2;
                }
            };
        } catch (IOException | RuntimeException e) {
            LOG.errorf(e, "the agent cannot run: %s", e.getMessage());
            return 1;
        }
    }

    private int serve() throws IOException {
        try (NodeAgent agent = NodeAgent.start(settings, client, gauges)) {
            running.is(agent);
            gauges.register(agent);
            Quarkus.waitForExit();
            running.isNot();
        }
        return 0;
    }

    private int uninstall() throws IOException {
        Uninstall.run(settings);
        System.out.println("removed; " + settings.home() + " stays: the node's identity is in it");
        return 0;
    }
}
