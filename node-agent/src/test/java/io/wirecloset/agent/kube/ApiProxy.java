package io.wirecloset.agent.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        UNAVAILABLE,
        /** Hands everything on, but ends each watch when it has begun, as something before the server may. */
        ENDING
    }

    private static final Pattern READ = Pattern.compile("^GET ([^ ?]+)\\??(\\S*) HTTP");
    private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");
    private static final String GONE =
            "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
                    + "\"status\":\"Failure\",\"message\":\"too old resource version\",\"reason\":\"Expired\",\"code\":410}}";
    // the head of a frame of a web socket
    private static final byte WHOLE_TEXT = (byte) 0x81;
    private static final byte LENGTH_FOLLOWS = 126;
    private static final int FRAME_HEADER_BYTES = 4;

    private static final byte[] UNAVAILABLE_ANSWER =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server;
    private final int upstream;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final Queue<Long> requestsNs = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> byMethod = new ConcurrentHashMap<>();
    /** What was read whole since the server forgot. */
    private final Set<String> readAnew = ConcurrentHashMap.newKeySet();

    private final AtomicInteger saidGone = new AtomicInteger();
    private volatile boolean forgetful;
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

    /** Serves, but forgot everything up to now: who wants to go on from there is told so until it has read all anew. */
    public void forget() {
        readAnew.clear();
        forgetful = true;
        mood(Mood.SERVING);
    }

    /** How many watches were told that. */
    public int saidGone() {
        return saidGone.get();
    }

    /** Connections stay open, and nothing comes through those that are there now. */
    public void fallSilent() {
        generation++;
    }

    /** Most requests in any second since the last call, and forgets them. */
    public int busiestSecond() {
        List<Long> all = requestsNs.stream().sorted().toList();
        requestsNs.clear();
        byMethod.clear();
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

    /** Of this method, since {@link #busiestSecond}; of connections that were broken off nobody knows. */
    public int requests(String method) {
        return byMethod.getOrDefault(method, 0);
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
                boolean serving = now == Mood.SERVING || now == Mood.ENDING;
                Socket onward = serving ? new Socket(InetAddress.getLoopbackAddress(), upstream) : null;
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
                String text = new String(buffer, 0, got, StandardCharsets.ISO_8859_1);
                boolean begins = text.contains(" HTTP/1.1\r\n");
                if (begins) {
                    requestsNs.add(System.nanoTime());
                    byMethod.merge(text.substring(0, text.indexOf(' ')), 1, Integer::sum);
                }
                if (begins && born == Mood.ENDING && text.contains("watch=true")) {
                    client.getOutputStream().write(handshake(text));
                    break;
                }
                if (begins && onward != null && mustReadAnew(text)) {
                    saidGone.incrementAndGet();
                    client.getOutputStream().write(gone(text));
                    break;
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

    private boolean mustReadAnew(String request) {
        Matcher m = READ.matcher(request);
        if (!forgetful || !m.find()) {
            return false;
        }
        if (m.group(2).contains("watch=true")) {
            return !readAnew.contains(m.group(1));
        }
        readAnew.add(m.group(1));
        return false;
    }

    /** As the API server says it: by an event of a watch that begins well. */
    private static byte[] gone(String request) {
        byte[] head = handshake(request);
        return ByteBuffer.allocate(head.length + FRAME_HEADER_BYTES + GONE.length())
                .put(head)
                .put(WHOLE_TEXT)
                .put(LENGTH_FOLLOWS)
                .putShort((short) GONE.length())
                .put(ascii(GONE))
                .array();
    }

    private static byte[] handshake(String request) {
        Matcher key = KEY.matcher(request);
        if (!key.find()) {
            throw new IllegalStateException("this client watches in another way: " + request);
        }
        return ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accepted(key.group(1)) + "\r\n\r\n");
    }

    /** RFC 6455, section 4.2.2. */
    private static String accepted(String key) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-1").digest(ascii(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
            return Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
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
