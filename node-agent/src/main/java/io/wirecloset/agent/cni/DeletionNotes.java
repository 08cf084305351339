package io.wirecloset.agent.cni;

import io.wirecloset.agent.attach.AttachmentKey;
import io.wirecloset.agent.attach.Attachments;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Carries out what the shim noted while the agent was away: a file for each DEL, its name says which. */
public final class DeletionNotes {
    private static final Logger LOG = System.getLogger(DeletionNotes.class.getName());

    private final Path directory;
    private final Attachments attachments;

    /** @param socket of the agent; the notes lie beside it */
    public DeletionNotes(Path socket, Attachments attachments) {
        this.directory = socket.resolveSibling("deleted");
        this.attachments = attachments;
    }

    /** @return how many were carried out; those that could not be stay for the next time */
    public int carryOut() {
        int done = 0;
        try (DirectoryStream<Path> notes = Files.newDirectoryStream(directory)) {
            for (Path note : notes) {
                if (!note.getFileName().toString().startsWith(".")) { // being written
                    done += carryOut(note) ? 1 : 0;
                }
            }
        } catch (NoSuchFileException e) {
            return 0; // nobody left one since the machine started
        } catch (IOException e) {
            LOG.log(Level.WARNING, "reading the notes of deletions failed: {0}", e.getMessage());
        }
        return done;
    }

    private boolean carryOut(Path note) {
        try {
            attachments.detach(AttachmentKey.parse(note.getFileName().toString()));
            Files.deleteIfExists(note);
            return true;
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "a file that is no note is removed: {0}", note);
            deleteQuietly(note);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "deletion {0} waits: {1}", note.getFileName(), e.getMessage());
        }
        return false;
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", file, e.getMessage());
        }
    }
}
