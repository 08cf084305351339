package io.wirecloset.agent.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Stands before an API server, counts what it is asked, and behaves badly on request. On the loopback. */
public final class ApiProxy implements AutoCloseable {
    public enum Mood {
        /** Hands everything on. */
        SERVING,
        /** Breaks off every connection. */
        REFUSING,
        /** Takes requests and never answers. */
        HANGING,
        /** Answers each request with status 503. */
        UNAVAILABLE
    }

    private static final byte[] UNAVAILABLE_ANSWER =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server;
    private final int upstream;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final Queue<Long> requestsNs = new ConcurrentLinkedQueue<>();
    private volatile Mood mood = Mood.SERVING;
    /** Connections that were there when it grew are deaf. */
    private volatile int generation;

    /** @param upstream port of the API server on the loopback */
    public ApiProxy(int upstream) throws IOException {
        this.upstream = upstream;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("api-proxy").start(this::accept);
    }

    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Breaks off the connections there are. */
    public void mood(Mood wanted) {
        mood = wanted;
        connections.removeIf(ApiProxy::closed);
    }

    /** Connections stay open, and nothing comes through those that are there now. */
    public void fallSilent() {
        generation++;
    }

    /** Most requests in any second since the last call, and forgets them. */
    public int busiestSecond() {
        List<Long> all = requestsNs.stream().sorted().toList();
        requestsNs.clear();
        int most = 0;
        int from = 0;
        for (int to = 0; to < all.size(); to++) {
            while (all.get(to) - all.get(from) >= TimeUnit.SECONDS.toNanos(1)) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }

    /** Since {@link #busiestSecond}. */
    public int requests() {
        return requestsNs.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                connections.add(client);
                Mood now = mood;
                if (now == Mood.REFUSING) {
                    requestsNs.add(System.nanoTime());
                    client.setSoLinger(true, 0); // RST
                    client.close();
                    continue;
                }
                Socket onward = now == Mood.SERVING ? new Socket(InetAddress.getLoopbackAddress(), upstream) : null;
                int born = generation;
                Thread.ofPlatform().daemon().start(() -> requests(client, onward, now));
                if (onward != null) {
                    connections.add(onward);
                    Thread.ofPlatform().daemon().start(() -> answers(onward, client, born));
                }
            } catch (IOException e) {
                // the next connection, or the end
            }
        }
    }

    private void requests(Socket client, Socket onward, Mood born) {
        byte[] buffer = new byte[65_536];
        try {
            InputStream in = client.getInputStream();
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                // small requests come in one piece
                boolean begins = new String(buffer, 0, got, StandardCharsets.ISO_8859_1).contains(" HTTP/1.1\r\n");
                if (begins) {
                    requestsNs.add(System.nanoTime());
                }
                if (onward != null) {
                    onward.getOutputStream().write(buffer, 0, got);
                } else if (born == Mood.UNAVAILABLE && begins) {
                    client.getOutputStream().write(UNAVAILABLE_ANSWER);
                }
            }
        } catch (IOException e) {
            // closed on one side
        }
        closed(client);
        if (onward != null) {
            closed(onward);
        }
    }

    private void answers(Socket onward, Socket client, int born) {
        byte[] buffer = new byte[65_536];
        try {
            OutputStream out = client.getOutputStream();
            InputStream in = onward.getInputStream();
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                if (born == generation) {
                    out.write(buffer, 0, got);
                }
            }
        } catch (IOException e) {
            // closed on one side
        }
        closed(client);
    }

    private static boolean closed(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // as good as closed
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        server.close();
        connections.removeIf(ApiProxy::closed);
    }
}
