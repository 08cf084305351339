package io.wirecloset.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * The protocol is a state machine: bytes, time and random come in, bytes, state and the next wake-up go out. So a test can
 * run an hour of a hundred nodes in a second, and the same seed gives the same run. Whoever reaches outside is named here.
 */
class PurityTest {
    private static final String CLOCK = "time comes in as nowMs or wallMs, or the simulator could not turn the clock";
    private static final String RANDOM =
            "random comes in as a RandomSource, or the same seed would not give the same run";
    private static final String THREAD = "whoever drives a Duty owns the thread; a second one would need locks";
    private static final String SOCKET = "bytes come and go through ports, or a test would need a network";
    private static final String NAMES = "looking at a name may ask a resolver; addresses here are numbers";
    private static final String FILE = "what is to be kept is handed out; where it is kept is the node's business";
    private static final String LOG =
            "a fault is counted by name or reported as an event; its text is made by who asks";
    private static final String AMBIENT =
            "settings come in at construction, so that two nodes in one process can differ";

    /**
     * @param what a class {@code a.b.C}, everything below a package {@code a.b.*}, a method {@code a.b.C#m}, or a
     *     constructor without arguments {@code a.b.C#<init>()}
     */
    private record Forbidden(String what, String reason) {}

    private static final List<Forbidden> FORBIDDEN = List.of(
            new Forbidden("java.lang.System#currentTimeMillis", CLOCK),
            new Forbidden("java.lang.System#nanoTime", CLOCK),
            new Forbidden("java.time.Instant#now", CLOCK),
            new Forbidden("java.time.LocalDate#now", CLOCK),
            new Forbidden("java.time.LocalDateTime#now", CLOCK),
            new Forbidden("java.time.OffsetDateTime#now", CLOCK),
            new Forbidden("java.time.ZonedDateTime#now", CLOCK),
            new Forbidden("java.time.Clock", CLOCK),
            new Forbidden("java.util.Date#<init>()", CLOCK),
            new Forbidden("java.util.Calendar", CLOCK),
            new Forbidden("java.lang.Math#random", RANDOM),
            new Forbidden("java.util.Random", RANDOM),
            new Forbidden("java.util.SplittableRandom#<init>()", RANDOM),
            new Forbidden("java.util.concurrent.ThreadLocalRandom", RANDOM),
            new Forbidden("java.util.UUID#randomUUID", RANDOM),
            new Forbidden("java.util.Collections#shuffle", RANDOM),
            new Forbidden("java.security.SecureRandom", RANDOM),
            new Forbidden("java.security.KeyPairGenerator", RANDOM),
            new Forbidden("javax.crypto.KeyGenerator", RANDOM),
            new Forbidden("org.bouncycastle.crypto.CryptoServicesRegistrar", RANDOM),
            new Forbidden("java.lang.Thread", THREAD),
            new Forbidden("java.lang.Object#wait", THREAD),
            new Forbidden("java.util.Timer", THREAD),
            new Forbidden("java.util.concurrent.Executors", THREAD),
            new Forbidden("java.util.concurrent.ThreadPoolExecutor", THREAD),
            new Forbidden("java.util.concurrent.ForkJoinPool", THREAD),
            new Forbidden("java.util.concurrent.CompletableFuture", THREAD),
            new Forbidden("java.util.concurrent.locks.*", THREAD),
            new Forbidden("java.util.concurrent.TimeUnit#sleep", THREAD),
            new Forbidden("java.util.stream.Stream#parallel", THREAD),
            new Forbidden("java.util.Collection#parallelStream", THREAD),
            new Forbidden("java.net.*", NAMES),
            new Forbidden("java.nio.channels.*", SOCKET),
            new Forbidden("java.lang.foreign.*", SOCKET),
            new Forbidden("io.netty.*", SOCKET),
            new Forbidden("com.sun.jna.*", SOCKET),
            new Forbidden("java.lang.Process", SOCKET),
            new Forbidden("java.lang.ProcessBuilder", SOCKET),
            new Forbidden("java.lang.Runtime#exec", SOCKET),
            new Forbidden("java.nio.file.*", FILE),
            new Forbidden("java.io.File", FILE),
            new Forbidden("java.io.FileInputStream", FILE),
            new Forbidden("java.io.FileOutputStream", FILE),
            new Forbidden("java.io.FileReader", FILE),
            new Forbidden("java.io.FileWriter", FILE),
            new Forbidden("java.io.RandomAccessFile", FILE),
            new Forbidden("java.util.logging.*", LOG),
            new Forbidden("java.lang.System#getLogger", LOG),
            new Forbidden("java.lang.System#out", LOG),
            new Forbidden("java.lang.System#err", LOG),
            new Forbidden("java.lang.Throwable#printStackTrace", LOG),
            new Forbidden("org.slf4j.*", LOG),
            new Forbidden("java.lang.System#getenv", AMBIENT),
            new Forbidden("java.lang.System#getProperty", AMBIENT));

    @Test
    void nobodyReachesOutside() {
        assertThat(PureClasses.all()).isNotEmpty();
        Set<String> found = new TreeSet<>();
        for (JavaClass each : PureClasses.all()) found.addAll(breachesOf(each));
        assertThat(found).isEmpty();
    }

    @Test
    void whoDoesIsFound() {
        JavaClass sinner = new ClassFileImporter().importClasses(Sinner.class).get(Sinner.class);
        assertThat(String.join("\n", breachesOf(sinner)))
                .contains("System#nanoTime", "java.util.Random", "java.lang.Thread", "java.util.Date#<init>()")
                .contains("System#out")
                .doesNotContain("SplittableRandom");
    }

    private static List<String> breachesOf(JavaClass from) {
        List<String> breaches = new ArrayList<>();
        for (Forbidden each : FORBIDDEN) {
            if (uses(from, each.what())) breaches.add(from.getName() + " uses " + each.what() + ": " + each.reason());
        }
        return breaches;
    }

    private static boolean uses(JavaClass from, String what) {
        int member = what.indexOf('#');
        if (member >= 0) return accesses(from, what.substring(0, member), what.substring(member + 1));
        String prefix = what.endsWith("*") ? what.substring(0, what.length() - 1) : null;
        for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
            String target = dependency.getTargetClass().getBaseComponentType().getName();
            if (prefix == null ? target.equals(what) : target.startsWith(prefix)) return true;
        }
        return false;
    }

    private static boolean accesses(JavaClass from, String owner, String member) {
        boolean withoutArguments = member.endsWith("()");
        String name = withoutArguments ? member.substring(0, member.length() - 2) : member;
        for (JavaAccess<?> access : from.getAccessesFromSelf()) {
            AccessTarget target = access.getTarget();
            if (!target.getOwner().getName().equals(owner) || !target.getName().equals(name)) continue;
            if (withoutArguments
                    && target instanceof AccessTarget.CodeUnitAccessTarget code
                    && !code.getRawParameterTypes().isEmpty()) continue;
            return true;
        }
        return false;
    }

    /** Does what nobody should. */
    @SuppressWarnings({"unused", "JavaUtilDate", "UnusedVariable"})
    private static final class Sinner {
        private final java.util.Random random = new java.util.Random();
        private final java.util.SplittableRandom seeded = new java.util.SplittableRandom(1);
        private final BooleanSupplier isLate = () -> System.nanoTime() > 0;

        void sin() {
            System.out.println(new java.util.Date());
            new Thread(() -> {}).start();
        }
    }
}
