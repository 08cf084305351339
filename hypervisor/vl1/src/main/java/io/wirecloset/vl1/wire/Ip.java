package io.wirecloset.vl1.wire;

/** IP addresses as text and as numbers. No name is ever looked up. */
final class Ip {
    private static final int GROUPS = 8;

    private Ip() {}

    /**
     * @return 4 or 16 bytes
     * @throws MalformedException for anything but a literal address
     */
    static byte[] parse(String text) {
        return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
    }

    private static byte[] parseV4(String text) {
        byte[] ip = new byte[4];
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int end = i == 3 ? text.length() : text.indexOf('.', at);
            if (end < 0) {
                throw malformed();
            }
            ip[i] = (byte) decimal(text, at, end, 0xff);
            at = end + 1;
        }
        return ip;
    }

    private static byte[] parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] ip = new byte[16];
            if (groups(text, ip, 0) != 16) {
                throw malformed();
            }
            return ip;
        }
        byte[] ip = new byte[16];
        byte[] tail = new byte[16];
        int before = groups(text.substring(0, gap), ip, 0);
        int after = groups(text.substring(gap + 2), tail, 0);
        if (before + after > 14) {
            throw malformed();
        }
        System.arraycopy(tail, 0, ip, 16 - after, after);
        return ip;
    }

    /**
     * Reads groups divided by single colons, the last of which may be an IPv4 address.
     *
     * @return bytes written
     */
    private static int groups(String text, byte[] ip, int into) {
        if (text.isEmpty()) {
            return into;
        }
        int at = 0;
        while (true) {
            int colon = text.indexOf(':', at);
            int end = colon < 0 ? text.length() : colon;
            if (colon < 0 && text.indexOf('.', at) >= 0) {
                byte[] v4 = parseV4(text.substring(at));
                room(into, 4);
                System.arraycopy(v4, 0, ip, into, 4);
                return into + 4;
            }
            room(into, 2);
            int group = hexGroup(text, at, end);
            ip[into] = (byte) (group >>> 8);
            ip[into + 1] = (byte) group;
            into += 2;
            if (colon < 0) {
                return into;
            }
            at = colon + 1;
        }
    }

    private static void room(int into, int count) {
        if (into + count > 16) {
            throw malformed();
        }
    }

    private static int hexGroup(String text, int from, int to) {
        if (to == from || to - from > 4) {
            throw malformed();
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw malformed();
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** A decimal number without sign; used for octets, ports and prefix lengths. */
    static int decimal(String text, int from, int to, int max) {
        if (to <= from || to - from > 5) {
            throw malformed();
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                throw malformed();
            }
            value = value * 10 + (c - '0');
        }
        if (value > max) {
            throw malformed();
        }
        return value;
    }

    static String format(long high, long low, boolean v4) {
        StringBuilder text = new StringBuilder(39);
        if (v4) {
            appendV4(text, low);
        } else if (high == 0 && low >>> 32 == 0xffff) {
            appendV4(text.append("::ffff:"), low);
        } else {
            appendV6(text, high, low);
        }
        return text.toString();
    }

    private static void appendV4(StringBuilder text, long bits) {
        text.append(bits >>> 24 & 0xff)
                .append('.')
                .append(bits >>> 16 & 0xff)
                .append('.')
                .append(bits >>> 8 & 0xff)
                .append('.')
                .append(bits & 0xff);
    }

    /** The canonical form of RFC 5952: the first longest run of two or more zero groups becomes "::". */
    private static void appendV6(StringBuilder text, long high, long low) {
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = 0;
            while (i + length < GROUPS && group(high, low, i + length) == 0) {
                length++;
            }
            if (length > runLength) {
                runStart = i;
                runLength = length;
            }
        }
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
                continue;
            }
            if (i > 0 && i != runStart + runLength) {
                text.append(':');
            }
            text.append(Integer.toHexString(group(high, low, i)));
        }
    }

    private static int group(long high, long low, int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> 48 - 16 * (index & 3)) & 0xffff;
    }

    static long high(byte[] ip) {
        return switch (ip.length) {
            case 4 -> 0;
            case 16 -> longAt(ip, 0);
            default -> throw malformed();
        };
    }

    static long low(byte[] ip) {
        return ip.length == 4
                ? (ip[0] & 0xffL) << 24 | (ip[1] & 0xff) << 16 | (ip[2] & 0xff) << 8 | (ip[3] & 0xff)
                : longAt(ip, 8);
    }

    static byte[] bytes(long high, long low, boolean v4) {
        byte[] ip = new byte[v4 ? 4 : 16];
        for (int i = ip.length - 1, shift = 0; i >= 0; i--, shift += 8) {
            ip[i] = (byte) (shift < 64 ? low >>> shift : high >>> shift - 64);
        }
        return ip;
    }

    private static long longAt(byte[] b, int at) {
        long value = 0;
        for (int i = at; i < at + 8; i++) {
            value = value << 8 | b[i] & 0xff;
        }
        return value;
    }

    private static MalformedException malformed() {
        return new MalformedException("not an IP address with port or prefix");
    }
}
