package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.function.LongFunction;

/** What all credentials have in common: whose they are, of when, and who vouches for them (vl2.md 6.1). Immutable. */
public sealed interface Credential permits CertificateOfMembership, Capability, Issued {
    int TYPE_COM = 1;
    int TYPE_CAPABILITY = 2;
    int TYPE_TAG = 3;
    int TYPE_OWNERSHIP = 4;
    int TYPE_REVOCATION = 6;

    /** One of the {@code TYPE_} numbers. */
    int type();

    /** Tells credentials of one type apart, unsigned 32 bits; 0 for certificates of membership. */
    long id();

    long networkId();

    /** Milliseconds of the controller's clock; of a revocation, its threshold. */
    long timestamp();

    /** The node it speaks about: the holder, or a revocation's target. */
    long issuedTo();

    void write(WireWriter out);

    default byte[] toBytes() {
        WireWriter out = new WireWriter(256);
        write(out);
        return out.toByteArray();
    }

    /**
     * Checks signer and signature. A signer other than the network's controller is bad without any look-up.
     *
     * @param identities the identity of an address, or null when it is not known (yet)
     */
    Verdict verify(LongFunction<Identity> identities);
}
