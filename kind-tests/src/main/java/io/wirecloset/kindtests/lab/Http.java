package io.wirecloset.kindtests.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/** One HTTP request to a service that only a host of the lab can reach, such as a local API on its loopback. */
public final class Http {
    private static final int PATIENCE_MS = 10_000;

    private Http() {}

    public record Response(int status, String body) {
        public boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    /**
     * @param headers such as the local API's token
     * @param body null for none
     * @throws IOException when nobody answers
     */
    public static Response call(Host host, String method, String url, Map<String, String> headers, String body)
            throws IOException {
        URI uri = URI.create(url);
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(method + " " + target(uri) + " HTTP/1.1\r\n");
        head.append("Host: ").append(uri.getAuthority()).append("\r\nConnection: close\r\n");
        headers.forEach((k, v) -> head.append(k).append(": ").append(v).append("\r\n"));
        if (body != null) {
            head.append("Content-Type: application/json\r\n");
        }
        head.append("Content-Length: ").append(content.length).append("\r\n\r\n");
        try (Socket s = Namespaces.in(host.namespacePath(), () -> connected(uri))) {
            s.setSoTimeout(PATIENCE_MS);
            s.getOutputStream().write(head.toString().getBytes(StandardCharsets.UTF_8));
            s.getOutputStream().write(content);
            s.getOutputStream().flush();
            return parse(s.getInputStream().readAllBytes());
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static Socket connected(URI uri) throws IOException {
        Socket s = new Socket();
        s.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), PATIENCE_MS);
        return s;
    }

    private static String target(URI uri) {
        return uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }

    private static Response parse(byte[] all) throws IOException {
        String text = new String(all, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.")) {
            throw new IOException("no HTTP answer");
        }
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        byte[] body = text.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
        if (head.contains("transfer-encoding: chunked")) {
            body = joined(body);
        }
        return new Response(Integer.parseInt(head.substring(9, 12)), new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] joined(byte[] chunked) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String text = new String(chunked, StandardCharsets.ISO_8859_1);
        for (int at = 0; ; ) {
            int line = text.indexOf("\r\n", at);
            if (line < 0) {
                throw new IOException("the answer was cut off");
            }
            int length = Integer.parseInt(
                    text.substring(at, line).replaceFirst(";.*", "").trim(), 16);
            if (length == 0) {
                return out.toByteArray();
            }
            out.write(chunked, line + 2, length);
            at = line + 2 + length + 2;
        }
    }
}
