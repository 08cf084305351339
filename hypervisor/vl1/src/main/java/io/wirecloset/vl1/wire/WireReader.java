package io.wirecloset.vl1.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Reads big-endian fields one after the other from a range of bytes it borrows. Every read beyond the range throws
 * {@link MalformedException}; nothing is allocated for a length before that many bytes are known to be there.
 */
public final class WireReader {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] buffer;
    private final int start;
    private final int end;
    private int next;

    public WireReader(byte[] buffer) {
        this(buffer, 0, buffer.length);
    }

    public WireReader(byte[] buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        this.buffer = buffer;
        this.start = offset;
        this.next = offset;
        this.end = offset + length;
    }

    public int u8() {
        return buffer[advance(1)] & 0xff;
    }

    public int u16() {
        return (short) SHORT.get(buffer, advance(2)) & 0xffff;
    }

    public long u32() {
        return (int) INT.get(buffer, advance(4)) & 0xffff_ffffL;
    }

    public long u64() {
        return (long) LONG.get(buffer, advance(8));
    }

    /** A node address, 5 bytes. Reserved ones are returned as they are. */
    public long address() {
        return Addresses.get(buffer, advance(Wire.ADDRESS_BYTES));
    }

    public byte[] bytes(int count) {
        int from = advance(count);
        byte[] copy = new byte[count];
        System.arraycopy(buffer, from, copy, 0, count);
        return copy;
    }

    public void bytes(byte[] into, int offset, int count) {
        System.arraycopy(buffer, advance(count), into, offset, count);
    }

    public void skip(int count) {
        advance(count);
    }

    /** The next {@code count} bytes as a reader of their own, over the same array; this reader goes on behind them. */
    public WireReader slice(int count) {
        return new WireReader(buffer, advance(count), count);
    }

    public int remaining() {
        return end - next;
    }

    public boolean hasRemaining() {
        return next < end;
    }

    /** Bytes read so far. */
    public int position() {
        return next - start;
    }

    /** Index of the next byte in {@link #buffer()}. */
    public int offset() {
        return next;
    }

    /** The borrowed array itself. */
    public byte[] buffer() {
        return buffer;
    }

    private int advance(int count) {
        int from = next;
        if (count < 0 || count > end - from) {
            throw new MalformedException("truncated");
        }
        next = from + count;
        return from;
    }
}
