package io.wirecloset.agent;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything a user may set, with its default. Keys begin with {@code wirecloset.}. */
@ConfigMapping(prefix = "wirecloset")
public interface AgentSettings {
    /** Name of this node's Node and ZeroTierNode; without it the name of the machine. */
    Optional<String> nodeName();

    /** The operator's namespace, where the ConfigMap with roots and controllers is. */
    @WithDefault("wirecloset-system")
    String namespace();

    /** Identity, peers, configurations of networks, and what the cluster said last. Survives a reboot. */
    @WithDefault("/var/lib/wirecloset/agent")
    Path home();

    /** Records of attachments and the lock. On tmpfs: void after a reboot. */
    @WithDefault("/run/wirecloset")
    Path run();

    /** UDP port of the node, and TCP port of the local service on 127.0.0.1. */
    @WithDefault("9993")
    int port();

    /** Threads that carry frames. */
    @WithDefault("1")
    int lanes();

    /** Local addresses to bind instead of those of all interfaces. */
    Optional<List<String>> bind();

    /** Ranges that are never used as paths, beside the networks themselves: pods and Services of the cluster. */
    Optional<List<String>> forbiddenPaths();

    /** Interface to the world outside; without it the one with the default route. */
    Optional<String> uplink();

    /** Each watch of the API server is begun anew within this time, so that none stays deaf for longer. */
    @WithDefault("110S")
    Duration watchLimit();

    CniSettings cni();

    /** How container runtimes find this agent. */
    interface CniSettings {
        /** The socket at which the shim calls; notes and the heartbeat lie beside it. */
        @WithDefault("/run/wirecloset/cni.sock")
        Path socket();

        /** Folder of the runtime's CNI configurations; the conflist is put there. Without it none is written. */
        Optional<Path> confDir();

        /** Folder of the runtime's CNI plugins; the shim is put there. Without it none is installed. */
        Optional<Path> binDir();

        /** The shim to install. */
        Optional<Path> shim();

        /** Name in the configuration. Never change it on a cluster in use: runtimes file running pods under it. */
        @WithDefault("wirecloset")
        String name();

        /**
         * Plugins that the runtime calls behind ours, as a JSON list. What one of them is capable of it does instead of us:
         * {@code [{"type":"portmap","capabilities":{"portMappings":true}}]}.
         */
        @WithDefault("[]")
        String chained();

        /** How long an ADD waits for its network before the runtime is told to try again. */
        @WithDefault("20S")
        Duration addWait();
    }
}
