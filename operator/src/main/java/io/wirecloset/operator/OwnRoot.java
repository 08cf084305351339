package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Makes the controller's node the root of the cluster's own planet, and of a moon for devices that have other networks and
 * so another planet. Both follow from the controller's identity, whose keys sign them, so there is no other secret to keep.
 * What was published last is the edition in force; a new one is signed when the root is to be reached elsewhere.
 */
final class OwnRoot {
    private static final Logger LOG = Logger.getLogger(OwnRoot.class);
    /** In front of the controller's address: the id of its planet, in nobody else's range. */
    private static final long PLANET_IDS = 0x01L << 48;

    private static final int SECRET_FIELD = 3;

    private final KubernetesClient client;
    private final String namespace;
    private final Supplier<Identity> self;
    private final Carrier carrier;
    private final LongSupplier wallMs;

    /** @param self with its secret; asked for by the one that leads */
    OwnRoot(KubernetesClient client, String namespace, Supplier<Identity> self, Carrier carrier, LongSupplier wallMs) {
        this.client = client;
        this.namespace = namespace;
        this.self = self;
        this.carrier = carrier;
        this.wallMs = wallMs;
    }

    /** Signed bytes; nothing while the root is nowhere. */
    record Worlds(byte[] planet, byte[] moon) {
        static final Worlds NONE = new Worlds(new byte[0], new byte[0]);
    }

    /**
     * The editions in force, also for the controller's own node.
     *
     * @param endpoints where the root is reached, ip/port
     */
    Worlds worlds(List<String> endpoints) {
        List<Endpoint> reached = endpoints.stream()
                .map(Endpoint::parse)
                .limit(Wire.WORLD_MAX_ENDPOINTS)
                .toList();
        if (reached.isEmpty()) {
            return Worlds.NONE;
        }
        Worlds published = published();
        World planet = edition(WorldType.PLANET, reached, published.planet);
        if (!Arrays.equals(planet.toBytes(), carrier.planet())) {
            LOG.infof("the root of this cluster is reached at %s", reached);
            carrier.planet(planet);
        }
        World moon = edition(WorldType.MOON, reached, published.moon);
        carrier.moon(moon);
        return new Worlds(planet.toBytes(), moon.toBytes());
    }

    private Worlds published() {
        ConfigMap map = client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterInfo.NAME)
                .get();
        if (map == null) {
            return Worlds.NONE;
        }
        try {
            ClusterInfo info = ClusterInfo.of(map);
            return new Worlds(info.planet(), info.moon());
        } catch (IllegalArgumentException e) {
            LOG.warnf("what was published is made anew: %s", e.getMessage());
            return Worlds.NONE;
        }
    }

    private World edition(WorldType type, List<Endpoint> endpoints, byte[] published) {
        Optional<World> before = Optional.empty();
        if (published.length > 0) {
            try {
                before = Optional.of(World.read(published));
            } catch (MalformedException e) {
                LOG.warnf("the published %s is none and is made anew: %s", type, e.getMessage());
            }
        }
        return edition(type, self.get(), endpoints, before, wallMs.getAsLong());
    }

    /**
     * The edition in force.
     *
     * @param published what the cluster was told last, of whatever planet or moon
     */
    static World edition(
            WorldType type, Identity self, List<Endpoint> endpoints, Optional<World> published, long wallMs) {
        long id = type == WorldType.PLANET ? PLANET_IDS | self.address() : self.address();
        SigningKeys keys = keys(self);
        Optional<World> before = published
                .filter(w -> w.type() == type && w.id() == id)
                .filter(w -> Arrays.equals(w.nextUpdateKey(), keys.publicKey()) && w.verify(keys.publicKey()));
        if (before.filter(w -> says(w, self, endpoints)).isPresent()) {
            return before.get();
        }
        long timestampMs = Math.max(wallMs, before.map(w -> w.timestampMs() + 1).orElse(0L));
        List<World.Root> roots = List.of(new World.Root(self, endpoints));
        return World.sign(type, id, timestampMs, keys.publicKey(), roots, keys);
    }

    private static boolean says(World world, Identity self, List<Endpoint> endpoints) {
        if (world.roots().size() != 1) {
            return false;
        }
        World.Root root = world.roots().getFirst();
        return root.identity().equals(self.withoutSecret())
                && new HashSet<>(root.endpoints()).equals(new HashSet<>(endpoints));
    }

    private static SigningKeys keys(Identity self) {
        return SigningKeys.of(HexFormat.of().parseHex(self.toSecretText().split(":")[SECRET_FIELD]));
    }
}
