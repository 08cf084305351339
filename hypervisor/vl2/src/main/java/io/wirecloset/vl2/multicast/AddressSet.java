package io.wirecloset.vl2.multicast;

import io.wirecloset.vl1.crypto.RandomSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A set of node addresses from which some can be drawn at random in time proportional to how many are drawn. */
final class AddressSet {
    private long[] addresses = new long[4];
    private final Map<Long, Integer> indices = new HashMap<>();
    private int size;

    boolean add(long address) {
        if (indices.putIfAbsent(address, size) != null) {
            return false;
        }
        if (size == addresses.length) {
            addresses = Arrays.copyOf(addresses, 2 * size);
        }
        addresses[size++] = address;
        return true;
    }

    void remove(long address) {
        Integer index = indices.remove(address);
        if (index == null) {
            return;
        }
        long last = addresses[--size];
        if (index != size) {
            addresses[index] = last;
            indices.put(last, index);
        }
    }

    int size() {
        return size;
    }

    /** Shuffles as many to the front as are wanted, and returns them. */
    long[] pick(int limit, long except, RandomSource random) {
        int wanted = Math.min(size, limit);
        long[] picked = new long[wanted];
        int count = 0;
        for (int i = 0; i < size && count < wanted; i++) {
            swap(i, i + random.nextInt(size - i));
            if (addresses[i] != except) {
                picked[count++] = addresses[i];
            }
        }
        return count == wanted ? picked : Arrays.copyOf(picked, count);
    }

    private void swap(int i, int j) {
        long a = addresses[i];
        long b = addresses[j];
        addresses[i] = b;
        addresses[j] = a;
        indices.put(b, i);
        indices.put(a, j);
    }
}
