package io.wirecloset.agent.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes files that others read at any time: by rename, so that they see the old or the new, never half. */
final class WholeFile {
    private WholeFile() {}

    /** @param mode {@code rw-r--r--} */
    static void write(Path file, byte[] content, String mode) throws IOException {
        // the name of a file that is being written has no ending that a runtime looks for
        Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".wirecloset-", ".new");
        try {
            Files.write(fresh, content);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString(mode));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
