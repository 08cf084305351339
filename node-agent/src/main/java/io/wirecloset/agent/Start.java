package io.wirecloset.agent;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.time.Duration;

/**
 * Where the process begins: with an agent that carries frames, as pods have no network without one; beside it what it waits
 * for later is loaded. Then Quarkus starts.
 */
@QuarkusMain
public final class Start {
    /** Quarkus would take a processor from what pods wait for. */
    private static final Duration HEAD_START = Duration.ofSeconds(2);

    private static volatile AgentThread agent;

    private Start() {}

    public static void main(String... args) {
        // Quarkus says so itself, but the first who logs decides, and that is the agent now
        System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
        Thread.ofPlatform().daemon().name("warm-up").start(WarmUp::run);
        if (args.length == 0) {
            agent = AgentThread.begin(settings());
            agent.awaitCarrying(HEAD_START);
        }
        Quarkus.run(Main.class, args);
    }

    /** The one that began with the process; without one it begins now. */
    static AgentThread agent(AgentSettings settings) {
        AgentThread begun = agent;
        return begun != null ? begun : AgentThread.begin(settings);
    }

    /** As Quarkus reads them, from the environment and the properties of the system. */
    private static AgentSettings settings() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withSources(new SysPropConfigSource(), new EnvConfigSource(System.getenv(), EnvConfigSource.ORDINAL))
                .withMapping(AgentSettings.class)
                .withValidateUnknown(false)
                .build()
                .getConfigMapping(AgentSettings.class);
    }
}
