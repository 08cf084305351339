package io.wirecloset.agent.cni;

import io.wirecloset.agent.attach.Attachments;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.linux.UnixServerSocket;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Listens for the shim.
 *
 * <p>One thread accepts and turns away whoever is not root; a few read requests, each within two seconds, and answer
 * STATUS at once. The first few of them carry out the rest as well; with more calls under way ADDs, which may wait for
 * their network and their turn, have workers of their own, so that DEL never waits behind them. Everything else that is asked for while all are busy and the queue is full is told to come again.
 */
public final class CniServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(CniServer.class.getName());
    private static final int SOCKET_MODE = 0600;
    private static final int BACKLOG = 128;
    private static final int READERS = 16;
    /** While no more than these are busy each carries out what it read: another thread takes its time to wake. */
    private static final int FEW = 4;
    /** Most of them wait: for their network, then for their turn. */
    private static final int ADDERS = 128;

    private static final int OTHERS = 4;
    private static final int QUEUE = 256;
    private static final int REQUEST_WAIT_MS = 2_000;
    private static final int PATIENCE_MS = 20;
    private static final int STOP_WAIT_S = 10;
    /** An ADD that waited so long in the queue is not begun: the shim gives up at 30 s and nobody would hear the answer. */
    private static final long QUEUED_LIMIT_MS = 20_000;

    /** What goes on at the socket, for the metrics. Any thread. */
    public interface Observer {
        void answered(String verb, int code, long nanos);

        void refused(String why);
    }

    // set once
    private final UnixServerSocket socket;
    private final CniVerbs verbs;
    private final Observer observer;
    private final int allowedUid;
    private final Workers readers = new Workers("cni-read-", READERS, QUEUE);
    private final Workers adders = new Workers("cni-add-", ADDERS, QUEUE);
    private final Workers others = new Workers("cni-", OTHERS, QUEUE);
    private final Thread acceptor;

    private CniServer(UnixServerSocket socket, CniVerbs verbs, Observer observer, int allowedUid) {
        this.socket = socket;
        this.verbs = verbs;
        this.observer = observer;
        this.allowedUid = allowedUid;
        this.acceptor = Thread.ofPlatform().name("cni-accept").unstarted(this::accept);
    }

    /**
     * Starts to serve.
     *
     * @param path of the socket; its directory is made, and closed to all but root, when it does not exist
     * @param missing what keeps this node from serving the primary network; empty when nothing does
     */
    public static CniServer start(
            Path path, Attachments attachments, java.util.function.Supplier<String> missing, Observer observer)
            throws IOException {
        return start(path, new CniVerbs(attachments, missing::get), observer, 0);
    }

    static CniServer start(Path path, CniVerbs verbs, Observer observer, int allowedUid) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        CniServer server =
                new CniServer(UnixServerSocket.listen(path, SOCKET_MODE, BACKLOG), verbs, observer, allowedUid);
        server.acceptor.start();
        return server;
    }

    private void accept() {
        boolean failing = false;
        while (true) {
            try {
                UnixConnection caller = socket.accept();
                if (caller == null) {
                    return;
                }
                failing = false;
                admit(caller);
            } catch (IOException | RuntimeException e) {
                LOG.log(failing ? Level.DEBUG : Level.WARNING, "accepting a call failed: {0}", e.getMessage());
                failing = true;
                pause(); // out of descriptors or memory: not in a circle
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void admit(UnixConnection caller) throws IOException {
        if (caller.peerCredentials().uid() != allowedUid) {
            observer.refused("uid");
            caller.close();
            return;
        }
        submit(readers, caller, () -> read(caller));
    }

    /** Runs a task that then owns the connection; without a free place the connection is closed, and the shim asks again. */
    private void submit(Workers pool, UnixConnection caller, Runnable task) {
        try {
            pool.execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError e) { // the latter when no thread is to be had
            observer.refused("busy");
            caller.close();
        }
    }

    private void read(UnixConnection caller) {
        try {
            byte[] bytes = receive(caller);
            if (bytes == null) {
                observer.refused("length");
                caller.close();
                return;
            }
            dispatch(caller, bytes);
        } catch (IOException | RuntimeException e) {
            observer.refused("reading");
            caller.close();
        }
    }

    /** @return null when more is announced than may be */
    private byte[] receive(UnixConnection caller) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REQUEST_WAIT_MS);
        byte[] head = new byte[Integer.BYTES];
        receiveAll(caller, head, until);
        int length = ByteBuffer.wrap(head).getInt();
        if (length < 0 || length > CniRequest.LIMIT_BYTES) {
            return null;
        }
        byte[] body = new byte[length];
        receiveAll(caller, body, until);
        return body;
    }

    /** Waits patiently while nobody else does; a caller who says nothing while others queue is cut off at once. */
    private void receiveAll(UnixConnection caller, byte[] into, long until) throws IOException {
        caller.timeout(PATIENCE_MS);
        int have = 0;
        while (have < into.length) {
            try {
                int got = caller.receive(into, have, into.length - have);
                if (got < 0) {
                    throw new IOException("the caller went away");
                }
                have += got;
            } catch (LinuxException e) {
                if (e.errno() != Errno.ETIMEDOUT || readers.crowded() || System.nanoTime() - until >= 0) {
                    throw e;
                }
            }
        }
    }

    private void dispatch(UnixConnection caller, byte[] bytes) {
        long startedNs = System.nanoTime();
        CniRequest request;
        try {
            request = CniRequest.read(bytes);
        } catch (CniException e) {
            answer(caller, e.code(), CniResult.error(e, CniRequest.versionOf(bytes)));
            observer.answered("invalid", e.code(), System.nanoTime() - startedNs);
            return;
        }
        Runnable task = () -> carryOut(caller, request, startedNs);
        if (request.verb() == CniRequest.Verb.STATUS || readers.getActiveCount() <= FEW) {
            task.run();
        } else {
            submit(request.verb() == CniRequest.Verb.ADD ? adders : others, caller, task);
        }
    }

    private void carryOut(UnixConnection caller, CniRequest request, long startedNs) {
        int code = 0;
        String text;
        try (NetworkNamespace namespace = namespaceOf(caller)) {
            refuseLate(request, startedNs);
            text = verbs.carryOut(request, namespace);
        } catch (CniException e) {
            code = e.code();
            text = CniResult.error(e, request.version());
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, request.verb() + " " + request.key() + " failed", e);
            code = CniException.INTERNAL;
            text = CniResult.error(
                    new CniException(
                            code, "the node agent failed: " + e.getClass().getSimpleName(), "see its log"),
                    request.version());
        } catch (NetworkNamespace.NoWayBackError e) {
            caller.close();
            throw e; // this thread ends
        }
        answer(caller, code, text);
        long nanos = System.nanoTime() - startedNs;
        observer.answered(request.verb().name(), code, nanos);
        if (request.verb() != CniRequest.Verb.STATUS) {
            LOG.log(
                    code == 0 ? Level.INFO : Level.WARNING,
                    "{0} {1} {2}: {3} in {4} ms{5}",
                    request.verb(),
                    request.key() == null ? request.cniName() : request.key(),
                    request.args().pod(),
                    code == 0 ? "done" : "code " + code,
                    TimeUnit.NANOSECONDS.toMillis(nanos),
                    request.trace().isEmpty() ? "" : " trace " + request.trace());
        }
    }

    private static void refuseLate(CniRequest request, long startedNs) throws CniException {
        long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNs);
        if (request.verb() == CniRequest.Verb.ADD && waitedMs > QUEUED_LIMIT_MS) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "too many pods are being attached; waited " + waitedMs + " ms for a turn");
        }
    }

    /** @return null when none came, or something else than a network namespace */
    private static NetworkNamespace namespaceOf(UnixConnection caller) {
        Descriptor came = caller.takeDescriptor();
        try {
            return came == null ? null : NetworkNamespace.adopt(came);
        } catch (IOException e) {
            return null;
        }
    }

    /** A caller that has gone meanwhile asks again, or deletes; either finds the record. */
    private static void answer(UnixConnection caller, int code, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] whole = ByteBuffer.allocate(2 * Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .putInt(code == 0 ? 0 : 1)
                .put(bytes)
                .array();
        try (caller) {
            caller.timeout(REQUEST_WAIT_MS);
            caller.send(whole, 0, whole.length);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "an answer was not taken: {0}", e.getMessage());
        }
    }

    /** Takes no more calls, and lets those that run end. */
    @Override
    public void close() {
        socket.close();
        readers.shutdown();
        adders.shutdown();
        others.shutdown();
        try {
            acceptor.join(TimeUnit.SECONDS.toMillis(1));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_WAIT_S);
            for (Workers pool : new Workers[] {readers, adders, others}) {
                if (!pool.awaitTermination(until - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    LOG.log(Level.WARNING, "calls are cut off by the end of this process; the next start undoes them");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
