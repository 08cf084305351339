package io.wirecloset.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.operator.host.ControllerHost;
import io.wirecloset.operator.host.EmbeddedController;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.IdentityGenerator;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/** Puts the operator together: who has whom. */
public final class Wiring {
    private static final LongSupplier WALL = System::currentTimeMillis;

    @Produces
    @Singleton
    Surroundings surroundings(OperatorSettings settings) {
        return new Surroundings(settings.namespace(), settings.blockQuarantine(), WALL);
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
    ControllerHost controller(
            KubernetesClient client,
            OperatorSettings settings,
            Served served,
            Identity identity,
            Carrier carrier,
            RandomSource random) {
        CustomResourceStore store = new CustomResourceStore(
                client,
                settings.namespace(),
                served,
                Executors.newFixedThreadPool(
                        2, Thread.ofPlatform().daemon().name("store-", 0).factory()),
                carrier::post,
                WALL);
        ControllerHost host = new EmbeddedController(identity, store, carrier, random);
        served.host(host);
        return host;
    }

    @Produces
    @Singleton
    ClusterInfoPublisher publisher(KubernetesClient client, OperatorSettings settings, ControllerHost host) {
        byte[] planet = Planet.of(settings);
        return new ClusterInfoPublisher(
                client,
                settings.namespace(),
                () -> new ClusterInfo(
                        planet,
                        List.of(new ControllerInfo(
                                host.publicIdentity(),
                                settings.controller().endpoints().orElseGet(host::endpoints)))));
    }
}
