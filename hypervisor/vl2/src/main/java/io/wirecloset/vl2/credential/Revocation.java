package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/**
 * Says that credentials of one type and id, held by the target and not newer than the threshold, are void (vl2.md 6.6).
 *
 * <pre>u32 0 | u32 id | u64 network id | u32 0 | u32 credential id | u64 threshold | u64 flags
 * | a[5] target | a[5] signer | u8 type | signature field | u16 0</pre>
 */
public final class Revocation extends Issued {
    /** Members pass it on to all members they know. */
    public static final long FLAG_FAST_PROPAGATE = 1;

    private final long credentialId;
    private final long flags;
    private final int credentialType;

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
        this.credentialId = credentialId & 0xffff_ffffL;
        this.flags = flags;
        this.credentialType = credentialType;
        super(networkId, threshold, id, target, signer, signature);
    }

    private Revocation(
            long id,
            long networkId,
            int credentialType,
            long credentialId,
            long threshold,
            long flags,
            long target,
            Identity controller) {
        this.credentialId = credentialId & 0xffff_ffffL;
        this.flags = flags;
        this.credentialType = credentialType;
        super(networkId, threshold, id, target, controller);
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
        return new Revocation(id, networkId, credentialType, credentialId, threshold, flags, target, controller);
    }

    /** @throws MalformedException */
    public static Revocation read(WireReader in) {
        in.skip(4);
        long id = in.u32();
        long networkId = in.u64();
        in.skip(4);
        return new Revocation(
                id, networkId, in.u32(), in.u64(), in.u64(), in.address(), in.address(), in.u8(), readTail(in));
    }

    @Override
    void writeBody(WireWriter out) {
        out.u32(0).u32(id()).u64(networkId()).u32(0).u32(credentialId);
        out.u64(threshold()).u64(flags).address(issuedTo()).address(signer()).u8(credentialType);
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
        return timestamp();
    }

    public long flags() {
        return flags;
    }

    @Override
    public int type() {
        return TYPE_REVOCATION;
    }
}
