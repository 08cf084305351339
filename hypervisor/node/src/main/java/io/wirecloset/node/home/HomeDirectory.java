package io.wirecloset.node.home;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A node's files under the names and in the formats of the stock service (vl1-world.md section 4), so that either can
 * be started on the other's directory. Files are rewritten only when their content changed, whole, by rename; what is
 * secret is readable by its owner alone.
 */
public final class HomeDirectory {
    /** No file of a home directory that we read is larger: a network's configuration is the largest. */
    private static final int MAX_FILE_BYTES = 1 << 20;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_FOLDER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");
    private static final Pattern MOON_FILE = Pattern.compile("([0-9a-f]{16})\\.moon");
    private static final Pattern PEER_FILE = Pattern.compile("[0-9a-f]{10}\\.peer");
    private static final Pattern NETWORK_FILE = Pattern.compile("([0-9a-f]{16})\\.conf");

    private final Path root;

    private HomeDirectory(Path root) {
        this.root = root;
    }

    /** Opens or makes the directory, with mode 0700 when it is new. */
    public static HomeDirectory open(Path root) {
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root);
                Files.setPosixFilePermissions(root, OWNER_FOLDER);
            }
            Files.createDirectories(root.resolve("networks.d"));
            return new HomeDirectory(root.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException("home directory " + root + " cannot be used: " + e.getMessage(), e);
        }
    }

    public Path path() {
        return root;
    }

    public Optional<String> identitySecret() {
        return text("identity.secret");
    }

    /** Writes identity.secret (owner only) and identity.public. */
    public void saveIdentity(String secretText, String publicText) {
        write("identity.secret", secretText.getBytes(StandardCharsets.US_ASCII), OWNER_ONLY);
        write("identity.public", publicText.getBytes(StandardCharsets.US_ASCII), READABLE);
    }

    /** Gives up the identity, so that the next start makes another; it stays under another name. */
    public void setIdentityAside() {
        try {
            Files.move(
                    root.resolve("identity.secret"),
                    root.resolve("identity.secret.saved_after_collision"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            // done before
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        delete("identity.public");
    }

    public Optional<byte[]> planet() {
        return read("planet");
    }

    public void savePlanet(byte[] planet) {
        write("planet", planet, READABLE);
    }

    /** The definitions of the moons that are orbited, by id: the files of moons.d. */
    public Map<Long, byte[]> moons() {
        Map<Long, byte[]> moons = new TreeMap<>(Long::compareUnsigned);
        if (!Files.isDirectory(root.resolve("moons.d"))) {
            return moons;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("moons.d"))) {
            for (Path file : files) {
                var m = MOON_FILE.matcher(file.getFileName().toString());
                if (m.matches()) {
                    long id = NetworkIds.parse(m.group(1));
                    moon(id).ifPresent(moon -> moons.put(id, moon));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return moons;
    }

    public Optional<byte[]> moon(long id) {
        return read(moonFile(id));
    }

    public void saveMoon(long id, byte[] moon) {
        write(moonFile(id), moon, READABLE);
    }

    public void forgetMoon(long id) {
        delete(moonFile(id));
    }

    private static String moonFile(long id) {
        return "moons.d/" + NetworkIds.format(id) + ".moon";
    }

    /**
     * The files of peers.d, the latest first; older ones are removed.
     *
     * @param notBeforeMs wall time
     */
    public List<byte[]> peers(long notBeforeMs, int limit) {
        if (!Files.isDirectory(root.resolve("peers.d"))) {
            return List.of();
        }
        record Kept(String name, long writtenMs) {}
        List<Kept> kept = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("peers.d"))) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                long writtenMs = Files.getLastModifiedTime(file).toMillis();
                if (writtenMs < notBeforeMs) {
                    Files.delete(file);
                } else if (PEER_FILE.matcher(name).matches()) {
                    kept.add(new Kept(name, writtenMs));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return kept.stream()
                .sorted(Comparator.comparingLong(Kept::writtenMs).reversed())
                .limit(limit)
                .flatMap(file -> read("peers.d/" + file.name()).stream())
                .toList();
    }

    /** @param nowMs wall time, from which on the file grows old; also when its content did not change */
    public void savePeer(long address, byte[] peer, long nowMs) {
        String name = "peers.d/" + Addresses.format(address) + ".peer";
        write(name, peer, OWNER_ONLY);
        try {
            Files.setLastModifiedTime(root.resolve(name), FileTime.fromMillis(nowMs));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<byte[]> localConf() {
        return read("local.conf");
    }

    public void saveLocalConf(byte[] conf) {
        write("local.conf", conf, READABLE);
    }

    /** An older form of the trusted paths of local.conf. */
    public Optional<byte[]> trustedPaths() {
        return read("trustedpaths");
    }

    /** The token of the local API; made on first use: 24 characters of a-z0-9, readable by the owner only. */
    public String authToken(java.util.function.Supplier<String> fresh) {
        return secret("authtoken.secret", fresh);
    }

    public String metricsToken(java.util.function.Supplier<String> fresh) {
        return secret("metricstoken.secret", fresh);
    }

    private String secret(String name, java.util.function.Supplier<String> fresh) {
        Optional<String> there = text(name).map(String::trim).filter(s -> !s.isEmpty());
        if (there.isPresent()) {
            return there.get();
        }
        String made = fresh.get();
        write(name, made.getBytes(StandardCharsets.US_ASCII), OWNER_ONLY);
        return made;
    }

    /** The port in use, where zerotier-cli looks for it. */
    public void savePort(int port) {
        write("zerotier-one.port", Integer.toString(port).getBytes(StandardCharsets.US_ASCII), READABLE);
    }

    /** Ids of the networks joined: every networks.d/<id>.conf, also an empty one. */
    public List<Long> joinedNetworks() {
        List<Long> ids = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve("networks.d"))) {
            for (Path file : files) {
                var m = NETWORK_FILE.matcher(file.getFileName().toString());
                if (m.matches()) {
                    ids.add(NetworkIds.parse(m.group(1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ids.sort(Long::compareUnsigned);
        return ids;
    }

    /** The last configuration of a network as its dictionary text; empty array when joined but never configured. */
    public Optional<byte[]> networkConfig(long networkId) {
        return read(networkFile(networkId));
    }

    public void saveNetworkConfig(long networkId, byte[] dictionary) {
        write(networkFile(networkId), dictionary, OWNER_ONLY);
    }

    public Optional<byte[]> networkSettings(long networkId) {
        return read(settingsFile(networkId));
    }

    public void saveNetworkSettings(long networkId, byte[] settings) {
        write(settingsFile(networkId), settings, OWNER_ONLY);
    }

    /** Forgets a network: the cached configuration and the local settings. */
    public void forgetNetwork(long networkId) {
        delete(networkFile(networkId));
        delete(settingsFile(networkId));
    }

    private static String networkFile(long networkId) {
        return "networks.d/" + NetworkIds.format(networkId) + ".conf";
    }

    private static String settingsFile(long networkId) {
        return "networks.d/" + NetworkIds.format(networkId) + ".local.conf";
    }

    /** A file of the application's own, below this directory. */
    public Optional<byte[]> read(String name) {
        Path file = root.resolve(name);
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IOException("larger than " + MAX_FILE_BYTES + " bytes");
            }
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<String> text(String name) {
        return read(name).map(b -> new String(b, StandardCharsets.UTF_8));
    }

    public void writeSecret(String name, byte[] content) {
        write(name, content, OWNER_ONLY);
    }

    private void write(String name, byte[] content, Set<PosixFilePermission> mode) {
        Path file = root.resolve(name);
        try {
            if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content)) {
                return;
            }
            Files.createDirectories(file.getParent());
            writeWhole(file, content, mode);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** Temporary file with its final mode, fsync, rename, fsync of the folder: old or new, never half. */
    private static void writeWhole(Path file, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        Path fresh = Files.createTempFile(
                file.getParent(), "." + file.getFileName(), ".new", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                for (ByteBuffer b = ByteBuffer.wrap(content); b.hasRemaining(); ) {
                    out.write(b);
                }
                out.force(true);
            }
            Files.setPosixFilePermissions(fresh, mode);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
        try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private void delete(String name) {
        try {
            Files.deleteIfExists(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
