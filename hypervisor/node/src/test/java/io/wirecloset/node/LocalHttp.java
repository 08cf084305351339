package io.wirecloset.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Asks the local API of a node on a host of the lab, ours or the stock one, with the token of its home directory. */
record LocalHttp(NetworkNamespace host, Path home) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MS = 20_000;

    /** @param body missing when there is none */
    record Answer(int status, JsonNode body) {}

    Answer get(String path) throws IOException {
        return send("GET", path, null);
    }

    Answer post(String path, String body) throws IOException {
        return send("POST", path, body);
    }

    Answer delete(String path) throws IOException {
        return send("DELETE", path, null);
    }

    Answer send(String method, String path, String body) throws IOException {
        String token = Files.readString(home.resolve("authtoken.secret")).trim();
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-ZT1-Auth: " + token
                + "\r\nContent-Length: " + content.length + "\r\n\r\n";
        return host.run(() -> {
            try (Socket socket = new Socket("127.0.0.1", Lab.PORT)) {
                socket.setSoTimeout(PATIENCE_MS);
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(content);
                return answer(new BufferedInputStream(socket.getInputStream()));
            }
        });
    }

    /** Does not wait for the other side to close: then its port would be taken for a minute after it ended. */
    private static Answer answer(InputStream in) throws IOException {
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        int length = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).trim());
            }
        }
        JsonNode json = JSON.readTree(in.readNBytes(length));
        return new Answer(status, json == null ? MissingNode.getInstance() : json);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().trim();
    }
}
