package io.wirecloset.vl1.wire;

/** Network ids: 64 bits in a {@code long}, 16 hex digits as text. The top 40 bits are the address of the controller. */
public final class NetworkIds {
    private NetworkIds() {}

    /** @throws MalformedException unless these are 16 hex digits */
    public static long parse(String text) {
        return Hex.parse(text, 16);
    }

    public static String format(long networkId) {
        return Hex.format(networkId, 16);
    }

    public static long controllerOf(long networkId) {
        return networkId >>> 24;
    }
}
