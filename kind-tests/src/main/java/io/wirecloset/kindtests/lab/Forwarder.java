package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;

/** Carries TCP connections from one namespace into another, so that a server can be reached where no route leads. */
public final class Forwarder implements AutoCloseable {
    private static final int CONNECT_MS = 10_000;

    private final ServerSocket server;
    private final Path targetNamespace;
    private final InetSocketAddress target;

    private Forwarder(ServerSocket server, Path targetNamespace, InetSocketAddress target) {
        this.server = server;
        this.targetNamespace = targetNamespace;
        this.target = target;
    }

    /**
     * @param listenIn the namespace to listen in; null for this process's own, as with connectIn
     * @param listen port 0 picks a free one
     */
    public static Forwarder start(Path listenIn, InetSocketAddress listen, Path connectIn, InetSocketAddress target) {
        try {
            ServerSocket server =
                    listenIn == null ? listening(listen) : Namespaces.in(listenIn, () -> listening(listen));
            Forwarder f = new Forwarder(server, connectIn, target);
            Thread.ofPlatform().daemon().name("forward to " + target).start(f::acceptAll);
            return f;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    private static ServerSocket listening(InetSocketAddress at) throws IOException {
        ServerSocket s = new ServerSocket();
        s.bind(at);
        return s;
    }

    private void acceptAll() {
        while (true) {
            try {
                Socket near = server.accept();
                Thread.ofPlatform().daemon().name("forward").start(() -> serve(near));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket near) {
        try (near;
                Socket far = targetNamespace == null ? connected() : Namespaces.in(targetNamespace, this::connected)) {
            Thread back = Thread.ofPlatform().daemon().name("back").start(() -> pump(far, near));
            pump(near, far);
            back.join();
        } catch (IOException | UncheckedIOException e) {
            // The caller sees its connection end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Socket connected() throws IOException {
        Socket s = new Socket();
        s.connect(target, CONNECT_MS);
        return s;
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket s) {
        try {
            s.close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
