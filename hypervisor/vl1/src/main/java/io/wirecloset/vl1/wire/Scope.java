package io.wirecloset.vl1.wire;

/** How far an IP address reaches (notes on VL1, section 5.1). Of two usable ones the larger is preferred. */
public final class Scope {
    public static final int NONE = 0;
    public static final int MULTICAST = 1;
    public static final int LOOPBACK = 2;
    /** Public ranges of owners who do not announce them; often used like private ones. */
    public static final int PSEUDO_PRIVATE = 3;

    public static final int GLOBAL = 4;
    public static final int LINK_LOCAL = 5;
    public static final int SHARED = 6;
    public static final int PRIVATE = 7;

    private Scope() {}

    static int ofV4(int ip) {
        int first = ip >>> 24;
        int firstTwo = ip >>> 16;
        int firstThree = ip >>> 8;
        return switch (first) {
            case 0, 255 -> NONE;
            case 6, 11, 21, 22, 25, 26, 28, 29, 30, 51, 55, 56 -> PSEUDO_PRIVATE;
            case 10 -> PRIVATE;
            case 100 -> (firstTwo & 0xc0) == 0x40 ? PRIVATE : GLOBAL;
            case 127 -> LOOPBACK;
            case 169 -> firstTwo == 0xa9fe ? LINK_LOCAL : GLOBAL;
            case 172 -> (firstTwo & 0xf0) == 0x10 ? PRIVATE : GLOBAL;
            case 192 -> firstTwo == 0xc0a8 || firstThree == 0xc00002 ? PRIVATE : GLOBAL;
            case 198 -> (firstTwo & 0xfe) == 0x12 || firstThree == 0xc63364 ? PRIVATE : GLOBAL;
            case 203 -> firstThree == 0xcb0071 ? PRIVATE : GLOBAL;
            default -> first >= 240 ? PSEUDO_PRIVATE : first >= 224 ? MULTICAST : GLOBAL;
        };
    }

    static int ofV6(long high, long low) {
        if (high >>> 56 == 0xff) {
            return MULTICAST;
        }
        if (high >>> 54 == 0xfe80 >>> 6) {
            return isStockLoopback(high, low) ? LOOPBACK : LINK_LOCAL;
        }
        if (high >>> 57 == 0xfc >>> 1) {
            return PRIVATE;
        }
        if (high == 0) {
            return low == 0 ? NONE : low == 1 || isMappedLoopback(low) ? LOOPBACK : GLOBAL;
        }
        return GLOBAL;
    }

    /** fe80::1 in its many spellings: stock nodes take it for a loopback address, as one system uses it so. */
    private static boolean isStockLoopback(long high, long low) {
        return (high & 0xffff_ffff_ffffL) == 0 && low == 1;
    }

    /** ::ffff:127.0.0.0/104, whose byte 9 stock nodes do not look at. */
    private static boolean isMappedLoopback(long low) {
        return (low & 0xff00_ffff_ff00_0000L) == 0x0000_ffff_7f00_0000L;
    }
}
