package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Wire;
import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * A number a controller attaches to a member, for rules to compare (vl2.md 6.3). 135 bytes:
 *
 * <pre>u64 network id | u64 timestamp | u32 id | u32 value | a[5] issued to | a[5] signer | signature field | u16 0</pre>
 */
public final class Tag implements Credential {
    private final long networkId;
    private final long timestamp;
    private final long id;
    private final long value;
    private final long issuedTo;
    private final long signer;
    private final byte[] signature;

    private Tag(long networkId, long timestamp, long id, long value, long issuedTo, long signer, byte[] signature) {
        this.networkId = networkId;
        this.timestamp = timestamp;
        this.id = id & 0xffff_ffffL;
        this.value = value & 0xffff_ffffL;
        this.issuedTo = issuedTo;
        this.signer = signer;
        this.signature = signature;
    }

    /** @param controller with its secret; {@code id} and {@code value} have 32 bits */
    public static Tag issue(long networkId, long timestamp, long id, long value, long issuedTo, Identity controller) {
        Tag unsigned = new Tag(networkId, timestamp, id, value, issuedTo, controller.address(), new byte[0]);
        byte[] message = unsigned.signedMessage();
        return new Tag(
                networkId,
                timestamp,
                id,
                value,
                issuedTo,
                controller.address(),
                controller.sign(message, 0, message.length));
    }

    /** @throws MalformedException */
    public static Tag read(WireReader in) {
        Tag tag = new Tag(in.u64(), in.u64(), in.u32(), in.u32(), in.address(), in.address(), SignatureField.read(in));
        SignatureField.skipAdditionalFields(in);
        return tag;
    }

    @Override
    public void write(WireWriter out) {
        writeBody(out);
        SignatureField.write(out, signature);
        out.u16(0);
    }

    byte[] signedMessage() {
        WireWriter out = new WireWriter(64);
        out.u64(Wire.SIGNATURE_GUARD);
        writeBody(out);
        return out.u16(0).u64(Wire.SIGNATURE_GUARD).toByteArray();
    }

    private void writeBody(WireWriter out) {
        out.u64(networkId).u64(timestamp).u32(id).u32(value).address(issuedTo).address(signer);
    }

    @Override
    public Verdict verify(LongFunction<Identity> identities) {
        return SignatureField.ofController(networkId, signer, signedMessage(), signature, identities);
    }

    @Override
    public int type() {
        return TYPE_TAG;
    }

    @Override
    public long id() {
        return id;
    }

    /** Unsigned 32 bits. */
    public long value() {
        return value;
    }

    @Override
    public long networkId() {
        return networkId;
    }

    @Override
    public long timestamp() {
        return timestamp;
    }

    @Override
    public long issuedTo() {
        return issuedTo;
    }

    public long signer() {
        return signer;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Tag other
                && Arrays.equals(signedMessage(), other.signedMessage())
                && Arrays.equals(signature, other.signature);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(timestamp) * 31 + Long.hashCode(id);
    }
}
