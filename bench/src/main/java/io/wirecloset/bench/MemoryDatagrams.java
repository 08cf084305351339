package io.wirecloset.bench;

import io.wirecloset.engine.DatagramPort;
import io.wirecloset.engine.DatagramSender;
import io.wirecloset.engine.Slab;
import io.wirecloset.vl1.wire.Endpoint;

/** One end of a wire of memory: a lane's port and the control loop's sender, with room for some batches: what
 * comes while it is full is lost. Allocates nothing. */
final class MemoryDatagrams implements DatagramPort, DatagramSender {
    static final int SOCKET = 0;
    /** A power of two. */
    private static final int ROOM = 1024;

    private final Endpoint own;
    private final byte[][] waiting = new byte[ROOM][];
    private final int[] lengths = new int[ROOM];
    private MemoryDatagrams other;
    private int cleared;
    private int read;
    private int written;

    private MemoryDatagrams(Endpoint own) {
        this.own = own;
        for (int i = 0; i < ROOM; i++) waiting[i] = new byte[2048];
    }

    static MemoryDatagrams[] pair() {
        MemoryDatagrams left = new MemoryDatagrams(Endpoint.parse("198.51.100.1/9993"));
        MemoryDatagrams right = new MemoryDatagrams(Endpoint.parse("198.51.100.2/9993"));
        left.other = right;
        right.other = left;
        return new MemoryDatagrams[] {left, right};
    }

    Endpoint endpoint() {
        return own;
    }

    /** How many wait here. */
    int waiting() {
        return written - read;
    }

    /** What waits here, and what was read already, is forgotten. */
    void clear() {
        read = written;
        cleared = written;
    }

    /** What was read since the last {@link #clear} waits once more. */
    void replay() {
        read = cleared;
    }

    @Override
    public int poll(Slab slab, Sink sink, int limit, long nowMs) {
        int count = 0;
        for (; count < limit && read < written; count++, read++) {
            byte[] slot = slab.slot(count % slab.slots());
            int length = lengths[read & ROOM - 1];
            System.arraycopy(waiting[read & ROOM - 1], 0, slot, Slab.HEAD_ROOM_BYTES, length);
            sink.datagram(SOCKET, other.own, slot, Slab.HEAD_ROOM_BYTES, length);
        }
        return count;
    }

    @Override
    public void add(int socket, Endpoint to, byte[] slot, int at, int length) {
        if (to.equals(other.own)) other.take(slot, at, length);
    }

    private void take(byte[] bytes, int at, int length) {
        if (written - read == ROOM) return;
        System.arraycopy(bytes, at, waiting[written & ROOM - 1], 0, length);
        lengths[written++ & ROOM - 1] = length;
    }

    @Override
    public void flush() {}

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public void send(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
        add(socket, to, bytes, offset, length);
    }
}
