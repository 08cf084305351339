package io.wirecloset.vl2.ethernet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian fields at a place in a slot, for the frame path: no object, no cursor, bounds checked by the array. */
public final class Bytes {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    public static int u16(byte[] b, int at) {
        return (short) SHORT.get(b, at) & 0xffff;
    }

    public static int u32(byte[] b, int at) {
        return (int) INT.get(b, at);
    }

    public static long u64(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    public static void putU16(byte[] b, int at, int value) {
        SHORT.set(b, at, (short) value);
    }

    public static void putU32(byte[] b, int at, int value) {
        INT.set(b, at, value);
    }

    public static void putU64(byte[] b, int at, long value) {
        LONG.set(b, at, value);
    }
}
