package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Numbered datagrams, a hundred a second, that a far end sends back, for as long as it is open. */
public final class DatagramStream implements AutoCloseable {
    public static final int EVERY_MS = 10;
    private static final int GLANCE_MS = 200;
    private static final int PATIENCE_MS = 60_000;

    private final DatagramSocket far;
    private final DatagramSocket near;
    private final Thread echo;
    private final Thread sending;
    private final Thread hearing;
    private volatile long sent;
    private volatile long answered;
    private volatile long longestGapNanos;
    private volatile boolean closing;

    private DatagramStream(DatagramSocket near, DatagramSocket far) {
        this.near = near;
        this.far = far;
        this.echo = Thread.ofPlatform().daemon().name("echo").start(this::echo);
        this.hearing = Thread.ofPlatform().daemon().name("hearing").start(this::hear);
        this.sending = Thread.ofPlatform().daemon().name("sending").start(this::send);
    }

    public static DatagramStream open(Host from, Host to, String address) {
        DatagramSocket far = Namespaces.in(
                to.namespacePath(), () -> new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0)));
        DatagramSocket near = Namespaces.in(from.namespacePath(), () -> {
            DatagramSocket socket = new DatagramSocket();
            socket.connect(far.getLocalSocketAddress());
            return socket;
        });
        return new DatagramStream(near, far);
    }

    private void echo() {
        DatagramPacket p = new DatagramPacket(new byte[Long.BYTES], Long.BYTES);
        while (!closing) {
            try {
                far.setSoTimeout(GLANCE_MS);
                far.receive(p);
                far.send(p);
            } catch (IOException e) {
                // nothing came for a while, or it is over
            }
        }
    }

    private void send() {
        byte[] number = new byte[Long.BYTES];
        while (!closing) {
            try {
                ByteBuffer.wrap(number).putLong(sent);
                near.send(new DatagramPacket(number, number.length));
            } catch (IOException e) {
                // as good as lost
            }
            sent++;
            try {
                TimeUnit.MILLISECONDS.sleep(EVERY_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void hear() {
        DatagramPacket p = new DatagramPacket(new byte[Long.BYTES], Long.BYTES);
        long last = 0;
        while (!closing) {
            try {
                near.setSoTimeout(GLANCE_MS);
                near.receive(p);
                long now = System.nanoTime();
                longestGapNanos = last == 0 ? 0 : Math.max(longestGapNanos, now - last);
                last = now;
                answered++;
            } catch (IOException e) {
                // nothing came for a while, or it is over
            }
        }
    }

    public long answers() {
        return answered;
    }

    /** Times a datagram went out and did not come back. */
    public long lost() {
        return sent - answered;
    }

    /** The longest time between two answers. */
    public long longestGapMs() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNanos);
    }

    @Override
    public void close() {
        closing = true;
        try {
            for (Thread one : new Thread[] {sending, hearing, echo}) {
                one.join(PATIENCE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        near.close();
        far.close();
    }
}
