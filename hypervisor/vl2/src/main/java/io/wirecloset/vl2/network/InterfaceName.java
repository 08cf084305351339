package io.wirecloset.vl2.network;

import java.util.function.Predicate;

/** The name of a network's interface on Linux, as stock nodes choose it (vl2.md 2.4). */
public final class InterfaceName {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final long LOW_40_BITS = 0xff_ffff_ffffL;
    private static final int LETTERS = 8;

    private InterfaceName() {}

    /**
     * "zt" and eight letters made from the network id, the next ones while a name is taken.
     *
     * @param isTaken whether the host has an interface of that name already
     */
    public static String of(long networkId, Predicate<String> isTaken) {
        long number = (networkId ^ networkId >>> 24) & LOW_40_BITS;
        String name = name(number);
        while (isTaken.test(name)) {
            number = number + 1 & LOW_40_BITS;
            name = name(number);
        }
        return name;
    }

    private static String name(long number) {
        StringBuilder name = new StringBuilder("zt");
        for (int letter = LETTERS - 1; letter >= 0; letter--) {
            name.append(ALPHABET.charAt((int) (number >>> 5 * letter) & 31));
        }
        return name.toString();
    }
}
