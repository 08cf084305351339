package io.wirecloset.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.wirecloset.controller.Mandate;
import io.wirecloset.kindtests.Apply;
import io.wirecloset.operator.host.ControllerHost;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The reconcilers in this process, against an API server in memory. */
final class OperatorUnderTest implements AutoCloseable {
    private final Operator operator;
    private final Events events;

    OperatorUnderTest(KubernetesClient client, ControllerHost host, Duration quarantine, LongSupplier wallMs) {
        this(client, served -> host, quarantine, wallMs);
    }

    OperatorUnderTest(
            KubernetesClient client,
            Function<Served, ControllerHost> hosting,
            Duration quarantine,
            LongSupplier wallMs) {
        this(client, hosting, quarantine, wallMs, Mandate.ALWAYS);
    }

    OperatorUnderTest(
            KubernetesClient client,
            Function<Served, ControllerHost> hosting,
            Duration quarantine,
            LongSupplier wallMs,
            Mandate mandate) {
        Served served = new Served();
        ControllerHost host = hosting.apply(served);
        served.host(host);
        Resources.load(client, host, served, Samples.NAMESPACE);
        host.start();
        operator = new Operator(o -> o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                // the default one ends the process, and with it the tests
                .withInformerStoppedHandler((informer, why) -> {}));
        Surroundings surroundings = new Surroundings(Samples.NAMESPACE, quarantine, wallMs, mandate);
        events = new Events(client, wallMs);
        operator.register(new NetworkReconciler(host, served, surroundings, events));
        operator.register(new MemberReconciler(host, served, surroundings, events));
        operator.register(new NodeReconciler(served, surroundings));
        operator.register(new KubeNodeReconciler());
        operator.start();
    }

    static void applyCrds(KubernetesClient client) throws IOException {
        // The folder, not the class path: in a whole build the module is a jar by now.
        Path folder = Path.of("..", "crds", "target", "classes", "META-INF", "wirecloset");
        Apply.read(client, List.of(folder)).forEach(crd -> Apply.apply(client, crd));
    }

    @Override
    public void close() {
        operator.stop();
        events.close();
    }
}
