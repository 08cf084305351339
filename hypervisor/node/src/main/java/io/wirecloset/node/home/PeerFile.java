package io.wirecloset.node.home;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of {@code peers.d} (vl1-world.md section 4): {@code u8 2 | identity | u16 protocol, major, minor, revision | u16
 * count | addresses}.
 *
 * @param version protocol, major, minor, revision
 * @param endpoints where the peer was reached
 */
public record PeerFile(Identity identity, List<Integer> version, List<Endpoint> endpoints) {
    private static final int FORMAT = 2;
    private static final int VERSION_FIELDS = 4;
    /** No peer has more paths. */
    private static final int ENDPOINTS_LIMIT = 64;

    private static final int EXPECTED_BYTES = 256;

    public PeerFile {
        identity = identity.withoutSecret();
        version = List.copyOf(version);
        endpoints = List.copyOf(endpoints);
        if (version.size() != VERSION_FIELDS || endpoints.size() > ENDPOINTS_LIMIT) {
            throw new MalformedException("no peer is like this");
        }
    }

    /** @throws MalformedException for whatever is no such file */
    public static PeerFile read(byte[] bytes) {
        WireReader in = new WireReader(bytes);
        if (in.u8() != FORMAT) {
            throw new MalformedException("unknown format of a peer file");
        }
        Identity identity = Identity.read(in);
        List<Integer> version = new ArrayList<>(VERSION_FIELDS);
        for (int field = 0; field < VERSION_FIELDS; field++) {
            version.add(in.u16());
        }
        int count = in.u16();
        if (count > ENDPOINTS_LIMIT) {
            throw new MalformedException("too many addresses of a peer");
        }
        List<Endpoint> endpoints = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Endpoint endpoint = Endpoint.read(in);
            if (endpoint != null) {
                endpoints.add(endpoint);
            }
        }
        return new PeerFile(identity, version, endpoints);
    }

    public byte[] toBytes() {
        WireWriter out = new WireWriter(EXPECTED_BYTES);
        out.u8(FORMAT);
        identity.write(out, false);
        version.forEach(out::u16);
        out.u16(endpoints.size());
        endpoints.forEach(endpoint -> endpoint.write(out));
        return out.toByteArray();
    }
}
