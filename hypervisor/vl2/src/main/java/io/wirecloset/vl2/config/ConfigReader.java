package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Reads a configuration's dictionary. What is broken beyond use is a {@link MalformedException} (vl2.md 4.4). */
final class ConfigReader {
    private ConfigReader() {}

    static NetworkConfig read(Dictionary from) {
        if (Long.compareUnsigned(from.getLong("v", 0), Wire.CONFIG_VERSION_MIN) < 0) {
            throw new MalformedException("configuration of an old version");
        }
        long networkId = from.getLong("nwid", 0);
        long issuedTo = from.getLong("id", 0) & Wire.ADDRESS_MASK;
        if (networkId == 0 || issuedTo == 0) {
            throw new MalformedException("configuration for no network or no member");
        }
        return NetworkConfig.builder(networkId, issuedTo)
                .timestamp(from.getLong("ts", 0))
                .credentialWindowMs(from.getLong("ctmd", 0))
                .revision(from.getLong("r", 0))
                .remoteTrace(from.getLong("tt", 0), from.getLong("tl", 0))
                .flags(from.getLong("f", 0))
                .multicastLimit(from.getLong("ml", 0))
                .isPublic(from.getLong("t", 0) != 0)
                .name(name(from))
                .mtu(mtu(from))
                .membership(membership(from))
                .capabilities(whatCanBeRead(from, "CAP", Capability::read, Limits.CAPABILITIES))
                .tags(whatCanBeRead(from, "TAG", Tag::read, Limits.TAGS))
                .ownerships(ownerships(from))
                .specialists(specialists(from))
                .routes(routes(from))
                .staticAddresses(staticAddresses(from))
                .rules(rules(from))
                .dns(dns(from))
                .sso(SsoSettings.read(from))
                .build();
    }

    private static String name(Dictionary from) {
        String name = from.getString("n", "");
        // cut by characters, so that what is left is text again
        while (name.getBytes(StandardCharsets.UTF_8).length > Limits.NETWORK_NAME_BYTES) {
            name = name.substring(0, Math.min(name.length() - 1, Limits.NETWORK_NAME_BYTES));
        }
        return name;
    }

    private static long mtu(Dictionary from) {
        long mtu = from.getLong("mtu", Wire.MTU_DEFAULT);
        return mtu < 0 ? Wire.MTU_MAX : mtu;
    }

    private static CertificateOfMembership membership(Dictionary from) {
        byte[] blob = from.getBytes("C");
        return blob == null || blob.length == 0 ? null : CertificateOfMembership.read(new WireReader(blob));
    }

    /** Credentials up to the first that is broken, by ascending id. More than {@code limit} are refused. */
    private static <C extends Credential> List<C> whatCanBeRead(
            Dictionary from, String key, Function<WireReader, C> one, int limit) {
        WireReader in = blob(from, key);
        List<C> read = new ArrayList<>();
        try {
            while (in.hasRemaining() && read.size() <= limit) {
                read.add(one.apply(in));
            }
        } catch (MalformedException e) {
            // what was read before it counts
        }
        if (read.size() > limit) {
            throw new MalformedException("more than " + limit + " entries in " + key);
        }
        read.sort(Comparator.comparingLong(Credential::id));
        return read;
    }

    private static List<CertificateOfOwnership> ownerships(Dictionary from) {
        WireReader in = blob(from, "COO");
        List<CertificateOfOwnership> read = new ArrayList<>();
        while (in.hasRemaining() && read.size() < Limits.OWNERSHIPS) {
            read.add(CertificateOfOwnership.read(in));
        }
        return read;
    }

    private static long[] specialists(Dictionary from) {
        WireReader in = blob(from, "S");
        long[] specialists = new long[Math.min(in.remaining() / 8, Limits.SPECIALISTS)];
        for (int i = 0; i < specialists.length; i++) {
            specialists[i] = in.u64();
        }
        if (in.remaining() % 8 != 0) {
            throw new MalformedException("cut list of specialists");
        }
        return specialists;
    }

    private static List<Route> routes(Dictionary from) {
        WireReader in = blob(from, "RT");
        List<Route> routes = new ArrayList<>();
        while (in.hasRemaining() && routes.size() < Limits.ROUTES) {
            Route route = Route.read(in);
            if (route != null) {
                routes.add(route);
            }
        }
        return routes;
    }

    private static List<InetCidr> staticAddresses(Dictionary from) {
        WireReader in = blob(from, "I");
        List<InetCidr> addresses = new ArrayList<>();
        while (in.hasRemaining() && addresses.size() < Limits.STATIC_ADDRESSES) {
            InetCidr address = InetCidr.read(in);
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static RuleTable rules(Dictionary from) {
        byte[] blob = from.getBytes("R");
        return blob == null ? RuleTable.EMPTY : RuleTable.read(blob);
    }

    private static DnsSettings dns(Dictionary from) {
        WireReader in = blob(from, "DNS");
        return in.hasRemaining() ? DnsSettings.read(in) : DnsSettings.NONE;
    }

    private static WireReader blob(Dictionary from, String key) {
        return new WireReader(from.getBytes(key, new byte[0]));
    }
}
