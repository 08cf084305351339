package io.wirecloset.engine;

import io.wirecloset.vl1.Stage;
import io.wirecloset.vl1.wire.Endpoint;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * From one lane to the control loop: packets and frames the lane may not finish, whole and in the order in which they
 * came. A ring of records of any length in memory of its own; one thread offers, one drains, nothing is allocated.
 *
 * <pre>
 *   record, aligned to 64 bytes
 *   0  4  bytes up to the next record
 *   4  4  kind; or "the rest of the ring is empty, go on at its start"
 *   8  4  logical socket; of packets to send the verb
 *  12  4  length of the payload
 *  16  8  network id (frames, packets to send)
 *  24  8  node address (packets to send)
 *  64  …  payload, then slack for what opens packets in place
 * </pre>
 *
 * Data may fill only a part of it and strangers' packets only a larger part, so that neither keeps out what an
 * authenticated peer tells the control loop.
 */
final class Mailbox {
    /** How much of the ring may be in use after a record of this kind went in. */
    enum Share {
        /** Frames, and packets that carry frames. */
        DATA(2),
        /** Packets nobody has authenticated yet, greetings and what is relayed, and those that may be repetitions. */
        SEALED(3),
        /** Authenticated packets that the control loop alone understands. */
        CONTROL(4);

        private final int quarters;

        Share(int quarters) {
            this.quarters = quarters;
        }
    }

    /** Who takes what was offered. Bytes are borrowed until return and may be changed, head room and slack included. */
    interface Sink {
        void packet(Stage stage, int socket, Endpoint from, byte[] bytes, int at, int length);

        void frame(long networkId, byte[] bytes, int at, int length);

        void toSend(long networkId, long to, int verb, byte[] bytes, int at, int length);
    }

    private static final int ALIGNMENT = 64;
    private static final int SIZE = 0;
    private static final int KIND = 4;
    private static final int SOCKET = 8;
    private static final int LENGTH = 12;
    private static final int NETWORK = 16;
    private static final int TO = 24;
    private static final int PAYLOAD = 64;

    /** The kinds of packets are their stages' numbers; the others follow. */
    private static final Stage[] STAGES = Stage.values();

    private static final int KIND_FRAME = STAGES.length;
    private static final int KIND_TO_SEND = KIND_FRAME + 1;
    private static final int KIND_WRAP = KIND_FRAME + 2;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle DRAINED = position("drained");
    private static final VarHandle OFFERED = position("offered");

    // set once
    private final byte[] ring;
    /** Beside the ring, one cell per place where a record can begin. */
    private final Endpoint[] endpoints;

    // written by the lane
    @SuppressWarnings("UnusedVariable") // by its handle
    private volatile long offered;

    private long drainedSeen;

    // written by the control loop
    @SuppressWarnings("UnusedVariable") // by its handle
    private volatile long drained;

    /** @param bytes rounded up to a power of two, at least 64 KiB */
    Mailbox(int bytes) {
        int capacity = Integer.highestOneBit(Math.max(bytes, 1 << 16) - 1) << 1;
        ring = new byte[capacity];
        endpoints = new Endpoint[capacity / ALIGNMENT];
    }

    /** @return false: no room, nothing was done */
    boolean offerPacket(Share share, Stage stage, int socket, Endpoint from, byte[] slot, int at, int length) {
        return offer(stage.ordinal(), share, socket, from, 0, 0, slot, at, length);
    }

    boolean offerFrame(long networkId, byte[] slot, int at, int length) {
        return offer(KIND_FRAME, Share.DATA, 0, null, networkId, 0, slot, at, length);
    }

    /** A packet's payload, to be sent as it is. */
    boolean offerToSend(long networkId, long to, int verb, byte[] slot, int at, int length) {
        return offer(KIND_TO_SEND, Share.DATA, verb, null, networkId, to, slot, at, length);
    }

    private boolean offer(
            int kind,
            Share share,
            int socketOrVerb,
            Endpoint from,
            long networkId,
            long to,
            byte[] slot,
            int at,
            int length) {
        long begin = (long) OFFERED.get(this);
        int size = PAYLOAD + length + Slab.SLACK_BYTES + ALIGNMENT - 1 & -ALIGNMENT;
        int offset = (int) begin & ring.length - 1;
        int toEnd = ring.length - offset;
        int skipped = size > toEnd ? toEnd : 0;
        if (!hasRoom(begin + skipped + size, ring.length / 4 * share.quarters)) return false;
        if (skipped > 0) {
            INT.set(ring, offset + SIZE, skipped);
            INT.set(ring, offset + KIND, KIND_WRAP);
            offset = 0;
        }
        INT.set(ring, offset + SIZE, size);
        INT.set(ring, offset + KIND, kind);
        INT.set(ring, offset + SOCKET, socketOrVerb);
        INT.set(ring, offset + LENGTH, length);
        LONG.set(ring, offset + NETWORK, networkId);
        LONG.set(ring, offset + TO, to);
        System.arraycopy(slot, at, ring, offset + PAYLOAD, length);
        endpoints[offset / ALIGNMENT] = from;
        OFFERED.setRelease(this, begin + skipped + size);
        return true;
    }

    private boolean hasRoom(long end, int allowed) {
        if (end - drainedSeen <= allowed) return true;
        drainedSeen = (long) DRAINED.getAcquire(this);
        return end - drainedSeen <= allowed;
    }

    boolean isEmpty() {
        return (long) DRAINED.getAcquire(this) == (long) OFFERED.getAcquire(this);
    }

    /** Hands over what waits, oldest first. @return how many records, at most {@code limit} */
    int drain(Sink sink, int limit) {
        long end = (long) OFFERED.getAcquire(this);
        long position = (long) DRAINED.get(this);
        int count = 0;
        while (count < limit && position != end) {
            int offset = (int) position & ring.length - 1;
            if (deliver(sink, offset)) count++;
            position += (int) INT.get(ring, offset + SIZE);
            DRAINED.setRelease(this, position);
        }
        return count;
    }

    private boolean deliver(Sink sink, int offset) {
        int kind = (int) INT.get(ring, offset + KIND);
        if (kind == KIND_WRAP) return false;
        int socket = (int) INT.get(ring, offset + SOCKET);
        int length = (int) INT.get(ring, offset + LENGTH);
        int at = offset + PAYLOAD;
        Endpoint from = endpoints[offset / ALIGNMENT];
        if (kind < STAGES.length) {
            sink.packet(STAGES[kind], socket, from, ring, at, length);
        } else if (kind == KIND_FRAME) {
            sink.frame((long) LONG.get(ring, offset + NETWORK), ring, at, length);
        } else {
            long networkId = (long) LONG.get(ring, offset + NETWORK);
            sink.toSend(networkId, (long) LONG.get(ring, offset + TO), socket, ring, at, length);
        }
        return true;
    }

    private static VarHandle position(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(Mailbox.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
