package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Does something inside a network namespace, on a thread of its own: the sockets it opens stay there, wherever they are
 * used later. Threads it starts would too, and hold the namespace: it may start none, hence no processes.
 */
public final class Namespaces {
    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle SETNS =
            handle("setns", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Namespaces() {}

    /** @throws IllegalStateException when the namespace cannot be entered; what the work throws comes out unchecked */
    public static <T> T in(Path namespace, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name("in " + namespace.getFileName())
                .start(() -> {
                    try {
                        enter(namespace);
                        result.complete(work.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                });
        try {
            return result.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException r -> throw r;
                case Error r -> throw r;
                case IOException r -> throw new UncheckedIOException(r);
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            thread.interrupt();
        }
    }

    private static void enter(Path namespace) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom(namespace.toString()), O_RDONLY_CLOEXEC);
            if (fd < 0) {
                throw new IllegalStateException("no namespace " + namespace);
            }
            int entered = (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            int ignored = (int) CLOSE.invokeExact(fd);
            if (entered != 0) {
                throw new IllegalStateException("cannot enter the namespace " + namespace);
            }
        }
    }

    static MethodHandle handle(String name, FunctionDescriptor shape) {
        MemorySegment at = LINKER.defaultLookup().find(name).orElseThrow();
        return LINKER.downcallHandle(at, shape);
    }
}
