package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Wire;
import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * A credential that a network's controller signs by itself: body, signature field, and a length for fields that newer
 * versions may add (vl2.md 6.1). Signed is the body between two guards.
 */
abstract sealed class Issued implements Credential permits Tag, CertificateOfOwnership, Revocation {
    private final long networkId;
    private final long timestamp;
    private final long id;
    private final long issuedTo;
    private final long signer;
    private final byte[] signature;

    /** Takes over what was read. The subclass has set its own fields before. */
    Issued(long networkId, long timestamp, long id, long issuedTo, long signer, byte[] signature) {
        this.networkId = networkId;
        this.timestamp = timestamp;
        this.id = id & 0xffff_ffffL;
        this.issuedTo = issuedTo;
        this.signer = signer;
        this.signature = signature;
    }

    /**
     * Signs. The subclass has set its own fields before.
     *
     * @param controller with its secret
     */
    Issued(long networkId, long timestamp, long id, long issuedTo, Identity controller) {
        this.networkId = networkId;
        this.timestamp = timestamp;
        this.id = id & 0xffff_ffffL;
        this.issuedTo = issuedTo;
        this.signer = controller.address();
        byte[] message = signedMessage();
        this.signature = controller.sign(message, 0, message.length);
    }

    /** Everything in front of the signature field. */
    abstract void writeBody(WireWriter out);

    /** @return the signature; what else stands behind the body is stepped over */
    static byte[] readTail(WireReader in) {
        byte[] signature = SignatureField.read(in);
        SignatureField.skipAdditionalFields(in);
        return signature;
    }

    @Override
    public final void write(WireWriter out) {
        writeBody(out);
        SignatureField.write(out, signature);
        out.u16(0);
    }

    final byte[] signedMessage() {
        WireWriter out = new WireWriter(128);
        out.u64(Wire.SIGNATURE_GUARD);
        writeBody(out);
        return out.u16(0).u64(Wire.SIGNATURE_GUARD).toByteArray();
    }

    @Override
    public final Verdict verify(LongFunction<Identity> identities) {
        return SignatureField.ofController(networkId, signer, signedMessage(), signature, identities);
    }

    @Override
    public final long id() {
        return id;
    }

    @Override
    public final long networkId() {
        return networkId;
    }

    @Override
    public final long timestamp() {
        return timestamp;
    }

    @Override
    public final long issuedTo() {
        return issuedTo;
    }

    public final long signer() {
        return signer;
    }

    @Override
    public final boolean equals(Object o) {
        return o instanceof Issued other
                && type() == other.type()
                && Arrays.equals(signedMessage(), other.signedMessage())
                && Arrays.equals(signature, other.signature);
    }

    @Override
    public final int hashCode() {
        return Long.hashCode(timestamp) * 31 + Long.hashCode(id);
    }
}
