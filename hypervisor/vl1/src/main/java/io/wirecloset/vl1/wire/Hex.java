package io.wirecloset.vl1.wire;

/** Hex digits with a fixed count; either case is read, lower case is written. */
final class Hex {
    private Hex() {}

    static long parse(String text, int digits) {
        if (text.length() != digits) {
            throw new MalformedException("expected " + digits + " hex digits");
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            value = value << 4 | digit(text.charAt(i));
        }
        return value;
    }

    static String format(long value, int digits) {
        char[] text = new char[digits];
        for (int i = digits - 1; i >= 0; i--) {
            text[i] = Character.forDigit((int) value & 0xf, 16);
            value >>>= 4;
        }
        return new String(text);
    }

    private static int digit(char c) {
        int digit = c < 0x80 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new MalformedException("not a hex digit");
        }
        return digit;
    }
}
