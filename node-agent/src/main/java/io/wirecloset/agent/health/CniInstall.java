package io.wirecloset.agent.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
    /**
     * Each runtime takes the newest it knows; one that knows the single {@code cniVersion} only is old, and gets what it
     * surely knows.
     */
    private static final List<String> VERSIONS = List.of("0.4.0", "1.0.0", "1.1.0");

    /** What the runtime shall tell us of a pod. Not its annotations: they may be larger than a call. */
    private static final List<String> CAPABILITIES = List.of("portMappings", "bandwidth", "ips", "dns");

    /** Where the shim looks unless it is told otherwise. */
    private static final Path USUAL_SOCKET = Path.of("/run/wirecloset/cni.sock");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path confDir;
    private final Path binDir;
    private final Path shim;
    private final Path socket;
    private final String name;
    private final String chained;

    /**
     * @param confDir null: no configuration is written
     * @param binDir null, or {@code shim} null: no shim is installed
     * @param socket the agent's
     * @param name of the configuration
     * @param chained plugins behind ours, as a JSON list of their configurations; what they are capable of is left to them
     */
    public CniInstall(Path confDir, Path binDir, Path shim, Path socket, String name, String chained) {
        this.confDir = confDir;
        this.binDir = binDir;
        this.shim = shim;
        this.socket = socket;
        this.name = name;
        this.chained = chained;
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

    /** Puts back what somebody removed or changed; nothing when all is there. */
    public void restore() throws IOException {
        if (binDir != null && !Files.isExecutable(binDir.resolve(PLUGIN))) {
            installShim();
        }
        writeConfiguration();
    }

    private byte[] configuration() throws IOException {
        JsonNode others = JSON.readTree(chained);
        if (!others.isArray()) {
            throw new IOException("the chained plugins are not a JSON list: " + chained);
        }
        ObjectNode list =
                JSON.createObjectNode().put("cniVersion", VERSIONS.getFirst()).put("name", name);
        VERSIONS.forEach(list.putArray("cniVersions")::add);
        ArrayNode plugins = list.putArray("plugins");
        ObjectNode ours = plugins.addObject().put("type", PLUGIN);
        ObjectNode capabilities = ours.putObject("capabilities");
        for (String capability : CAPABILITIES) {
            if (others.findValuesAsText(capability).isEmpty()) {
                capabilities.put(capability, true);
            }
        }
        if (!socket.equals(USUAL_SOCKET)) {
            ours.put("socket", socket.toString());
        }
        others.forEach(plugins::add);
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
