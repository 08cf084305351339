package io.wirecloset.kindtests.lab;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Moves bytes over one TCP connection and compares their checksum at the far end. {@code receive PORT} waits for one
 * connection and answers with what it counted; {@code send ADDRESS PORT BYTES} sends and prints megabytes per second.
 */
public final class Transfer {
    private static final int CHUNK_BYTES = 1 << 18;
    private static final int PATIENCE_MS = 60_000;

    private Transfer() {}

    public static void main(String[] args) throws IOException {
        switch (args.length > 0 ? args[0] : "") {
            case "receive" -> receive(Integer.parseInt(args[1]));
            case "send" -> send(args[1], Integer.parseInt(args[2]), Long.parseLong(args[3]));
            default -> {
                System.err.println("usage: Transfer receive PORT | send ADDRESS PORT BYTES");
                System.exit(2);
            }
        }
    }

    private static void receive(int port) throws IOException {
        try (ServerSocket server = new ServerSocket()) {
            server.setSoTimeout(PATIENCE_MS);
            server.bind(new InetSocketAddress(InetAddress.ofLiteral("::"), port));
            System.out.println("listening");
            try (Socket s = server.accept()) {
                s.setSoTimeout(PATIENCE_MS);
                DataInputStream in = new DataInputStream(s.getInputStream());
                long wanted = in.readLong();
                CRC32C crc = new CRC32C();
                byte[] chunk = new byte[CHUNK_BYTES];
                for (long left = wanted; left > 0; ) {
                    int n = in.read(chunk, 0, (int) Math.min(left, chunk.length));
                    if (n < 0) {
                        throw new IOException("connection ended " + left + " bytes early");
                    }
                    crc.update(chunk, 0, n);
                    left -= n;
                }
                new DataOutputStream(s.getOutputStream()).writeLong(crc.getValue());
            }
        }
    }

    private static void send(String address, int port, long bytes) throws IOException {
        try (Socket s = new Socket()) {
            s.connect(new InetSocketAddress(address, port), PATIENCE_MS);
            s.setSoTimeout(PATIENCE_MS);
            DataOutputStream out = new DataOutputStream(s.getOutputStream());
            CRC32C crc = new CRC32C();
            byte[] chunk = new byte[CHUNK_BYTES];
            SplittableRandom random = new SplittableRandom(42);
            long start = System.nanoTime();
            out.writeLong(bytes);
            for (long left = bytes; left > 0; ) {
                random.nextBytes(chunk);
                int n = (int) Math.min(left, chunk.length);
                crc.update(chunk, 0, n);
                out.write(chunk, 0, n);
                left -= n;
            }
            long theirs = new DataInputStream(s.getInputStream()).readLong();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (theirs != crc.getValue()) {
                throw new IOException("checksum differs: the bytes were changed on the way");
            }
            System.out.printf("%.1f%n", bytes / 1e6 / seconds);
        }
    }
}
