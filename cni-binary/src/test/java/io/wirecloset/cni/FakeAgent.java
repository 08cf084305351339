package io.wirecloset.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other side of the shim's socket: keeps what it was asked and answers by script. */
final class FakeAgent implements AutoCloseable {
    /** What the agent does with one connection. */
    interface Script {
        /** Answers {@code request} on {@code to}, or does something worse. */
        void answer(JsonNode request, SocketChannel to) throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private final ServerSocketChannel server;
    private final Script script;
    private final Thread thread;
    final List<JsonNode> requests = new CopyOnWriteArrayList<>();

    FakeAgent(Path socket, Script script) throws IOException {
        this.script = script;
        Files.deleteIfExists(socket);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = Thread.ofPlatform().daemon().start(this::serve);
    }

    static Script says(int exitCode, String text) {
        return (request, to) -> write(to, exitCode, text);
    }

    static void write(SocketChannel to, int exitCode, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(8 + bytes.length);
        out.putInt(bytes.length).putInt(exitCode).put(bytes).flip();
        while (out.hasRemaining()) {
            to.write(out);
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try (SocketChannel caller = server.accept()) {
                ByteBuffer length = readFully(caller, 4);
                byte[] body = new byte[length.getInt()];
                readFully(caller, body.length).get(body);
                JsonNode request = JSON.readTree(body);
                requests.add(request);
                script.answer(request, caller);
            } catch (IOException e) {
                // A caller that gave up, or this fake being closed; the test looks at `requests`.
            }
        }
    }

    private static ByteBuffer readFully(SocketChannel from, int length) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(length);
        while (into.hasRemaining()) {
            if (from.read(into) < 0) {
                throw new IOException("the caller went away");
            }
        }
        return into.flip();
    }

    @Override
    public void close() throws Exception {
        server.close();
        thread.join();
    }
}
