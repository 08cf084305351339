package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * Says that a node may be on a network (vl2.md 6.2): a few numbers, each with the distance up to which the same number
 * of another member agrees with it. Two members talk when their certificates agree, so a member whose certificate is
 * not renewed drifts out of the network by itself, without anybody being told.
 *
 * <pre>u8 1 | u16 count | count x ( u64 id | u64 value | u64 max delta ) | a[5] signer | a[96] signature unless unsigned</pre>
 */
public final class CertificateOfMembership implements Credential {
    public static final long TIMESTAMP = 0;
    public static final long NETWORK_ID = 1;
    public static final long ISSUED_TO = 2;
    /** The first of four qualifiers that hold 32 bytes of the hash of the member's whole identity. */
    public static final long IDENTITY_HASH = 3;

    private static final int IDENTITY_HASH_COUNT = 4;
    private static final long ANY = -1L;
    private static final int FORMAT = 1;
    private static final byte[] UNSIGNED = new byte[0];

    private final List<Qualifier> qualifiers;
    private final long signer;
    private final byte[] signature;

    /** One number and how far it may be off; all unsigned 64 bits. */
    public record Qualifier(long id, long value, long maxDelta) {}

    private CertificateOfMembership(List<Qualifier> qualifiers, long signer, byte[] signature) {
        this.qualifiers = List.copyOf(qualifiers);
        this.signer = signer;
        this.signature = signature;
    }

    /**
     * A certificate nobody signed.
     *
     * @throws IllegalArgumentException for more than eight qualifiers, or ids that decrease
     */
    public static CertificateOfMembership unsigned(List<Qualifier> qualifiers) {
        if (qualifiers.size() > Limits.COM_QUALIFIERS) {
            throw new IllegalArgumentException("a certificate has at most " + Limits.COM_QUALIFIERS + " qualifiers");
        }
        for (int i = 1; i < qualifiers.size(); i++) {
            if (Long.compareUnsigned(
                            qualifiers.get(i - 1).id(), qualifiers.get(i).id())
                    > 0) {
                throw new IllegalArgumentException("qualifiers stand in the order of their ids");
            }
        }
        return new CertificateOfMembership(qualifiers, 0, UNSIGNED);
    }

    /**
     * What a controller gives a member.
     *
     * @param windowMs how far two members' certificates may be apart in time
     * @param controller with its secret
     */
    public static CertificateOfMembership issue(
            long timestamp, long windowMs, long networkId, Identity member, Identity controller) {
        byte[] hash = member.fullHash();
        CertificateOfMembership unsigned = unsigned(List.of(
                new Qualifier(TIMESTAMP, timestamp, windowMs),
                new Qualifier(NETWORK_ID, networkId, 0),
                new Qualifier(ISSUED_TO, member.address(), ANY),
                new Qualifier(IDENTITY_HASH, Bytes.u64(hash, 0), ANY),
                new Qualifier(IDENTITY_HASH + 1, Bytes.u64(hash, 8), ANY),
                new Qualifier(IDENTITY_HASH + 2, Bytes.u64(hash, 16), ANY),
                new Qualifier(IDENTITY_HASH + 3, Bytes.u64(hash, 24), ANY)));
        byte[] message = unsigned.signedMessage();
        return new CertificateOfMembership(
                unsigned.qualifiers, controller.address(), controller.sign(message, 0, message.length));
    }

    /** @throws MalformedException */
    public static CertificateOfMembership read(WireReader in) {
        if (in.u8() != FORMAT) {
            throw new MalformedException("not a certificate of membership");
        }
        int count = in.u16();
        if (count > Limits.COM_QUALIFIERS) {
            throw new MalformedException("too many qualifiers");
        }
        Qualifier[] qualifiers = new Qualifier[count];
        for (int i = 0; i < count; i++) {
            qualifiers[i] = new Qualifier(in.u64(), in.u64(), in.u64());
            if (i > 0 && Long.compareUnsigned(qualifiers[i - 1].id(), qualifiers[i].id()) > 0) {
                throw new MalformedException("qualifiers out of order");
            }
        }
        long signer = in.address();
        byte[] signature = signer == 0 ? UNSIGNED : in.bytes(Wire.SIGNATURE_BYTES);
        return new CertificateOfMembership(List.of(qualifiers), signer, signature);
    }

    @Override
    public void write(WireWriter out) {
        out.u8(FORMAT).u16(qualifiers.size());
        writeQualifiers(out);
        out.address(signer).bytes(signature);
    }

    /** The qualifiers and nothing else; unlike other credentials' it has no guards. */
    byte[] signedMessage() {
        WireWriter out = new WireWriter(Limits.COM_QUALIFIERS * 24);
        writeQualifiers(out);
        return out.toByteArray();
    }

    private void writeQualifiers(WireWriter out) {
        for (Qualifier q : qualifiers) {
            out.u64(q.id()).u64(q.value()).u64(q.maxDelta());
        }
    }

    @Override
    public Verdict verify(LongFunction<Identity> identities) {
        return SignatureField.ofController(networkId(), signer, signedMessage(), signature, identities);
    }

    /**
     * Whether the holder of this certificate may talk to the holder of theirs. This one's distances decide.
     *
     * @param other the real identity of the node that presented theirs: a certificate passed on to another node with the
     *     same 40-bit address does not agree
     */
    public boolean agreesWith(CertificateOfMembership theirs, Identity other) {
        if (qualifiers.isEmpty() || theirs.qualifiers.isEmpty()) {
            return false;
        }
        boolean identityMatters = false;
        for (Qualifier mine : qualifiers) {
            Qualifier same = theirs.find(mine.id());
            if (same == null || Long.compareUnsigned(distance(mine.value(), same.value()), mine.maxDelta()) > 0) {
                return false;
            }
            identityMatters |= isIdentityHash(mine.id());
        }
        return !identityMatters || theirs.wasIssuedTo(other);
    }

    private boolean wasIssuedTo(Identity identity) {
        byte[] hash = identity.fullHash();
        for (int i = 0; i < IDENTITY_HASH_COUNT; i++) {
            Qualifier part = find(IDENTITY_HASH + i);
            if (part == null || part.value() != Bytes.u64(hash, 8 * i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIdentityHash(long id) {
        return id >= IDENTITY_HASH && id < IDENTITY_HASH + IDENTITY_HASH_COUNT;
    }

    private static long distance(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a - b : b - a;
    }

    private Qualifier find(long id) {
        for (Qualifier q : qualifiers) {
            if (q.id() == id) {
                return q;
            }
        }
        return null;
    }

    private long valueOf(long id) {
        Qualifier q = find(id);
        return q == null ? 0 : q.value();
    }

    public List<Qualifier> qualifiers() {
        return qualifiers;
    }

    @Override
    public int type() {
        return TYPE_COM;
    }

    @Override
    public long id() {
        return 0;
    }

    @Override
    public long timestamp() {
        return valueOf(TIMESTAMP);
    }

    /** How far another member's certificate may be from this one in time, in milliseconds. */
    public long windowMs() {
        Qualifier q = find(TIMESTAMP);
        return q == null ? 0 : q.maxDelta();
    }

    @Override
    public long networkId() {
        return valueOf(NETWORK_ID);
    }

    @Override
    public long issuedTo() {
        return valueOf(ISSUED_TO);
    }

    /** 0 when nobody signed. */
    public long signer() {
        return signer;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CertificateOfMembership other
                && signer == other.signer
                && qualifiers.equals(other.qualifiers)
                && Arrays.equals(signature, other.signature);
    }

    @Override
    public int hashCode() {
        return qualifiers.hashCode();
    }
}
