package io.wirecloset.vl1.world;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.Signatures;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A planet or moon (notes on worlds, section 1): up to four roots with their stable endpoints, and the key that must
 * sign the next edition. Immutable; what exists is well-formed, its signature not necessarily good.
 */
public final class World {
    /** A root server: who it is and where it can always be reached. No endpoints: anywhere. */
    public record Root(Identity identity, List<Endpoint> endpoints) {
        public Root {
            endpoints = List.copyOf(endpoints);
            if (endpoints.size() > Wire.WORLD_MAX_ENDPOINTS) {
                throw new MalformedException("too many endpoints of a root");
            }
            identity = identity.withoutSecret();
        }
    }

    private static final int FRAME_BYTES = 8;
    private static final byte FRAME_BEFORE = 0x7f;
    private static final byte FRAME_BEHIND = (byte) 0xf7;
    private static final int EXPECTED_BYTES = 1024;

    private final WorldType type;
    private final long id;
    private final long timestampMs;
    private final byte[] nextUpdateKey;
    private final byte[] signature;
    private final List<Root> roots;

    private World(WorldType type, long id, long timestampMs, byte[] nextUpdateKey, byte[] signature, List<Root> roots) {
        if (roots.size() > Wire.WORLD_MAX_ROOTS) {
            throw new MalformedException("too many roots");
        }
        if (nextUpdateKey.length != Wire.PUBLIC_KEY_BYTES || signature.length != Wire.SIGNATURE_BYTES) {
            throw new MalformedException("bad length of key or signature");
        }
        this.type = type;
        this.id = id;
        this.timestampMs = timestampMs;
        this.nextUpdateKey = nextUpdateKey;
        this.signature = signature;
        this.roots = List.copyOf(roots);
    }

    /**
     * Makes a new edition.
     *
     * @param timestampMs wall time of signing; must be larger than that of the edition before
     * @param nextUpdateKey 64 bytes: the public key that must sign the edition after this one
     * @param signer whom the edition before named
     */
    public static World sign(
            WorldType type, long id, long timestampMs, byte[] nextUpdateKey, List<Root> roots, SigningKeys signer) {
        World unsigned = new World(type, id, timestampMs, nextUpdateKey.clone(), new byte[Wire.SIGNATURE_BYTES], roots);
        byte[] message = unsigned.signedMessage();
        return new World(type, id, timestampMs, unsigned.nextUpdateKey, signer.sign(message, 0, message.length), roots);
    }

    /**
     * Reads one world; the reader goes on behind it.
     *
     * @throws MalformedException
     */
    public static World read(WireReader in) {
        WorldType type = WorldType.of(in.u8());
        long id = in.u64();
        long timestampMs = in.u64();
        byte[] nextUpdateKey = in.bytes(Wire.PUBLIC_KEY_BYTES);
        byte[] signature = in.bytes(Wire.SIGNATURE_BYTES);
        int count = in.u8();
        if (count > Wire.WORLD_MAX_ROOTS) {
            throw new MalformedException("too many roots");
        }
        List<Root> roots = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            roots.add(readRoot(in));
        }
        if (type == WorldType.MOON) {
            in.skip(in.u16());
        }
        return new World(type, id, timestampMs, nextUpdateKey, signature, roots);
    }

    private static Root readRoot(WireReader in) {
        Identity identity = Identity.read(in);
        int count = in.u8();
        if (count > Wire.WORLD_MAX_ENDPOINTS) {
            throw new MalformedException("too many endpoints of a root");
        }
        List<Endpoint> endpoints = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Endpoint endpoint = Endpoint.read(in);
            if (endpoint == null) {
                throw new MalformedException("a root's endpoint without address");
            }
            endpoints.add(endpoint);
        }
        return new Root(identity, endpoints);
    }

    public static World read(byte[] bytes) {
        return read(new WireReader(bytes));
    }

    public void write(WireWriter out) {
        write(out, true);
    }

    public byte[] toBytes() {
        WireWriter out = new WireWriter(EXPECTED_BYTES);
        write(out);
        return out.toByteArray();
    }

    private void write(WireWriter out, boolean withSignature) {
        out.u8(type.code()).u64(id).u64(timestampMs).bytes(nextUpdateKey);
        if (withSignature) {
            out.bytes(signature);
        }
        out.u8(roots.size());
        for (Root root : roots) {
            root.identity.write(out, false);
            out.u8(root.endpoints.size());
            for (Endpoint endpoint : root.endpoints) {
                endpoint.write(out);
            }
        }
        if (type == WorldType.MOON) {
            out.u16(0);
        }
    }

    /** What the signature is made over: all but itself, between two marks that no packet begins or ends with. */
    byte[] signedMessage() {
        WireWriter out = new WireWriter(EXPECTED_BYTES);
        byte[] mark = new byte[FRAME_BYTES];
        Arrays.fill(mark, FRAME_BEFORE);
        out.bytes(mark);
        write(out, false);
        Arrays.fill(mark, FRAME_BEHIND);
        return out.bytes(mark).toByteArray();
    }

    /**
     * @param publicKey 64 bytes
     * @return whether the owner of this key signed this world
     */
    public boolean verify(byte[] publicKey) {
        byte[] message = signedMessage();
        return Signatures.verify(publicKey, message, 0, message.length, signature);
    }

    /**
     * The update rule (notes on worlds, section 2).
     *
     * @param current what stands in the slot; null or a null world accepts anything
     * @return whether this world may take its place
     */
    public boolean mayReplace(World current) {
        if (current == null || current.isNull()) {
            return true;
        }
        return type == current.type
                && id == current.id
                && Long.compareUnsigned(timestampMs, current.timestampMs) > 0
                && verify(current.nextUpdateKey);
    }

    public boolean isNull() {
        return type == WorldType.NULL || id == 0;
    }

    public WorldType type() {
        return type;
    }

    public long id() {
        return id;
    }

    public long timestampMs() {
        return timestampMs;
    }

    /** 64 bytes, a copy. */
    public byte[] nextUpdateKey() {
        return nextUpdateKey.clone();
    }

    /** 96 bytes, a copy. */
    public byte[] signature() {
        return signature.clone();
    }

    public List<Root> roots() {
        return roots;
    }

    /** Is a node of this address among the roots? */
    public boolean hasRoot(long address) {
        for (Root root : roots) {
            if (root.identity.address() == address) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof World other && Arrays.equals(toBytes(), other.toBytes());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id * 31 + timestampMs);
    }

    @Override
    public String toString() {
        return type + " " + HexFormat.of().toHexDigits(id) + "@" + timestampMs + " " + roots.size() + " roots";
    }
}
