package io.wirecloset.kindtests.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.wirecloset.kindtests.cluster.KubeApi;
import io.wirecloset.kindtests.lab.Daemon;
import io.wirecloset.kindtests.lab.Dist;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Lab;
import io.wirecloset.kindtests.lab.Measured;
import io.wirecloset.kindtests.lab.Shell;
import io.wirecloset.kindtests.lab.ZeroTierProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** T17 with processes: two operators on two hosts, devices that join by whichever leads. */
class FailoverIT {
    private static final String NAMESPACE = "wirecloset-system";
    private static final int PORT = 9994;
    private static final Duration COMING_UP = Duration.ofSeconds(60);
    /** Twice what is promised: this machine has other things to do. What it took is reported. */
    private static final Duration TAKING_OVER = Duration.ofSeconds(40);

    private final Dist dist = Dist.current();
    private Lab lab;
    private ZeroTierProcess root;
    private KubeApi api;
    private Host first;
    private Daemon firstOperator;
    private Host second;
    private Daemon secondOperator;

    @BeforeEach
    void twoOperators() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
        lab = new Lab("failover");
        root = ZeroTierProcess.root(lab.publicHost("root"), dist).start();
        api = KubeApi.inMemory(lab, dist);
        api.apply(dist.resourceDefinitions());
        api.apply(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .endMetadata()
                .build());
        first = lab.publicHost("first");
        firstOperator = operator(first);
        Lab.await("the first leads", COMING_UP, () -> {
            firstOperator.requireAlive();
            return holder().startsWith("first-") && publishedEndpoints().contains(first.address());
        });
        second = lab.publicHost("second");
        secondOperator = operator(second);
        Lab.await("the second is a ready standby", COMING_UP, () -> {
            secondOperator.requireAlive();
            return ready(second).contains("standby");
        });
    }

    private Daemon operator(Host host) throws IOException {
        Path planet = host.folder().resolve("planet");
        Files.write(planet, root.planet());
        Map<String, String> environment = new HashMap<>(api.reachableFrom(host));
        environment.put("HOSTNAME", host.name());
        environment.put("WIRECLOSET_NAMESPACE", NAMESPACE);
        environment.put("WIRECLOSET_PLANET_FILE", planet.toString());
        environment.put("WIRECLOSET_CONTROLLER_PORT", "" + PORT);
        environment.put("WIRECLOSET_CONTROLLER_ENDPOINTS", host.address() + "/" + PORT);
        environment.put(
                "WIRECLOSET_CONTROLLER_HOME", host.folder().resolve("home").toString());
        return host.start("operator", environment, dist.program(), "operator");
    }

    @AfterEach
    void nothingIsLeft() {
        if (lab != null) {
            if (api != null) {
                api.close();
            }
            lab.close();
            assertThat(lab.leftovers()).isEmpty();
        }
    }

    @Test
    void theStandbyTakesOverFromALeaderThatIsKilled() {
        String network = applyNetwork();
        ZeroTierProcess laptop = device("laptop", network);
        String address = laptop.awaitAddress(network);
        assertThat(listens(second)).isFalse();

        long killedNs = System.nanoTime();
        firstOperator.kill();
        awaitTakenOver(killedNs, "killed");

        assertThat(api.find("ZeroTierNetwork", "pods").at("/status/networkId").asText())
                .isEqualTo(network);
        ZeroTierProcess phone = device("phone", network);
        assertThat(phone.awaitAddress(network)).isNotEqualTo(address);
        assertThat(laptop.awaitAddress(network)).isEqualTo(address);
    }

    @Test
    void aLeaderThatWasStoppedFindsItselfReplacedAndEnds() {
        String network = applyNetwork();
        ZeroTierProcess laptop = device("laptop", network);
        String address = laptop.awaitAddress(network);

        long stoppedNs = System.nanoTime();
        Shell.run("kill", "-STOP", Long.toString(firstOperator.pid()));
        awaitTakenOver(stoppedNs, "stopped");
        ZeroTierProcess phone = device("phone", network);
        assertThat(phone.awaitAddress(network)).isNotEqualTo(address);

        Shell.run("kill", "-CONT", Long.toString(firstOperator.pid()));
        Lab.await("the first has ended", COMING_UP, () -> !firstOperator.isAlive());
        assertThat(holder()).startsWith("second-");
        assertThat(laptop.awaitAddress(network)).isEqualTo(address);
        secondOperator.requireAlive();
    }

    @Test
    void anApiServerThatIsAwayChangesNothingAndAfterwardsAllGoesOn() {
        String network = applyNetwork();
        ZeroTierProcess laptop = device("laptop", network);
        String address = laptop.awaitAddress(network);
        String leader = holder();
        Daemon server = lab.hosts().stream()
                .flatMap(h -> h.daemons().stream())
                .filter(d -> d.name().endsWith("/apiserver"))
                .findFirst()
                .orElseThrow();

        Shell.run("kill", "-STOP", Long.toString(server.pid()));
        try {
            Lab.await("the leader has noticed", COMING_UP, () -> metric(first, "wirecloset_leader 0"));
            Shell.run("sleep", "10"); // a lease lasts 12 s; nothing happens that could be awaited
            Lab.await("and still listens", Duration.ofSeconds(5), () -> listens(first) && !listens(second));
        } finally {
            Shell.run("kill", "-CONT", Long.toString(server.pid()));
        }
        Lab.await("the leader leads again", COMING_UP, () -> metric(first, "wirecloset_leader 1"));
        assertThat(holder()).isEqualTo(leader);
        firstOperator.requireAlive();
        secondOperator.requireAlive();
        assertThat(device("phone", network).awaitAddress(network)).isNotEqualTo(address);
    }

    private static boolean metric(Host host, String line) {
        return host.tryRun("curl", "-s", "http://127.0.0.1:9996/q/metrics")
                .out()
                .contains(line);
    }

    @Test
    void aLeaderThatIsToldToGoHandsOverAtOnce() {
        applyNetwork();
        long toldNs = System.nanoTime();
        firstOperator.stop();
        awaitTakenOver(toldNs, "told to go");
    }

    private void awaitTakenOver(long sinceNs, String how) {
        Lab.await("the second has taken over", TAKING_OVER, () -> {
            secondOperator.requireAlive();
            return holder().startsWith("second-") && publishedEndpoints().contains(second.address());
        });
        Measured.report("operator " + how + ": the other leads and has told the agents after "
                + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNs) + " ms");
    }

    private String applyNetwork() {
        api.apply("""
                apiVersion: wirecloset.io/v1alpha1
                kind: ZeroTierNetwork
                metadata: {name: pods}
                spec: {ipv4: {route: 10.80.0.0/16, members: 10.80.0.0/24}}
                """);
        Lab.await("the network is served", COMING_UP, () -> KubeApi.condition(
                        api.find("ZeroTierNetwork", "pods"), "Ready")
                .equals("True"));
        return api.find("ZeroTierNetwork", "pods").at("/status/networkId").asText();
    }

    private ZeroTierProcess device(String name, String network) {
        ZeroTierProcess device = ZeroTierProcess.ours(lab.publicHost(name), dist, "node", root.planet(), Map.of())
                .start();
        api.apply("""
                apiVersion: wirecloset.io/v1alpha1
                kind: ZeroTierMember
                metadata: {name: %s, namespace: %s}
                spec: {network: pods, address: "%s"}
                """.formatted(name, NAMESPACE, device.address()));
        device.join(network);
        return device;
    }

    private String holder() {
        Lease lease = api.client()
                .leases()
                .inNamespace(NAMESPACE)
                .withName("wirecloset-operator")
                .get();
        return lease == null || lease.getSpec().getHolderIdentity() == null
                ? ""
                : lease.getSpec().getHolderIdentity();
    }

    private String publishedEndpoints() {
        ConfigMap map = api.client()
                .configMaps()
                .inNamespace(NAMESPACE)
                .withName("wirecloset-cluster")
                .get();
        return map == null ? "" : map.getData().getOrDefault("controllers", "");
    }

    /** What its probe gets, if that is a yes. */
    private static String ready(Host host) {
        return host.tryRun("curl", "-sf", "http://127.0.0.1:9996/q/health/ready")
                .out();
    }

    private static boolean listens(Host host) {
        return host.run("ss", "-Hlun", "sport = :" + PORT).contains(":" + PORT);
    }
}
