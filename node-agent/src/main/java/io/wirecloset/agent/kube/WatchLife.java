package io.wirecloset.agent.kube;

import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.impl.cache.Reflector;
import java.lang.reflect.Field;
import java.time.Duration;

/**
 * How long one request of an informer's watch lives. The library has a life of five to ten minutes and no door to change it,
 * so its reflector is taken out by reflection; {@code ClusterWatchTest} notices when that works no more.
 */
final class WatchLife {
    private WatchLife() {}

    /** The library draws each life between a time and its double. @param limit at least two seconds */
    static void limit(SharedIndexInformer<?> informer, Duration limit) {
        try {
            Field field = informer.getClass().getDeclaredField("reflector");
            field.setAccessible(true);
            ((Reflector<?, ?>) field.get(informer)).setMinTimeout(limit.toSeconds() / 2);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Kubernetes client is not the one that was tested", e);
        }
    }
}
