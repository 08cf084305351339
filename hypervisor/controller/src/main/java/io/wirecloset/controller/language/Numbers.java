package io.wirecloset.controller.language;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as the language reads them (rules.md 7.2): what follows the digits is looked over. */
final class Numbers {
    static final long U32 = 0xffff_ffffL;
    /** What is no number. -1 is one. */
    static final long NONE = Long.MIN_VALUE;

    private static final Pattern WHOLE = Pattern.compile("([+-]?)(?:0[xX]0*([0-9a-fA-F]+)|(?!0[xX])0*([0-9]+)).*");
    /** More digits are beyond every range asked for. */
    private static final int MOST_DIGITS = 15;

    private static final Pattern DECIMAL =
            Pattern.compile("([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?).*");

    private Numbers() {}

    /** Decimal, or hexadecimal behind 0x; {@link #NONE} for anything else. */
    static long whole(String text) {
        Matcher m = WHOLE.matcher(text);
        if (!m.matches()) {
            return NONE;
        }
        String digits = m.group(2) != null ? m.group(2) : m.group(3);
        if (digits.length() > MOST_DIGITS) {
            return NONE;
        }
        long value = Long.parseLong(digits, m.group(2) != null ? 16 : 10);
        return m.group(1).equals("-") ? -value : value;
    }

    /** As {@link #whole}, {@link #NONE} also for what is not between these two. */
    static long whole(String text, long least, long most) {
        long value = whole(text);
        return value >= least && value <= most ? value : NONE;
    }

    /** A share of all frames: 0 to 1, brought into this range; 0 for what is no number. */
    static double share(String text) {
        Matcher m = DECIMAL.matcher(text);
        return m.matches() ? Math.clamp(Double.parseDouble(m.group(1)), 0.0, 1.0) : 0;
    }
}
