package io.wirecloset.kindtests.lab;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.zip.CRC32C;

/** Moves bytes over one TCP connection from a host to another and compares their checksum at the far end. */
public final class Transfer {
    private static final int CHUNK_BYTES = 1 << 18;
    private static final int PATIENCE_MS = 60_000;

    private static final Executor THREADS = r -> Thread.ofPlatform().daemon().start(r);

    private Transfer() {}

    /** What was moved, unharmed. */
    public record Moved(long bytes, double seconds) {
        public double megabytesPerSecond() {
            return bytes / 1e6 / seconds;
        }
    }

    /** @param address of the receiver, as the sender sees it */
    public static Moved bytes(Host from, Host to, String address, long bytes) {
        return move(from, to, address, bytes, Long.MAX_VALUE);
    }

    /** As many bytes as go through in that time. */
    public static Moved during(Host from, Host to, String address, Duration time) {
        return move(from, to, address, Long.MAX_VALUE, time.toNanos());
    }

    private static Moved move(Host from, Host to, String address, long bytes, long nanos) {
        try (ServerSocket server = Tcp.listen(to, address, 0);
                Socket s = Tcp.connect(from, address, server.getLocalPort())) {
            CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> receive(server), THREADS);
            long start = System.nanoTime();
            long sum = send(s, bytes, start, nanos);
            long sent = new DataInputStream(s.getInputStream()).readLong();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (received.join() != sum) {
                throw new IllegalStateException("the bytes from " + from.name() + " to " + to.name() + " were changed");
            }
            return new Moved(sent, seconds);
        } catch (IOException e) {
            throw new UncheckedIOException(from.name() + " to " + to.name() + ": " + e.getMessage(), e);
        }
    }

    /** @return the checksum of what was sent */
    private static long send(Socket s, long bytes, long startNanos, long nanos) throws IOException {
        DataOutputStream out = new DataOutputStream(s.getOutputStream());
        CRC32C sum = new CRC32C();
        byte[] chunk = new byte[CHUNK_BYTES];
        SplittableRandom random = new SplittableRandom(42);
        random.nextBytes(chunk);
        for (long left = bytes; left > 0 && System.nanoTime() - startNanos < nanos; ) {
            chunk[random.nextInt(chunk.length)]++;
            int n = (int) Math.min(left, chunk.length);
            sum.update(chunk, 0, n);
            out.write(chunk, 0, n);
            left -= n;
        }
        s.shutdownOutput();
        return sum.getValue();
    }

    /** Answers with how many bytes came. @return their checksum */
    private static long receive(ServerSocket server) {
        try (Socket s = server.accept()) {
            s.setSoTimeout(PATIENCE_MS);
            CRC32C sum = new CRC32C();
            byte[] chunk = new byte[CHUNK_BYTES];
            long all = 0;
            for (int n; (n = s.getInputStream().read(chunk)) >= 0; all += n) {
                sum.update(chunk, 0, n);
            }
            new DataOutputStream(s.getOutputStream()).writeLong(all);
            return sum.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
