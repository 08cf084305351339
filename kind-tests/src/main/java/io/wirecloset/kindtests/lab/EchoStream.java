package io.wirecloset.kindtests.lab;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** One TCP connection on which a number goes out a hundred times a second and must come back, for as long as it is open. */
public final class EchoStream implements AutoCloseable {
    private static final int EVERY_MS = 10;
    private static final int PATIENCE_MS = 60_000;

    private final ServerSocket server;
    private final Socket client;
    private final Thread echo;
    private final Thread asking;
    private volatile long answers;
    private volatile long longestGapNanos;
    private volatile String broken;
    private volatile boolean closing;

    private EchoStream(ServerSocket server, Socket client) {
        this.server = server;
        this.client = client;
        this.echo = Thread.ofPlatform().daemon().name("echo").start(this::echo);
        this.asking = Thread.ofPlatform().daemon().name("asking").start(this::ask);
    }

    public static EchoStream open(Host from, Host to, String address) {
        try {
            ServerSocket server = Tcp.listen(to, address, 0);
            Socket client = Tcp.connect(from, address, server.getLocalPort());
            client.setTcpNoDelay(true);
            return new EchoStream(server, client);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void echo() {
        try (Socket s = server.accept()) {
            s.setTcpNoDelay(true);
            s.getInputStream().transferTo(s.getOutputStream());
        } catch (IOException e) {
            breakOff("the far end: " + e.getMessage());
        }
    }

    private void ask() {
        try {
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            DataInputStream in = new DataInputStream(client.getInputStream());
            long last = System.nanoTime();
            for (long n = 0; !closing; n++) {
                out.writeLong(n);
                if (in.readLong() != n) {
                    breakOff("another number came back");
                    return;
                }
                long now = System.nanoTime();
                longestGapNanos = Math.max(longestGapNanos, now - last);
                last = now;
                answers = n + 1;
                TimeUnit.MILLISECONDS.sleep(EVERY_MS);
            }
        } catch (IOException e) {
            breakOff("the near end: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void breakOff(String why) {
        if (!closing && broken == null) {
            broken = why;
        }
    }

    public long answers() {
        return answers;
    }

    /** The longest time between two answers. */
    public long longestGapMs() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNanos);
    }

    /** @throws IllegalStateException when the connection did not survive */
    public void requireIntact() {
        if (broken != null) {
            throw new IllegalStateException("the TCP stream broke: " + broken);
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            asking.join(PATIENCE_MS);
            client.close();
            server.close();
            echo.join(PATIENCE_MS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
