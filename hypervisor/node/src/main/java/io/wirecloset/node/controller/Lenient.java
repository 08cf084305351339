package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import java.util.Optional;

/** Reads JSON values as forgivingly as stock controllers do (controller.md 3): clients count on it. */
final class Lenient {
    private static final int MAX_PREFIX_DIGITS = 3;

    private Lenient() {}

    /** Numbers are true unless 0 (what follows the point does not count); text is true if it begins like "true" or "1". */
    static boolean bool(JsonNode value, boolean otherwise) {
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isNumber()) {
            return integer(value, 1) != 0;
        }
        if (value.isTextual()) {
            return !value.textValue().isEmpty()
                    && "tT1".indexOf(value.textValue().charAt(0)) >= 0;
        }
        return otherwise;
    }

    /** Text may be a decimal number, true is 1, what follows the point is cut off. */
    static long integer(JsonNode value, long otherwise) {
        if (value.isNumber()) {
            return value.canConvertToLong() ? value.longValue() : otherwise;
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? 1 : 0;
        }
        if (value.isTextual()) {
            try {
                return Long.parseLong(value.textValue().trim());
            } catch (NumberFormatException e) {
                return otherwise;
            }
        }
        return otherwise;
    }

    /** As {@link #integer}, cut to its low 32 bits; 0 for what is no number. */
    static long u32(JsonNode value) {
        return integer(value, 0) & 0xffff_ffffL;
    }

    /** As {@link #integer}, brought into the range of an int. */
    static int number(JsonNode value, int otherwise) {
        return Math.clamp(integer(value, otherwise), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    static String text(JsonNode value, String otherwise) {
        if (value.isTextual()) {
            return value.textValue();
        }
        return value.isNumber() || value.isBoolean() ? Long.toString(integer(value, 0)) : otherwise;
    }

    /** An IP address; a prefix length behind it is looked over. */
    static Optional<IpAddress> ip(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : "";
        int slash = text.indexOf('/');
        if (slash >= 0 && !isDigits(text, slash + 1)) {
            return Optional.empty();
        }
        try {
            return Optional.of(IpAddress.parse(slash < 0 ? text : text.substring(0, slash)));
        } catch (IllegalArgumentException | MalformedException e) {
            return Optional.empty();
        }
    }

    private static boolean isDigits(String text, int from) {
        return text.length() - from <= MAX_PREFIX_DIGITS
                && text.substring(from).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** A network as {@code ip/bits}; host bits are kept. */
    static Optional<InetCidr> network(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : "";
        try {
            return text.indexOf('/') < 0 ? Optional.empty() : Optional.of(InetCidr.parse(text));
        } catch (MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
