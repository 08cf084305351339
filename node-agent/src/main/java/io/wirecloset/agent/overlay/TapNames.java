package io.wirecloset.agent.overlay;

import io.wirecloset.agent.attach.AttachmentKey;
import io.wirecloset.crds.Wirecloset;
import java.util.OptionalLong;

/**
 * Names of our TAPs: {@code zw} and the network's id in thirteen digits of base 32, so that each says whose it is and none
 * meets the names a stock client on the same machine makes ({@code zt…}) or those of pod links.
 */
public final class TapNames {
    public static final String PREFIX = Wirecloset.TAP_PREFIX;
    private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int DIGIT_BITS = 5;
    private static final int COUNT = 13;

    static {
        assert !PREFIX.startsWith(AttachmentKey.HOST_LINK_PREFIX) : "the filter tells pod links by their prefix";
    }

    private TapNames() {}

    public static String of(long networkId) {
        StringBuilder name = new StringBuilder(PREFIX);
        for (int i = COUNT - 1; i >= 0; i--) {
            name.append(DIGITS.charAt((int) (networkId >>> DIGIT_BITS * i) & 0x1f));
        }
        return name.toString();
    }

    /** @return the network whose TAP would have this name; empty for all other names */
    public static OptionalLong networkOf(String name) {
        if (name.length() != PREFIX.length() + COUNT || !name.startsWith(PREFIX)) {
            return OptionalLong.empty();
        }
        long id = 0;
        for (int i = PREFIX.length(); i < name.length(); i++) {
            int digit = DIGITS.indexOf(name.charAt(i));
            if (digit < 0) {
                return OptionalLong.empty();
            }
            id = id << DIGIT_BITS | digit;
        }
        return of(id).equals(name) ? OptionalLong.of(id) : OptionalLong.empty();
    }
}
