package io.wirecloset.vl1.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The protocol's text map: {@code key=value} lines of bytes (notes on VL1, section 6). Immutable; reading accepts any
 * bytes, so no input is malformed. Of several lines with one key the first counts.
 */
public final class Dictionary {
    private static final int LONG_DIGITS = 16;

    private final byte[] bytes;
    /** Key → where its escaped value lies: start in the upper half, end in the lower. */
    private final Map<String, Long> values = new LinkedHashMap<>();

    private Dictionary(byte[] bytes) {
        this.bytes = bytes;
        index();
    }

    /** Reads a copy of {@code bytes[offset..offset+length)}, up to the first NUL if there is one. */
    public static Dictionary read(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        int end = offset;
        while (end < offset + length && bytes[end] != 0) {
            end++;
        }
        return new Dictionary(Arrays.copyOfRange(bytes, offset, end));
    }

    public static Dictionary read(byte[] bytes) {
        return read(bytes, 0, bytes.length);
    }

    private void index() {
        int line = 0;
        while (line < bytes.length) {
            int end = line;
            int equals = -1;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                if (bytes[end] == '=' && equals < 0) {
                    equals = end;
                }
                end++;
            }
            if (equals >= 0) {
                String key = new String(bytes, line, equals - line, StandardCharsets.ISO_8859_1);
                values.putIfAbsent(key, (long) (equals + 1) << 32 | end);
            }
            line = end + 1;
        }
    }

    public boolean contains(String key) {
        return values.containsKey(key);
    }

    /** All keys, in the order of their first lines. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** @return the value with escapes resolved, or null if there is no such key */
    public byte[] getBytes(String key) {
        return getBytes(key, null);
    }

    public byte[] getBytes(String key, byte[] otherwise) {
        Long where = values.get(key);
        return where == null ? otherwise : unescape((int) (where >>> 32), where.intValue());
    }

    /** The value as UTF-8. */
    public String getString(String key, String otherwise) {
        byte[] value = getBytes(key);
        return value == null ? otherwise : new String(value, StandardCharsets.UTF_8);
    }

    /**
     * The value as an unsigned hex number, read as C's {@code strtoull} does: an optional sign and {@code 0x}, then hex
     * digits up to the first other character; what exceeds 64 bits saturates. An empty value counts as absent.
     */
    public long getLong(String key, long otherwise) {
        byte[] value = getBytes(key);
        if (value == null || value.length == 0) {
            return otherwise;
        }
        boolean negative = value[0] == '-';
        int at = negative || value[0] == '+' ? 1 : 0;
        if (at + 2 < value.length && value[at] == '0' && (value[at + 1] | 0x20) == 'x' && digit(value[at + 2]) >= 0) {
            at += 2;
        }
        long number = 0;
        for (int digit; at < value.length && (digit = digit(value[at])) >= 0; at++) {
            if (number >>> 60 != 0) {
                return -1L;
            }
            number = number << 4 | digit;
        }
        return negative ? -number : number;
    }

    private static int digit(byte b) {
        return b < 0 ? -1 : Character.digit(b, 16);
    }

    /** True if the value begins with 1, t or T; an empty one is false. */
    public boolean getBoolean(String key, boolean otherwise) {
        byte[] value = getBytes(key);
        if (value == null) {
            return otherwise;
        }
        return value.length > 0 && (value[0] == '1' || value[0] == 't' || value[0] == 'T');
    }

    /** The encoded form, without NUL at its end. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    private byte[] unescape(int from, int to) {
        byte[] value = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            if (b == '\\') {
                if (++i == to) {
                    break;
                }
                b = switch (bytes[i]) {
                    case '0' -> 0;
                    case 'r' -> '\r';
                    case 'n' -> '\n';
                    case 'e' -> '=';
                    default -> bytes[i];
                };
            }
            value[length++] = b;
        }
        return Arrays.copyOf(value, length);
    }

    /** Begins a dictionary of at most {@code capacityBytes}, the NUL that other nodes put at the end included. */
    public static Writer writer(int capacityBytes) {
        return new Writer(capacityBytes);
    }

    /** Begins a dictionary of at most {@link Limits#WRITER_BYTES}. */
    public static Writer writer() {
        return writer(Limits.WRITER_BYTES);
    }

    /** Puts lines one behind the other. An addition that does not fit changes nothing and is an {@link IllegalStateException}. */
    public static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final int capacityBytes;

        private Writer(int capacityBytes) {
            this.capacityBytes = capacityBytes;
        }

        public Writer put(String key, byte[] value) {
            if (!tryPut(key, value)) {
                throw new IllegalStateException("dictionary full at " + key);
            }
            return this;
        }

        /** As UTF-8. */
        public Writer put(String key, String value) {
            return put(key, value.getBytes(StandardCharsets.UTF_8));
        }

        /** As 16 hex digits; node addresses are written so too. */
        public Writer put(String key, long value) {
            return put(key, Hex.format(value, LONG_DIGITS).getBytes(StandardCharsets.ISO_8859_1));
        }

        public Writer put(String key, boolean value) {
            return put(key, value ? "1" : "0");
        }

        /** @return false, with nothing changed, if there is no room */
        public boolean tryPut(String key, byte[] value) {
            byte[] keyBytes = key.getBytes(StandardCharsets.ISO_8859_1);
            checkKey(keyBytes);
            byte[] escaped = escape(value);
            int separator = out.size() == 0 ? 0 : 1;
            long needed = (long) out.size() + separator + keyBytes.length + 1 + escaped.length + 1;
            if (needed > capacityBytes) {
                return false;
            }
            if (separator == 1) {
                out.write('\n');
            }
            out.writeBytes(keyBytes);
            out.write('=');
            out.writeBytes(escaped);
            return true;
        }

        public byte[] toBytes() {
            return out.toByteArray();
        }

        public Dictionary toDictionary() {
            return new Dictionary(toBytes());
        }

        private static void checkKey(byte[] key) {
            for (byte b : key) {
                if (b == 0 || b == '\r' || b == '\n' || b == '=') {
                    throw new IllegalArgumentException("not a dictionary key");
                }
            }
        }

        private static byte[] escape(byte[] value) {
            ByteArrayOutputStream escaped = new ByteArrayOutputStream(value.length + 16);
            for (byte b : value) {
                int code =
                        switch (b) {
                            case 0 -> '0';
                            case '\r' -> 'r';
                            case '\n' -> 'n';
                            case '\\' -> '\\';
                            case '=' -> 'e';
                            default -> -1;
                        };
                if (code >= 0) {
                    escaped.write('\\');
                    escaped.write(code);
                } else {
                    escaped.write(b);
                }
            }
            return escaped.toByteArray();
        }
    }
}
