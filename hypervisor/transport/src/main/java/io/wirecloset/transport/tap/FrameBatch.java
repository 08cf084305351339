package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.wirecloset.engine.Slab;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.Tally;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Frames on their way to the host, in native memory, each behind its vnet header; consecutive ones of one TCP stream become
 * one ({@link TcpRun}). One thread; the queue they leave by may be shared.
 */
final class FrameBatch {
    private static final int ETHERNET_BYTES = 14;
    private static final int ENTRIES_LIMIT = 128;

    private final Descriptor queue;
    private final Tally<TapCount> counts;
    private final TcpRun run = new TcpRun();
    private final MemorySegment bytes;
    /** Where each entry's vnet header begins; behind the last, where the next one will. */
    private final int[] begins = new int[ENTRIES_LIMIT + 1];
    /** How many frames each entry was, and their bytes. */
    private final int[] framesOf = new int[ENTRIES_LIMIT];

    private final int[] bytesOf = new int[ENTRIES_LIMIT];
    private int count;

    /** @param roomBytes for a frame at least */
    FrameBatch(Descriptor queue, Tally<TapCount> counts, int roomBytes) {
        this.queue = queue;
        this.counts = counts;
        this.bytes = Arena.ofAuto().allocate(roomBytes, 8);
    }

    /** Takes a copy; a full batch leaves first. */
    void add(byte[] slot, int at, int length) {
        if (length < ETHERNET_BYTES || length > Slab.CAPACITY_BYTES) {
            counts.count(TapCount.DROPPED_LENGTH);
            return;
        }
        if (begins[count] + VnetHeader.LENGTH + length > bytes.byteSize()) {
            flush();
        }
        int payload = count == 0 ? 0 : run.join(slot, at, length);
        if (payload > 0) {
            append(slot, at + payload, length - payload);
            framesOf[count - 1]++;
            bytesOf[count - 1] += length;
            return;
        }
        endRun();
        if (count == ENTRIES_LIMIT) {
            flush();
        }
        begin(slot, at, length);
        run.begin(slot, at, length);
    }

    private void begin(byte[] slot, int at, int length) {
        bytes.asSlice(begins[count], VnetHeader.LENGTH).fill((byte) 0);
        begins[count + 1] = begins[count] + VnetHeader.LENGTH;
        framesOf[count] = 1;
        bytesOf[count] = length;
        count++;
        append(slot, at, length);
    }

    /** Grows the last entry. */
    private void append(byte[] slot, int at, int length) {
        MemorySegment.copy(slot, at, bytes, JAVA_BYTE, begins[count], length);
        begins[count] += length;
    }

    private void endRun() {
        if (count > 0 && framesOf[count - 1] > 1) {
            run.finish(bytes, begins[count - 1]);
        }
    }

    /** Writes all there is; what the kernel does not take is lost and counted. */
    void flush() {
        if (count == 0) {
            return;
        }
        endRun();
        if (queue.enter()) {
            try {
                write(queue.fdInside());
            } finally {
                queue.leave();
            }
        } else {
            for (int i = 0; i < count; i++) {
                counts.add(TapCount.DROPPED_GONE, framesOf[i]);
            }
        }
        count = 0;
    }

    private void write(int fd) {
        for (int i = 0; i < count; i++) {
            long done = FileCalls.write(fd, bytes, begins[i], begins[i + 1] - begins[i]);
            counts.count(TapCount.WRITE_CALLS);
            if (done > 0) {
                counts.add(TapCount.WRITTEN_FRAMES, framesOf[i]);
                counts.add(TapCount.WRITTEN_BYTES, bytesOf[i]);
            } else {
                counts.add(lost((int) -done), framesOf[i]);
            }
        }
    }

    private static TapCount lost(int errno) {
        return switch (errno) {
            case Errno.EIO -> TapCount.DROPPED_DOWN;
            case Errno.EBADFD -> TapCount.DROPPED_GONE;
            case Errno.EAGAIN, Errno.ENOMEM, Errno.ENOBUFS -> TapCount.DROPPED_FULL;
            default -> TapCount.DROPPED_REFUSED;
        };
    }
}
