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
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The records of this node's attachments: one file each, whole by rename, and the same in memory for readers.
 *
 * <p>The files are the truth; memory changes only after the file did, but for what is over ({@link #putAnyway}). They live on tmpfs and describe what a reboot also
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
    /** Whose file says something else, since it could not be changed. */
    private final Set<AttachmentKey> overdue = new HashSet<>();

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
            deleted(file); // written half when its writer ended
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
            trySetAside(file);
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

    /** Where it cannot be moved it stays, and is passed over the next time too. */
    private void trySetAside(Path file) {
        try {
            setAside(file);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "record {0} cannot be set aside: {1}", file, e);
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
        try {
            write(attachment);
        } catch (IOException e) {
            if (!makeRoom()) {
                throw e;
            }
            write(attachment);
        }
        byKey.put(attachment.key(), attachment);
        overdue.remove(attachment.key());
    }

    /**
     * As {@link #put}, but counts also where nothing can be written: a pod's end does not wait for somebody to free space.
     * What then stands in the file is an attachment that the next start finds without its interface, and frees.
     */
    synchronized void putAnyway(Attachment attachment) {
        try {
            put(attachment);
        } catch (IOException e) {
            byKey.put(attachment.key(), attachment);
            overdue.add(attachment.key());
            LOG.log(Level.WARNING, "{0} {1} is not written down: {2}", attachment.key(), attachment.state(), e);
            catchUp();
        }
    }

    private void write(Attachment attachment) throws IOException {
        Path temporary = directory.resolve("." + attachment.key());
        try {
            Files.write(
                    temporary,
                    AttachmentCodec.write(attachment),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            moveInto(temporary, fileOf(attachment.key()));
        } catch (IOException e) {
            deleted(temporary);
            throw e;
        }
    }

    /** What is over needs its file least: in memory it stays. @return whether anything was to be had */
    private boolean makeRoom() {
        boolean any = false;
        for (Attachment a : byKey.values()) {
            any |= a.state() == Attachment.State.REMOVED && Files.exists(fileOf(a.key())) && deleted(fileOf(a.key()));
        }
        return any;
    }

    /** Makes the files say what counts, where they could not before; of what is over it is enough that they say nothing. */
    synchronized void catchUp() {
        for (AttachmentKey key : List.copyOf(overdue)) {
            Attachment a = byKey.get(key);
            if (a == null || a.state() == Attachment.State.REMOVED ? deleted(fileOf(key)) : written(a)) {
                overdue.remove(key);
            }
        }
    }

    private boolean written(Attachment a) {
        try {
            write(a);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** @return whether it is not there any more */
    private static boolean deleted(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Path fileOf(AttachmentKey key) {
        return directory.resolve(key.toString());
    }

    private static void moveInto(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the records' file system cannot rename: " + to, e);
        }
    }

    /** The record is gone from now on; its file may follow later, see {@link #putAnyway}. */
    public synchronized void delete(AttachmentKey key) {
        byKey.remove(key);
        overdue.add(key);
        catchUp();
    }
}
