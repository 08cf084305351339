package io.wirecloset.vl2;

import java.util.Collection;
import java.util.function.ToLongFunction;

/**
 * An immutable index from a 64-bit key to a value, for lookups on the frame path: no boxing, no allocation, one array
 * walk. Built whole by the control loop, read by every lane.
 */
final class LongTable<V> {
    private final long[] keys;
    private final Object[] values;
    private final int mask;
    private final int size;

    LongTable(Collection<V> entries, ToLongFunction<V> keyOf) {
        int capacity = Integer.highestOneBit(Math.max(4, entries.size() * 2) - 1) << 1;
        keys = new long[capacity];
        values = new Object[capacity];
        mask = capacity - 1;
        size = entries.size();
        for (V entry : entries) {
            long key = keyOf.applyAsLong(entry);
            int i = slot(key);
            while (values[i] != null) {
                i = (i + 1) & mask;
            }
            keys[i] = key;
            values[i] = entry;
        }
    }

    @SuppressWarnings("unchecked") // only V is ever put in
    V find(long key) {
        for (int i = slot(key); values[i] != null; i = (i + 1) & mask) {
            if (keys[i] == key) {
                return (V) values[i];
            }
        }
        return null;
    }

    int size() {
        return size;
    }

    private int slot(long key) {
        long h = key * 0x9e3779b97f4a7c15L; // Fibonacci hashing: neighbouring ids spread over the table
        return (int) (h >>> 40) & mask;
    }
}
