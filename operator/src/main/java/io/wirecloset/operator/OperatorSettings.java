package io.wirecloset.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything a user may set, with its default. Keys begin with {@code wirecloset.}. */
@ConfigMapping(prefix = "wirecloset")
public interface OperatorSettings {
    /** The operator's own namespace: its Secret, its ConfigMaps, the nodes' members. */
    @WithDefault("wirecloset-system")
    String namespace();

    /** The planet as base64; this or {@link #planetFile}. With neither it is what the home folder has, else the public one. */
    Optional<String> planet();

    /** A file with the planet. */
    Optional<Path> planetFile();

    /** Roots that the controller's node and agents use beside the planet's: moons as base64, those of other clusters for example. */
    Optional<List<String>> moons();

    /** Whether the controller's node is also the root, the only one, of a planet of this cluster's own. */
    @WithDefault("false")
    boolean root();

    /** Ranges that are never used as paths: pods and Services of the cluster. */
    Optional<List<String>> forbiddenPaths();

    /** How long the address blocks of a deleted node are not given to another. */
    @WithDefault("1H")
    Duration blockQuarantine();

    /** Whether to let go of all resources instead of serving them, so that nothing holds them once the operator is gone. */
    @WithDefault("false")
    boolean cleanup();

    ControllerSettings controller();

    /** The VL1 node that hosts the controller. */
    interface ControllerSettings {
        /** UDP port; beside the agent's 9993, as both use the host's network. */
        @WithDefault("9994")
        int port();

        /** Where agents reach the controller, ip/port; without it the addresses its sockets are bound to. */
        Optional<List<String>> endpoints();

        /** Folder for peers and caches; nothing in it is needed after a loss. */
        @WithDefault("/var/lib/wirecloset/controller")
        Path home();
    }
}
