package io.wirecloset.node.home;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads values of local.conf. What cannot be used is left out and noted, with the name of where it stands. */
final class Wishes {
    private static final BigInteger UNSIGNED_LONG_END = BigInteger.ONE.shiftLeft(Long.SIZE);

    private final List<String> notices = new ArrayList<>();

    List<String> notices() {
        return List.copyOf(notices);
    }

    void note(String where, String what) {
        notices.add("local.conf: " + where + " " + what);
    }

    /** @return the number, or the other if there is none between these */
    int number(JsonNode node, String where, int least, int most, int otherwise) {
        if (node.isMissingNode() || node.isNull()) {
            return otherwise;
        }
        if (node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= least && node.intValue() <= most) {
            return node.intValue();
        }
        note(where, "is ignored: " + node + " is no number from " + least + " to " + most);
        return otherwise;
    }

    boolean flag(JsonNode node, String where, boolean otherwise) {
        if (node.isMissingNode() || node.isNull() || node.isBoolean()) {
            return node.asBoolean(otherwise);
        }
        note(where, "is ignored: " + node + " is neither true nor false");
        return otherwise;
    }

    /** @return 0 if there is none */
    long trustedPathId(JsonNode node, String where) {
        if (node.isMissingNode() || node.isNull()) {
            return 0;
        }
        boolean fits = node.isIntegralNumber()
                && node.bigIntegerValue().signum() > 0
                && node.bigIntegerValue().compareTo(UNSIGNED_LONG_END) < 0;
        if (!fits) {
            note(where, "is ignored: " + node + " is no number above 0 of 64 bits");
            return 0;
        }
        return node.bigIntegerValue().longValue();
    }

    List<String> texts(JsonNode node, String where) {
        return list(node, where, text -> text, "text");
    }

    List<InetCidr> networks(JsonNode node, String where) {
        return list(node, where, Wishes::cidr, "network/bits");
    }

    List<Endpoint> endpoints(JsonNode node, String where) {
        return list(node, where, Endpoint::parse, "ip/port");
    }

    /** IPs without a port; that of what comes out is 0. */
    List<Endpoint> ips(JsonNode node, String where) {
        return list(node, where, text -> Endpoint.parse(text + "/0"), "IP");
    }

    Optional<InetCidr> network(String text, String where) {
        return parsed(text, where, Wishes::cidr, "network/bits");
    }

    Optional<Long> address(String text, String where) {
        return parsed(text, where, Addresses::parse, "address of ten hex digits");
    }

    private <T> List<T> list(JsonNode node, String where, Function<String, T> parser, String what) {
        List<T> values = new ArrayList<>();
        if (!node.isMissingNode() && !node.isNull() && !node.isArray()) {
            note(where, "is ignored: it is no list");
            return values;
        }
        for (JsonNode one : node) {
            if (one.isTextual()) {
                parsed(one.textValue(), where, parser, what).ifPresent(values::add);
            } else {
                note(where, "is ignored in part: " + one + " is no " + what);
            }
        }
        return values;
    }

    private <T> Optional<T> parsed(String text, String where, Function<String, T> parser, String what) {
        try {
            return Optional.of(parser.apply(text));
        } catch (MalformedException | IllegalArgumentException e) {
            note(where, "is ignored in part: \"" + text + "\" is no " + what);
            return Optional.empty();
        }
    }

    private static InetCidr cidr(String text) {
        return InetCidr.parse(text.contains("/") ? text : text + (text.contains(":") ? "/128" : "/32"));
    }
}
