package io.wirecloset.agent.health;

import io.wirecloset.agent.attach.Boot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A file that says when this agent could last serve pods: {@code <boot id> <uptime in seconds>}. The shim believes it for
 * two minutes when the agent does not answer, so that a restart does not make the node NotReady.
 */
public final class Heartbeat {
    private final Path file;
    private final Boot boot;

    /** @param socket of the agent; the file lies beside it */
    public Heartbeat(Path socket, Boot boot) {
        this.file = socket.toAbsolutePath().resolveSibling("heartbeat");
        this.boot = boot;
    }

    public void beat() throws IOException {
        String line = boot.id() + " " + boot.uptimeS() + "\n";
        WholeFile.write(file, line.getBytes(StandardCharsets.US_ASCII), "rw-r--r--");
    }
}
