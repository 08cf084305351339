package io.wirecloset.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.crds.Wirecloset;
import io.wirecloset.node.Node;
import io.wirecloset.node.NodeBuilder;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.host.EmbeddedController;
import io.wirecloset.operator.host.NodeCarrier;
import io.wirecloset.operator.lease.Election;
import io.wirecloset.operator.lease.KubeLease;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.IdentityGenerator;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.world.World;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Puts the operator together: who has whom. */
public final class Wiring {
    private static final LongSupplier WALL = System::currentTimeMillis;

    @Produces
    @Singleton
    Surroundings surroundings(OperatorSettings settings, Election election) {
        return new Surroundings(settings.namespace(), settings.blockQuarantine(), WALL, election);
    }

    @Produces
    @Singleton
    Events events(KubernetesClient client) {
        return new Events(client, WALL);
    }

    void close(@Disposes Events events) {
        events.close();
    }

    @Produces
    @Singleton
    Served served() {
        return new Served();
    }

    @Produces
    @Singleton
    Identity identity(KubernetesClient client, OperatorSettings settings, RandomSource random) {
        return ControllerIdentity.readOrCreate(
                client, settings.namespace(), () -> new IdentityGenerator().generate(random));
    }

    @Produces
    @Singleton
    KubeLease lease(KubernetesClient client, OperatorSettings settings) {
        return new KubeLease(client, settings.namespace());
    }

    void close(@Disposes KubeLease lease) {
        lease.close();
    }

    /** Known by its host and a number for the process. */
    @Produces
    @Singleton
    Election election(KubeLease lease, RandomSource random) {
        String host = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("operator");
        String self = host + "-" + Integer.toHexString(random.nextInt(Integer.MAX_VALUE));
        return new Election(lease, self, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    @Produces
    @Singleton
    RandomSource random() {
        return RandomSource.of(new SecureRandom());
    }

    /** The controller's node: sockets and threads run once it carries the controller, and not in a standby. */
    @Produces
    @Singleton
    Carrier carrier(OperatorSettings settings, Instance<Identity> identity) {
        List<World> moons = Planet.moons(settings);
        return new NodeCarrier(() -> {
            Node node = node(settings, identity.get()).start();
            moons.forEach(node::orbit);
            return node;
        });
    }

    static NodeBuilder node(OperatorSettings settings, Identity identity) {
        HomeDirectory home = HomeDirectory.open(settings.controller().home());
        List<InetCidr> forbidden = settings.forbiddenPaths().orElse(List.of()).stream()
                .map(InetCidr::parse)
                .toList();
        NodeBuilder node = Node.builder(home)
                .identity(identity)
                .port(settings.controller().port())
                .portSetBy("operator.controllerPort of the chart (wirecloset.controller.port)")
                .skipInterfaces(Wirecloset.LINK_PREFIXES)
                .forbid(endpoint -> forbidden.stream().anyMatch(range -> range.contains(endpoint)));
        if (settings.root()) {
            node.withoutPublicPlanet(); // it gets its own once it is known where it listens
        }
        Planet.of(settings).ifPresent(planet -> {
            Planet.settle(home, planet);
            node.planet(planet).withoutPublicPlanet();
        });
        return node;
    }

    void stop(@Disposes Carrier carrier) {
        carrier.close();
    }

    @Produces
    @Singleton
    ControllerHost controller(
            KubernetesClient client,
            OperatorSettings settings,
            Served served,
            Instance<Identity> identity,
            Carrier carrier,
            RandomSource random,
            Election election) {
        CustomResourceStore store = new CustomResourceStore(
                client,
                settings.namespace(),
                served,
                election,
                Executors.newFixedThreadPool(
                        2, Thread.ofPlatform().daemon().name("store-", 0).factory()),
                carrier::post,
                WALL);
        ControllerHost host = new EmbeddedController(identity::get, store, carrier, random, election);
        served.host(host);
        return host;
    }

    @Produces
    @Singleton
    ClusterInfoPublisher publisher(
            KubernetesClient client,
            OperatorSettings settings,
            Instance<Identity> identity,
            Carrier carrier,
            ControllerHost host,
            Election election) {
        OwnRoot root = new OwnRoot(client, settings.namespace(), identity::get, carrier, WALL);
        List<String> moons = Planet.moons(settings).stream()
                .map(moon -> Base64.getEncoder().encodeToString(moon.toBytes()))
                .toList();
        return new ClusterInfoPublisher(client, settings.namespace(), election, () -> {
            List<String> endpoints = settings.controller().endpoints().orElseGet(host::endpoints);
            List<ControllerInfo> controllers = List.of(new ControllerInfo(host.publicIdentity(), endpoints));
            if (!settings.root()) {
                return new ClusterInfo(carrier.planet(), controllers, new byte[0], moons);
            }
            OwnRoot.Worlds worlds = root.worlds(endpoints);
            return new ClusterInfo(worlds.planet(), controllers, worlds.moon(), moons);
        });
    }
}
