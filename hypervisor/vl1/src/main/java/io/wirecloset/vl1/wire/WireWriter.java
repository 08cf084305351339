package io.wirecloset.vl1.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes big-endian fields one after the other: into an array of its own that grows up to
 * {@link Limits#WRITER_BYTES}, or into a range of a borrowed one that does not. Writing more is an error of the caller:
 * {@link IllegalStateException}.
 */
public final class WireWriter {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int start;
    private final int limit;
    private final boolean grows;
    private byte[] buffer;
    private int next;

    /**
     * Writes into a growing array of its own.
     *
     * @param capacity bytes to begin with
     */
    public WireWriter(int capacity) {
        this.buffer = new byte[Math.min(capacity, Limits.WRITER_BYTES)];
        this.start = 0;
        this.limit = Limits.WRITER_BYTES;
        this.grows = true;
    }

    /**
     * Writes into {@code buffer[offset..limit)}.
     *
     * @param limit index behind the last byte that may be written
     */
    public WireWriter(byte[] buffer, int offset, int limit) {
        Objects.checkFromToIndex(offset, limit, buffer.length);
        this.buffer = buffer;
        this.start = offset;
        this.next = offset;
        this.limit = limit;
        this.grows = false;
    }

    public WireWriter u8(int value) {
        int at = advance(1);
        buffer[at] = (byte) value;
        return this;
    }

    public WireWriter u16(int value) {
        int at = advance(2);
        SHORT.set(buffer, at, (short) value);
        return this;
    }

    public WireWriter u32(long value) {
        int at = advance(4);
        INT.set(buffer, at, (int) value);
        return this;
    }

    public WireWriter u64(long value) {
        int at = advance(8);
        LONG.set(buffer, at, value);
        return this;
    }

    /** A node address, 5 bytes. */
    public WireWriter address(long address) {
        int at = advance(Wire.ADDRESS_BYTES);
        Addresses.put(buffer, at, address);
        return this;
    }

    public WireWriter bytes(byte[] from) {
        return bytes(from, 0, from.length);
    }

    public WireWriter bytes(byte[] from, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, from.length);
        int at = advance(count);
        System.arraycopy(from, offset, buffer, at, count);
        return this;
    }

    public WireWriter zeros(int count) {
        int at = advance(count);
        Arrays.fill(buffer, at, at + count, (byte) 0);
        return this;
    }

    /**
     * Overwrites two bytes written before, as lengths are that are known only later.
     *
     * @param position as {@link #length()} was then
     */
    public WireWriter u16At(int position, int value) {
        Objects.checkFromIndexSize(position, 2, length());
        SHORT.set(buffer, start + position, (short) value);
        return this;
    }

    /** Bytes written so far. */
    public int length() {
        return next - start;
    }

    /** A copy of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(buffer, start, next);
    }

    /** The array written to; changes when a growing writer grows. */
    public byte[] buffer() {
        return buffer;
    }

    /** Index of the first byte written in {@link #buffer()}. */
    public int offset() {
        return start;
    }

    /** Forgets what was written. */
    public void reset() {
        next = start;
    }

    private int advance(int count) {
        int at = next;
        if (count < 0 || count > limit - at) {
            throw new IllegalStateException("no room for " + count + " more bytes behind " + length());
        }
        if (grows && count > buffer.length - at) {
            buffer = Arrays.copyOf(buffer, Math.clamp(2L * buffer.length, at + count, limit));
        }
        next = at + count;
        return at;
    }
}
