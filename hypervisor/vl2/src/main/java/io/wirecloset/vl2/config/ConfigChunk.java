package io.wirecloset.vl2.config;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.credential.Verdict;
import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A signed piece of a configuration's dictionary (vl2.md 4.3). Immutable.
 *
 * <pre>u64 network id | u16 n | a[n] piece | u8 flags | u64 update id | u32 total length | u32 offset
 * | u8 1 | u16 96 | a[96] the controller's signature over everything before these last three</pre>
 *
 * Old controllers end behind the piece: then it is the whole dictionary, and only its sender vouches for it.
 */
public final class ConfigChunk {
    private static final byte[] UNSIGNED = new byte[0];

    private final long networkId;
    private final byte[] piece;
    private final int flags;
    private final long updateId;
    private final int totalBytes;
    private final int offset;
    private final byte[] signature;

    private ConfigChunk(
            long networkId, byte[] piece, int flags, long updateId, int totalBytes, int offset, byte[] signature) {
        this.networkId = networkId;
        this.piece = piece;
        this.flags = flags;
        this.updateId = updateId;
        this.totalBytes = totalBytes;
        this.offset = offset;
        this.signature = signature;
    }

    /** @throws MalformedException also for a piece outside the total, and for a total that no dictionary may have */
    public static ConfigChunk read(WireReader in) {
        long networkId = in.u64();
        byte[] piece = in.bytes(in.u16());
        if (!in.hasRemaining()) {
            return new ConfigChunk(networkId, piece, 0, 0, piece.length, 0, UNSIGNED);
        }
        int flags = in.u8();
        long updateId = in.u64();
        long total = in.u32();
        long offset = in.u32();
        if (total >= Limits.CONFIG_BYTES || offset + piece.length > total) {
            throw new MalformedException("chunk outside its configuration");
        }
        if (in.u8() != Wire.SIGNATURE_ED25519 || in.u16() != Wire.SIGNATURE_BYTES) {
            throw new MalformedException("signature of an unknown kind");
        }
        byte[] signature = in.bytes(Wire.SIGNATURE_BYTES);
        return new ConfigChunk(networkId, piece, flags, updateId, (int) total, (int) offset, signature);
    }

    /**
     * Cuts a dictionary as stock controllers do.
     *
     * @param updateId random, not 0
     * @param controller with its secret
     * @throws IllegalArgumentException for a dictionary that no member takes
     */
    public static List<ConfigChunk> cut(long networkId, byte[] dictionary, long updateId, Identity controller) {
        if (dictionary.length == 0 || dictionary.length >= Limits.CONFIG_BYTES || updateId == 0) {
            throw new IllegalArgumentException("no configuration to send: " + dictionary.length + " bytes");
        }
        List<ConfigChunk> chunks = new ArrayList<>(dictionary.length / Wire.CHUNK_BYTES + 1);
        for (int at = 0; at < dictionary.length; at += Wire.CHUNK_BYTES) {
            byte[] piece = Arrays.copyOfRange(dictionary, at, Math.min(at + Wire.CHUNK_BYTES, dictionary.length));
            byte[] message = signedMessage(networkId, piece, 0, updateId, dictionary.length, at);
            byte[] signature = controller.sign(message, 0, message.length);
            chunks.add(new ConfigChunk(networkId, piece, 0, updateId, dictionary.length, at, signature));
        }
        return chunks;
    }

    public void write(WireWriter out) {
        if (isUnsigned()) {
            out.u64(networkId).u16(piece.length).bytes(piece);
            return;
        }
        writeSigned(out, networkId, piece, flags, updateId, totalBytes, offset);
        out.u8(Wire.SIGNATURE_ED25519).u16(Wire.SIGNATURE_BYTES).bytes(signature);
    }

    /** A number that no other chunk has: of the signature, which is as good as random. 0 without one. */
    public long fingerprint() {
        return isUnsigned() ? 0 : Bytes.u64(signature, 0);
    }

    /** As it travels, also for passing it on to other members. */
    public byte[] toBytes() {
        WireWriter out = new WireWriter(piece.length + 160);
        write(out);
        return out.toByteArray();
    }

    private static byte[] signedMessage(
            long networkId, byte[] piece, int flags, long updateId, int totalBytes, int offset) {
        WireWriter out = new WireWriter(piece.length + 32);
        writeSigned(out, networkId, piece, flags, updateId, totalBytes, offset);
        return out.toByteArray();
    }

    private static void writeSigned(
            WireWriter out, long networkId, byte[] piece, int flags, long updateId, int totalBytes, int offset) {
        out.u64(networkId).u16(piece.length).bytes(piece);
        out.u8(flags).u64(updateId).u32(totalBytes).u32(offset);
    }

    /** @param identities the identity of an address, or null when it is not known (yet) */
    public Verdict verify(LongFunction<Identity> identities) {
        if (isUnsigned()) {
            return Verdict.BAD;
        }
        Identity controller = identities.apply(NetworkIds.controllerOf(networkId));
        if (controller == null) {
            return Verdict.WAIT;
        }
        byte[] message = signedMessage(networkId, piece, flags, updateId, totalBytes, offset);
        return controller.verify(message, 0, message.length, signature) ? Verdict.OK : Verdict.BAD;
    }

    public long networkId() {
        return networkId;
    }

    /** Whether this is the form of old controllers, which holds a whole dictionary. */
    public boolean isUnsigned() {
        return signature.length == 0;
    }

    public boolean isFastPropagating() {
        return (flags & Wire.CHUNK_FLAG_FAST_PROPAGATE) != 0;
    }

    /** The same for all chunks of one configuration; 0 for the unsigned form. */
    public long updateId() {
        return updateId;
    }

    public int totalBytes() {
        return totalBytes;
    }

    public int offset() {
        return offset;
    }

    public int pieceBytes() {
        return piece.length;
    }

    void copyPiece(byte[] into) {
        System.arraycopy(piece, 0, into, offset, piece.length);
    }

    boolean sameSignature(ConfigChunk other) {
        return Arrays.equals(signature, other.signature);
    }
}
