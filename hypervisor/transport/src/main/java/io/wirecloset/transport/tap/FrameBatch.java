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
 * Frames on their way to the host, in native memory, each behind its vnet header. One thread; the queue they leave by may
 * be shared.
 */
final class FrameBatch {
    private static final int ETHERNET_BYTES = 14;
    private static final int ROOM_BYTES = 128 * 1024;
    private static final int FRAMES_LIMIT = 128;

    private final Descriptor queue;
    private final Tally<TapCount> counts;
    private final MemorySegment bytes = Arena.ofAuto().allocate(ROOM_BYTES, 8);
    /** Where each frame's vnet header begins; behind the last, where the next one will. */
    private final int[] begins = new int[FRAMES_LIMIT + 1];

    private int count;

    FrameBatch(Descriptor queue, Tally<TapCount> counts) {
        this.queue = queue;
        this.counts = counts;
    }

    /** Takes a copy; a full batch leaves first. */
    void add(byte[] slot, int at, int length) {
        if (length < ETHERNET_BYTES || length > Slab.CAPACITY_BYTES) {
            counts.count(TapCount.DROPPED_LENGTH);
            return;
        }
        if (count == FRAMES_LIMIT || begins[count] + VnetHeader.LENGTH + length > ROOM_BYTES) {
            flush();
        }
        int begin = begins[count];
        for (int i = 0; i < VnetHeader.LENGTH; i++) {
            bytes.set(JAVA_BYTE, begin + i, (byte) 0);
        }
        MemorySegment.copy(slot, at, bytes, JAVA_BYTE, begin + VnetHeader.LENGTH, length);
        count++;
        begins[count] = begin + VnetHeader.LENGTH + length;
    }

    /** Writes all there is; what the kernel does not take is lost and counted. */
    void flush() {
        if (count == 0) {
            return;
        }
        if (queue.enter()) {
            try {
                write(queue.fdInside());
            } finally {
                queue.leave();
            }
        } else {
            counts.add(TapCount.DROPPED_GONE, count);
        }
        count = 0;
    }

    private void write(int fd) {
        for (int i = 0; i < count; i++) {
            int length = begins[i + 1] - begins[i];
            long done = FileCalls.write(fd, bytes, begins[i], length);
            counts.count(TapCount.WRITE_CALLS);
            if (done > 0) {
                counts.count(TapCount.WRITTEN_FRAMES);
                counts.add(TapCount.WRITTEN_BYTES, length - VnetHeader.LENGTH);
            } else {
                counts.count(lost((int) -done));
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
