package io.wirecloset.operator.network;

import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import java.util.Optional;

/** Addresses and ranges as users write them, IPv4 and IPv6. Names are never looked up. */
public final class IpText {
    private IpText() {}

    /** A range with prefix length. */
    public static Optional<InetCidr> range(String text) {
        try {
            return text != null && text.indexOf('/') > 0 ? Optional.of(InetCidr.parse(text)) : Optional.empty();
        } catch (MalformedException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** An address without prefix length, as a range of one. */
    public static Optional<InetCidr> address(String text) {
        if (text == null || text.indexOf('/') >= 0) {
            return Optional.empty();
        }
        return range(text + (text.indexOf(':') < 0 ? "/32" : "/128"));
    }
}
