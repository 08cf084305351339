import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Fuzzes every target of a module for a while: each in a JVM of its own, as Jazzer fuzzes one target per JVM. Run by the
 * profile {@code all} in the module's folder, with its test class path.
 *
 * <p>A finding fails the run; its input stands then among the target's seeds in {@code src/test/resources}, where
 * {@code make test} replays it for ever. So does a target whose classes Jazzer could not instrument: without feedback it
 * would be guessing.
 *
 * <p>Arguments: seconds per target, folder of the test classes. In the child: class, method.
 */
public final class Fuzz {
    private static final String ANNOTATION = "com.code_intelligence.jazzer.junit.FuzzTest";
    /** What Jazzer says when it cannot read classes of this Java version, and the like. */
    private static final List<String> NOT_INSTRUMENTED =
            List.of("Failed to instrument", "Unsupported class file", "no interesting inputs were found");
    /** What it says of each class it could read. */
    private static final String INSTRUMENTED = "INFO: Instrumented io.wirecloset.";
    /** Start, seeds and the end of a child, beside its fuzzing, on a machine with much else to do. */
    private static final int OVERHEAD_SECONDS = 600;

    private record Target(String className, String method) {
        @Override
        public String toString() {
            return className.substring(className.lastIndexOf('.') + 1) + "." + method;
        }
    }

    public static void main(String[] args) throws Exception {
        if (args[0].equals("target")) {
            System.exit(runTarget(args[1], args[2]));
        }
        int seconds = Integer.parseInt(args[0]);
        Path classes = Path.of(args[1]);
        List<String> failures = new ArrayList<>();
        String only = System.getProperty("fuzz.only", "");
        for (Target target : targets(classes)) {
            if (!target.toString().contains(only)) continue;
            System.out.println("fuzzing " + target + " for " + seconds + " s");
            String failure = fuzz(target, seconds);
            if (failure != null) failures.add(target + ": " + failure);
        }
        if (!failures.isEmpty()) {
            failures.forEach(failure -> System.out.println("  FOUND " + failure));
            System.exit(1);
        }
    }

    private static List<Target> targets(Path classes) throws IOException {
        if (!Files.isDirectory(classes)) return List.of();
        List<Target> targets = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
                String path = classes.relativize(file).toString();
                addTargets(path.substring(0, path.length() - 6).replace(File.separatorChar, '.'), targets);
            }
        }
        return targets;
    }

    private static void addTargets(String className, List<Target> targets) {
        try {
            Class<?> type = Class.forName(className, false, Fuzz.class.getClassLoader());
            Stream.of(type.getDeclaredMethods())
                    .filter(Fuzz::isTarget)
                    .map(method -> new Target(className, method.getName()))
                    .sorted((a, b) -> a.method().compareTo(b.method()))
                    .forEach(targets::add);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalStateException("cannot look into " + className, e);
        }
    }

    private static boolean isTarget(Method method) {
        for (Annotation each : method.getAnnotations()) {
            if (each.annotationType().getName().equals(ANNOTATION)) return true;
        }
        return false;
    }

    /** @return what is wrong, or null */
    private static String fuzz(Target target, int seconds) throws Exception {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java")));
        command.addAll(List.of("-Xmx1g", "-XX:+EnableDynamicAgentLoading", "-Djazzer.max_duration=" + seconds + "s"));
        command.addAll(Arrays.asList(System.getProperty("fuzz.flags", "").trim().split(" +")));
        command.removeIf(String::isEmpty);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(System.getProperty("fuzz.source"), "target"));
        command.addAll(List.of(target.className(), target.method()));
        Path log = Files.createDirectories(Path.of("target", "fuzz")).resolve(target + ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAZZER_FUZZ", "1");
        Process child = builder.start();
        if (!child.waitFor(seconds + OVERHEAD_SECONDS, TimeUnit.SECONDS)) {
            child.destroyForcibly().waitFor();
            return "hangs, see " + log;
        }
        String text = Files.readString(log, StandardCharsets.ISO_8859_1);
        for (String sign : NOT_INSTRUMENTED) {
            if (text.contains(sign)) return "not instrumented (" + sign + "), see " + log;
        }
        if (!text.contains(INSTRUMENTED)) return "none of our classes was instrumented, see " + log;
        return child.exitValue() == 0 ? null : "see " + log;
    }

    private static int runTarget(String className, String method) throws Exception {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(Class.forName(className, false, Fuzz.class.getClassLoader()), method, "byte[]"))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        listener.getSummary().printFailuresTo(new PrintWriter(System.out, true), 40);
        return listener.getSummary().getTotalFailureCount() == 0 && listener.getSummary().getTestsSucceededCount() > 0 ? 0 : 1;
    }
}
