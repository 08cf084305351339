package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.wire.Wire;
import java.util.function.LongFunction;

/** {@code u8 1 | u16 96 | a[96] signature}, as it stands in every credential but the COM, and how it is checked. */
final class SignatureField {
    private static final byte[] NONE = new byte[0];

    private SignatureField() {}

    /** @return the signature; empty for types we do not know, which are skipped by their length */
    static byte[] read(WireReader in) {
        int type = in.u8();
        int length = in.u16();
        if (type != Wire.SIGNATURE_ED25519) {
            in.skip(length);
            return NONE;
        }
        if (length != Wire.SIGNATURE_BYTES) {
            throw new MalformedException("signature of a wrong length");
        }
        return in.bytes(length);
    }

    /** @param signature as {@link #read} gave it: one that was not understood is written as of no type */
    static void write(WireWriter out, byte[] signature) {
        boolean signed = signature.length == Wire.SIGNATURE_BYTES;
        out.u8(signed ? Wire.SIGNATURE_ED25519 : 0).u16(signature.length).bytes(signature);
    }

    /** Steps over the fields that newer versions may add at the end of a credential. */
    static void skipAdditionalFields(WireReader in) {
        in.skip(in.u16());
    }

    /** Checks the signature of a network's controller. */
    static Verdict ofController(
            long networkId, long signer, byte[] message, byte[] signature, LongFunction<Identity> identities) {
        if (signer != NetworkIds.controllerOf(networkId)) {
            return Verdict.BAD;
        }
        return of(signer, message, signature, identities);
    }

    static Verdict of(long signer, byte[] message, byte[] signature, LongFunction<Identity> identities) {
        if (signature.length != Wire.SIGNATURE_BYTES) {
            return Verdict.BAD;
        }
        Identity identity = identities.apply(signer);
        if (identity == null) {
            return Verdict.WAIT;
        }
        return identity.verify(message, 0, message.length, signature) ? Verdict.OK : Verdict.BAD;
    }
}
