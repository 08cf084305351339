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
 * Makes the controller's node the root of the cluster's own planet. The planet follows from the controller's identity,
 * whose keys sign it, so there is no other secret to keep. What was published last is the edition in force; a new one is
 * signed when the root is to be reached elsewhere.
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

    /**
     * The planet, also for the controller's own node.
     *
     * @param endpoints where the root is reached, ip/port
     * @return the signed bytes; nothing while the root is nowhere
     */
    byte[] planet(List<String> endpoints) {
        List<Endpoint> reached = endpoints.stream()
                .map(Endpoint::parse)
                .limit(Wire.WORLD_MAX_ENDPOINTS)
                .toList();
        if (reached.isEmpty()) {
            return new byte[0];
        }
        byte[] planet =
                edition(self.get(), reached, published(), wallMs.getAsLong()).toBytes();
        if (!Arrays.equals(planet, carrier.planet())) {
            LOG.infof("the root of this cluster is reached at %s", reached);
            carrier.planet(World.read(planet));
        }
        return planet;
    }

    private Optional<World> published() {
        ConfigMap map = client.configMaps()
                .inNamespace(namespace)
                .withName(ClusterInfo.NAME)
                .get();
        if (map == null) {
            return Optional.empty();
        }
        try {
            byte[] planet = ClusterInfo.of(map).planet();
            return planet.length == 0 ? Optional.empty() : Optional.of(World.read(planet));
        } catch (IllegalArgumentException | MalformedException e) {
            LOG.warnf("the published planet is no planet and is made anew: %s", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The edition in force.
     *
     * @param published what the cluster was told last, of whatever planet
     */
    static World edition(Identity self, List<Endpoint> endpoints, Optional<World> published, long wallMs) {
        long id = PLANET_IDS | self.address();
        SigningKeys keys = keys(self);
        Optional<World> before = published
                .filter(w -> w.type() == WorldType.PLANET && w.id() == id)
                .filter(w -> Arrays.equals(w.nextUpdateKey(), keys.publicKey()) && w.verify(keys.publicKey()));
        if (before.filter(w -> says(w, self, endpoints)).isPresent()) {
            return before.get();
        }
        long timestampMs = Math.max(wallMs, before.map(w -> w.timestampMs() + 1).orElse(0L));
        List<World.Root> roots = List.of(new World.Root(self, endpoints));
        return World.sign(WorldType.PLANET, id, timestampMs, keys.publicKey(), roots, keys);
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
