package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Wire;
import java.util.Arrays;
import java.util.function.LongFunction;

/**
 * Says that credentials of one type and id, held by the target and not newer than the threshold, are void (vl2.md 6.6).
 *
 * <pre>u32 0 | u32 id | u64 network id | u32 0 | u32 credential id | u64 threshold | u64 flags
 * | a[5] target | a[5] signer | u8 type | signature field | u16 0</pre>
 */
public final class Revocation implements Credential {
    /** Members pass it on to all members they know. */
    public static final long FLAG_FAST_PROPAGATE = 1;

    private final long id;
    private final long networkId;
    private final long credentialId;
    private final long threshold;
    private final long flags;
    private final long target;
    private final long signer;
    private final int credentialType;
    private final byte[] signature;

    private Revocation(
            long id,
            long networkId,
            long credentialId,
            long threshold,
            long flags,
            long target,
            long signer,
            int credentialType,
            byte[] signature) {
        this.id = id & 0xffff_ffffL;
        this.networkId = networkId;
        this.credentialId = credentialId & 0xffff_ffffL;
        this.threshold = threshold;
        this.flags = flags;
        this.target = target;
        this.signer = signer;
        this.credentialType = credentialType;
        this.signature = signature;
    }

    /**
     * @param id random, 32 bits
     * @param credentialType one of the numbers in {@link Credential}
     * @param credentialId 0 for certificates of membership
     * @param controller with its secret
     */
    public static Revocation issue(
            long id,
            long networkId,
            int credentialType,
            long credentialId,
            long threshold,
            long flags,
            long target,
            Identity controller) {
        byte[] message = new Revocation(
                        id,
                        networkId,
                        credentialId,
                        threshold,
                        flags,
                        target,
                        controller.address(),
                        credentialType,
                        new byte[0])
                .signedMessage();
        return new Revocation(
                id,
                networkId,
                credentialId,
                threshold,
                flags,
                target,
                controller.address(),
                credentialType,
                controller.sign(message, 0, message.length));
    }

    /** @throws MalformedException */
    public static Revocation read(WireReader in) {
        in.skip(4);
        long id = in.u32();
        long networkId = in.u64();
        in.skip(4);
        Revocation revocation = new Revocation(
                id,
                networkId,
                in.u32(),
                in.u64(),
                in.u64(),
                in.address(),
                in.address(),
                in.u8(),
                SignatureField.read(in));
        SignatureField.skipAdditionalFields(in);
        return revocation;
    }

    @Override
    public void write(WireWriter out) {
        writeBody(out);
        SignatureField.write(out, signature);
        out.u16(0);
    }

    byte[] signedMessage() {
        WireWriter out = new WireWriter(80);
        out.u64(Wire.SIGNATURE_GUARD);
        writeBody(out);
        return out.u16(0).u64(Wire.SIGNATURE_GUARD).toByteArray();
    }

    private void writeBody(WireWriter out) {
        out.u32(0).u32(id).u64(networkId).u32(0).u32(credentialId);
        out.u64(threshold).u64(flags).address(target).address(signer).u8(credentialType);
    }

    @Override
    public Verdict verify(LongFunction<Identity> identities) {
        return SignatureField.ofController(networkId, signer, signedMessage(), signature, identities);
    }

    public boolean isFastPropagating() {
        return (flags & FLAG_FAST_PROPAGATE) != 0;
    }

    /** Type of the credentials that are void. */
    public int credentialType() {
        return credentialType;
    }

    /** Id of the credentials that are void; 0 for certificates of membership. */
    public long credentialId() {
        return credentialId;
    }

    /** Credentials with this timestamp, or an older one, are void. */
    public long threshold() {
        return threshold;
    }

    public long flags() {
        return flags;
    }

    @Override
    public int type() {
        return TYPE_REVOCATION;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long networkId() {
        return networkId;
    }

    @Override
    public long timestamp() {
        return threshold;
    }

    @Override
    public long issuedTo() {
        return target;
    }

    public long signer() {
        return signer;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Revocation other
                && Arrays.equals(signedMessage(), other.signedMessage())
                && Arrays.equals(signature, other.signature);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(threshold) * 31 + Long.hashCode(id);
    }
}
