package io.wirecloset.agent.attach;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which boot this is and how long it lasts. Records carry both: uptime never jumps, and a record of another boot speaks
 * of interfaces that no longer exist.
 */
public interface Boot {
    String id();

    long uptimeS();

    /** The machine's own. The shim reads the same two files. */
    static Boot ofThisMachine() throws IOException {
        String id = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        Path uptime = Path.of("/proc/uptime");
        return new Boot() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public long uptimeS() {
                try {
                    String text = Files.readString(uptime);
                    return Long.parseLong(text.substring(0, text.indexOf('.')));
                } catch (IOException | RuntimeException e) {
                    throw new IllegalStateException("cannot read " + uptime, e);
                }
            }
        };
    }
}
