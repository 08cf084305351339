package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The root file system of an image, whose programs run on this machine as a container's would, as root. */
public record Image(Path root) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Arguments: the root file system, the operator's user. */
    private static final String PROGRAM = """
            #!/bin/sh
            set -eu
            user=0
            case "${1:-}" in
                agent) program=agent; shift ;;
                operator) program=operator; user=%2$d; shift ;;
                *) program=node ;;
            esac
            export user program
            exec unshare --mount --propagation private /bin/sh -euc '
                root=$0
                mount --bind "$root" "$root"
                for folder in dev proc run sys tmp; do mount --rbind "/$folder" "$root/$folder"; done
                mount -o remount,bind,ro "$root"
                exec chroot --userspec="$user:$user" "$root" \
                    /opt/java/bin/java ${WIRECLOSET_JAVA_OPTIONS:-} "@/opt/wirecloset/$program" "$@"' '%1$s' "$@"
            """;

    /**
     * Unpacks an OCI archive of one image, every blob checked against its digest.
     *
     * @param into an empty folder
     */
    public static Image unpack(Path archive, Path into) {
        try {
            Path blobs = Files.createDirectories(into.resolve("archive"));
            Path root = Files.createDirectories(into.resolve("root"));
            tar(archive, blobs);
            JsonNode index = JSON.readTree(Files.readAllBytes(blobs.resolve("index.json")));
            JsonNode manifest = JSON.readTree(
                    Files.readAllBytes(blob(blobs, index.path("manifests").path(0))));
            blob(blobs, manifest.path("config"));
            for (JsonNode layer : manifest.path("layers")) {
                tar(blob(blobs, layer), root);
            }
            return new Image(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tar(Path archive, Path into) {
        List<String> command = List.of("tar", "-xf", archive.toString(), "-C", into.toString());
        Shell.Result r = Shell.call(command, Map.of(), "", Duration.ofMinutes(3));
        if (!r.ok()) {
            throw new IllegalStateException(archive + " cannot be unpacked: " + r.err());
        }
    }

    private static Path blob(Path archive, JsonNode descriptor) throws IOException {
        String digest = descriptor.path("digest").asText().replaceFirst("^sha256:", "");
        Path blob = archive.resolve("blobs/sha256").resolve(digest);
        if (Files.size(blob) != descriptor.path("size").asLong()) {
            throw new IllegalStateException(blob + " is not as long as the image says");
        }
        try (InputStream in = Files.newInputStream(blob)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha256));
            if (!HexFormat.of().formatHex(sha256.digest()).equals(digest)) {
                throw new IllegalStateException(blob + " is not what its name says");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return blob;
    }

    /**
     * A dist/ whose program runs what is in the image: on the image's root file system, which it cannot write to, with the
     * machine's devices, /proc, /run and /tmp. The rest comes from the dist/ that the image was made of.
     *
     * @param folder an empty one under /tmp
     * @param operatorUser the number of the user that the operator runs as; everything else is root
     */
    public Dist programs(Dist made, Path folder, int operatorUser) {
        try {
            for (String program : List.of("node", "agent", "operator")) {
                Files.createDirectories(folder.resolve("lib").resolve(program));
            }
            Files.createSymbolicLink(
                    folder.resolve("lib/kind-tests"), made.folder().resolve("lib/kind-tests"));
            Files.createSymbolicLink(folder.resolve("crds"), made.resourceDefinitions());
            Files.createSymbolicLink(folder.resolve("samples"), made.folder().resolve("samples"));
            Files.createDirectories(folder.resolve("cni"));
            Files.copy(
                    root.resolve("opt/wirecloset/cni/wirecloset"),
                    folder.resolve("cni/wirecloset"),
                    StandardCopyOption.COPY_ATTRIBUTES);
            Path program = Files.createDirectories(folder.resolve("bin")).resolve("wirecloset");
            Files.writeString(program, PROGRAM.formatted(root, operatorUser));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            return new Dist(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
