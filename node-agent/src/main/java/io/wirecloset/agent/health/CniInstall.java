package io.wirecloset.agent.health;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the shim and the configuration where the container runtime looks. The configuration comes last, once pods can be
 * served, and stays when the agent stops: from then on STATUS says how things are.
 */
public final class CniInstall {
    /** Early in the alphabet: runtimes take the first file. */
    static final String FILE = "05-wirecloset.conflist";

    private static final String PLUGIN = "wirecloset";
    /** What every runtime knows; those that know {@code cniVersions} take the newest. */
    private static final String VERSION = "1.0.0";

    private static final List<String> VERSIONS = List.of("1.0.0", "1.1.0");
    /** Where the shim looks unless it is told otherwise. */
    private static final Path USUAL_SOCKET = Path.of("/run/wirecloset/cni.sock");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path confDir;
    private final Path binDir;
    private final Path shim;
    private final Path socket;
    private final String name;

    /**
     * @param confDir null: no configuration is written
     * @param binDir null, or {@code shim} null: no shim is installed
     * @param socket the agent's
     * @param name of the configuration
     */
    public CniInstall(Path confDir, Path binDir, Path shim, Path socket, String name) {
        this.confDir = confDir;
        this.binDir = binDir;
        this.shim = shim;
        this.socket = socket;
        this.name = name;
    }

    public void installShim() throws IOException {
        if (binDir != null && shim != null) {
            put(binDir.resolve(PLUGIN), Files.readAllBytes(shim), "rwxr-xr-x");
        }
    }

    public void writeConfiguration() throws IOException {
        if (confDir != null) {
            put(confDir.resolve(FILE), configuration(), "rw-r--r--");
        }
    }

    private byte[] configuration() throws IOException {
        ObjectNode list = JSON.createObjectNode().put("cniVersion", VERSION).put("name", name);
        VERSIONS.forEach(list.putArray("cniVersions")::add);
        ObjectNode plugin = list.putArray("plugins").addObject().put("type", PLUGIN);
        if (!socket.equals(USUAL_SOCKET)) {
            plugin.put("socket", socket.toString());
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(list);
    }

    /** Nothing when it is so: a runtime loads anew at every event in its folder. */
    private static void put(Path file, byte[] content, String mode) throws IOException {
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        WholeFile.write(file, content, mode);
    }

    public void remove() throws IOException {
        if (confDir != null) {
            Files.deleteIfExists(confDir.resolve(FILE));
        }
        if (binDir != null && shim != null) {
            Files.deleteIfExists(binDir.resolve(PLUGIN));
        }
    }
}
