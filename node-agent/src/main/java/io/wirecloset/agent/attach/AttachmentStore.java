package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.AttachmentCodec.MalformedRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The records of this node's attachments: one file each, whole by rename, and the same in memory for readers.
 *
 * <p>The files are the truth; memory changes only after the file did. They live on tmpfs and describe what a reboot also
 * removes, hence no fsync. Any thread; one key is changed by one thread at a time ({@link Attachments} sees to it).
 */
public final class AttachmentStore {
    private static final Logger LOG = System.getLogger(AttachmentStore.class.getName());
    /** Records that could not be read are set aside for people to look at; older ones go when there are more. */
    private static final int QUARANTINE_LIMIT = 64;

    private final Path directory;
    private final Path quarantine;

    // guarded by this
    private final Map<AttachmentKey, Attachment> byKey = new LinkedHashMap<>();

    private AttachmentStore(Path directory) {
        this.directory = directory;
        this.quarantine = directory.resolveSibling("quarantine");
    }

    /** Reads all records. Those that cannot be read are set aside; the kernel knows what they said (see reconciliation). */
    public static AttachmentStore open(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        AttachmentStore store = new AttachmentStore(directory);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                store.load(file);
            }
        }
        return store;
    }

    private void load(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.startsWith(".")) {
            Files.deleteIfExists(file); // written half when its writer ended
            return;
        }
        try {
            Attachment read = AttachmentCodec.read(bytesOf(file));
            if (!name.equals(read.key().toString())) {
                throw new MalformedRecordException("it describes " + read.key());
            }
            byKey.put(read.key(), read);
        } catch (MalformedRecordException e) {
            LOG.log(Level.WARNING, "record {0} is set aside: {1}", name, e.getMessage());
            setAside(file);
        }
    }

    private static byte[] bytesOf(Path file) throws IOException, MalformedRecordException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new MalformedRecordException("not a file");
        }
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(AttachmentCodec.RECORD_LIMIT_BYTES + 1);
        }
    }

    private void setAside(Path file) throws IOException {
        Files.createDirectories(quarantine);
        Files.move(file, quarantine.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        try (var aside = Files.list(quarantine)) {
            List<Path> oldestFirst = new ArrayList<>(aside.toList());
            oldestFirst.sort(java.util.Comparator.comparing(AttachmentStore::modifiedMs));
            for (Path old : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - QUARANTINE_LIMIT))) {
                Files.deleteIfExists(old);
            }
        }
    }

    private static long modifiedMs(Path file) {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    /** @return null when there is none */
    public synchronized Attachment get(AttachmentKey key) {
        return byKey.get(key);
    }

    /** All of them, in no order that means anything. */
    public synchronized List<Attachment> all() {
        return List.copyOf(byKey.values());
    }

    /** Writes the record in the place of the one that was there. When this throws, that one still stands. */
    public synchronized void put(Attachment attachment) throws IOException {
        Path temporary = directory.resolve("." + attachment.key());
        try {
            Files.write(
                    temporary,
                    AttachmentCodec.write(attachment),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            moveInto(temporary, directory.resolve(attachment.key().toString()));
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        byKey.put(attachment.key(), attachment);
    }

    private static void moveInto(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the records' file system cannot rename: " + to, e);
        }
    }

    public synchronized void delete(AttachmentKey key) throws IOException {
        try {
            Files.delete(directory.resolve(key.toString()));
        } catch (NoSuchFileException e) {
            // gone already, which is what was wanted
        }
        byKey.remove(key);
    }
}
