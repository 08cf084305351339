package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs a command to its end and gives back what it printed. */
public final class Shell {
    public record Result(int exitCode, String out, String err) {
        public boolean ok() {
            return exitCode == 0;
        }
    }

    private static final Executor THREADS = r -> Thread.ofPlatform().daemon().start(r);

    private Shell() {}

    /** @throws IllegalStateException with the command and its output when it fails */
    public static String run(String... command) {
        Result r = call(List.of(command), Map.of(), "", Duration.ofSeconds(60));
        if (!r.ok()) {
            throw new IllegalStateException(
                    String.join(" ", command) + " failed (" + r.exitCode() + "): " + r.err() + r.out());
        }
        return r.out();
    }

    public static Result tryRun(String... command) {
        return call(Arrays.asList(command), Map.of(), "", Duration.ofSeconds(60));
    }

    /** @return exit code 124 when the time was over and the command was killed */
    public static Result call(List<String> command, Map<String, String> environment, String stdin, Duration limit) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(environment);
            Process p = builder.start();
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> drain(p.getInputStream()), THREADS);
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> drain(p.getErrorStream()), THREADS);
            try (var in = p.getOutputStream()) {
                in.write(stdin.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // The command did not want its input: its exit code tells the rest.
            }
            if (!p.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                p.descendants().forEach(ProcessHandle::destroyForcibly);
                p.destroyForcibly().waitFor();
                return new Result(124, out.join(), err.join() + "\ntime limit of " + limit.toSeconds() + " s reached");
            }
            return new Result(p.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static String drain(java.io.InputStream in) {
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
