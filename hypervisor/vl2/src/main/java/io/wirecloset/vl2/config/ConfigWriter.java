package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.util.List;

/** Writes a configuration's dictionary, keys in the order of vl2.md 5. */
final class ConfigWriter {
    private ConfigWriter() {}

    static Dictionary write(NetworkConfig config) {
        Dictionary.Writer out = Dictionary.writer(Limits.CONFIG_BYTES);
        out.put("v", Wire.CONFIG_VERSION);
        out.put("nwid", config.networkId());
        out.put("ts", config.timestamp());
        out.put("ctmd", config.credentialWindowMs());
        out.put("r", config.revision());
        out.put("id", Addresses.format(config.issuedTo()));
        out.put("tt", Addresses.format(config.remoteTraceTarget()));
        out.put("tl", config.remoteTraceLevel());
        out.put("f", config.flags());
        out.put("ml", config.multicastLimit());
        out.put("t", config.isPublic() ? 1L : 0L);
        out.put("n", config.name());
        out.put("mtu", config.mtu());
        if (config.membership() != null) {
            out.put("C", config.membership().toBytes());
        }
        putUnlessEmpty(out, "CAP", credentials(config.capabilities()));
        putUnlessEmpty(out, "TAG", credentials(config.tags()));
        putUnlessEmpty(out, "COO", credentials(config.ownerships()));
        putUnlessEmpty(out, "S", specialists(config.specialists()));
        putUnlessEmpty(out, "RT", routes(config.routes()));
        putUnlessEmpty(out, "I", staticAddresses(config));
        putUnlessEmpty(out, "R", config.rules().toBytes());
        out.put("DNS", dns(config.dns()));
        config.sso().write(out);
        return out.toDictionary();
    }

    private static void putUnlessEmpty(Dictionary.Writer out, String key, byte[] blob) {
        if (blob.length > 0) {
            out.put(key, blob);
        }
    }

    private static byte[] credentials(List<? extends Credential> credentials) {
        WireWriter out = new WireWriter(256);
        credentials.forEach(one -> one.write(out));
        return out.toByteArray();
    }

    private static byte[] specialists(long[] specialists) {
        WireWriter out = new WireWriter(8 * specialists.length);
        for (long specialist : specialists) {
            out.u64(specialist);
        }
        return out.toByteArray();
    }

    private static byte[] routes(List<Route> routes) {
        WireWriter out = new WireWriter(64);
        routes.forEach(route -> route.write(out));
        return out.toByteArray();
    }

    private static byte[] staticAddresses(NetworkConfig config) {
        WireWriter out = new WireWriter(64);
        config.staticAddresses().forEach(address -> address.write(out));
        return out.toByteArray();
    }

    private static byte[] dns(DnsSettings dns) {
        WireWriter out = new WireWriter(256);
        dns.write(out);
        return out.toByteArray();
    }
}
