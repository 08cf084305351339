package io.wirecloset.vl1.identity;

import io.wirecloset.vl1.crypto.Hashes;
import io.wirecloset.vl1.wire.Wire;
import java.security.MessageDigest;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The 96-byte signatures of identities and worlds (notes on identities, section 2): plain Ed25519 over the first half
 * of the message's SHA-512, followed by that half.
 */
public final class Signatures {
    private static final int ED25519_BYTES = 64;
    private static final int DIGEST_BYTES = 32;
    private static final int HALF_BYTES = 32;

    private Signatures() {}

    /**
     * @param secretKey 64 bytes
     * @param publicKey 64 bytes: pairs as in an identity
     */
    public static byte[] sign(byte[] secretKey, byte[] publicKey, byte[] message, int offset, int length) {
        byte[] digest = Hashes.sha512(message, offset, length);
        byte[] signature = new byte[Wire.SIGNATURE_BYTES];
        Ed25519.sign(secretKey, HALF_BYTES, publicKey, HALF_BYTES, null, digest, 0, DIGEST_BYTES, signature, 0);
        System.arraycopy(digest, 0, signature, ED25519_BYTES, DIGEST_BYTES);
        return signature;
    }

    /**
     * @param publicKey 64 bytes as in an identity
     * @return false for wrong lengths too
     */
    public static boolean verify(byte[] publicKey, byte[] message, int offset, int length, byte[] signature) {
        if (signature.length != Wire.SIGNATURE_BYTES) {
            return false;
        }
        byte[] digest = Arrays.copyOf(Hashes.sha512(message, offset, length), DIGEST_BYTES);
        byte[] claimed = Arrays.copyOfRange(signature, ED25519_BYTES, Wire.SIGNATURE_BYTES);
        return MessageDigest.isEqual(digest, claimed)
                && Ed25519.verify(signature, 0, publicKey, HALF_BYTES, digest, 0, DIGEST_BYTES);
    }
}
