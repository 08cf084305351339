package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** TCP from and to hosts of the lab. Addresses are literal. */
public final class Tcp {
    private static final int PATIENCE_MS = 60_000;
    private static final int TRY_MS = 2_000;

    private Tcp() {}

    /** @param port 0 picks a free one */
    public static ServerSocket listen(Host on, String address, int port) {
        return Namespaces.in(on.namespacePath(), () -> {
            ServerSocket server = new ServerSocket();
            server.setSoTimeout(PATIENCE_MS);
            server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            return server;
        });
    }

    public static Socket connect(Host from, String address, int port) {
        return connect(from, address, port, PATIENCE_MS);
    }

    private static Socket connect(Host from, String address, int port, int withinMs) {
        return Namespaces.in(from.namespacePath(), () -> {
            Socket s = new Socket();
            s.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), withinMs);
            s.setSoTimeout(PATIENCE_MS);
            return s;
        });
    }

    /** Does somebody accept within two seconds? */
    public static boolean connects(Host from, String address, int port) {
        try (Socket s = connect(from, address, port, TRY_MS)) {
            return s.isConnected();
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
