package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * The multicast MACs that a namespace's devices listen to. Read from the file the kernel keeps, which stays that of the
 * namespace it was opened in; there are no notices of changes.
 */
final class MulticastSubscriptions implements AutoCloseable {
    private static final String FILE = "/proc/thread-self/net/dev_mcast";
    /** Lines of some 50 bytes, of all devices. */
    private static final int LIMIT_BYTES = 4 << 20;

    private static final int CHUNK_BYTES = 64 * 1024;

    private final Descriptor file;

    private MulticastSubscriptions(Descriptor file) {
        this.file = file;
    }

    /** Of the calling thread's namespace. */
    static MulticastSubscriptions open() throws LinuxException {
        return new MulticastSubscriptions(Descriptor.open(FILE, FileCalls.O_RDONLY));
    }

    /** @return of this device, each with ADI 0 */
    Set<MulticastGroup> of(int deviceIndex) throws IOException {
        return parse(text(), deviceIndex);
    }

    private String text() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment chunk = arena.allocate(CHUNK_BYTES);
            while (text.length() < LIMIT_BYTES) {
                long got = Errno.check(
                        FileCalls.readAt(file.fd(), chunk, CHUNK_BYTES, text.length()), "read multicast addresses");
                if (got == 0) {
                    break;
                }
                byte[] bytes = chunk.asSlice(0, got).toArray(JAVA_BYTE);
                text.append(new String(bytes, StandardCharsets.ISO_8859_1));
            }
        }
        return text.toString();
    }

    /** Lines of index, name, two counters and address; what does not look so is no Ethernet group. */
    static Set<MulticastGroup> parse(String text, int deviceIndex) {
        String index = Integer.toString(deviceIndex);
        Set<MulticastGroup> groups = new HashSet<>();
        for (String line : text.split("\\n", -1)) {
            String[] words = line.strip().split("\\s+", -1);
            if (words.length == 5 && words[0].equals(index) && words[4].matches("[0-9a-f]{12}")) {
                groups.add(new MulticastGroup(Mac.parse(words[4]), 0));
            }
        }
        return groups;
    }

    @Override
    public void close() {
        file.close();
    }
}
