package io.wirecloset.vl1.crypto;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** SHA-2 digests. Not for the frame path: each call takes an object of its own. */
public final class Hashes {
    public static final int SHA512_BYTES = 64;

    private Hashes() {}

    public static byte[] sha512(byte[] message, int offset, int length) {
        return digest("SHA-512", message, offset, length);
    }

    public static byte[] sha512(byte[] message) {
        return sha512(message, 0, message.length);
    }

    public static byte[] sha384(byte[] message, int offset, int length) {
        return digest("SHA-384", message, offset, length);
    }

    public static byte[] sha384(byte[] message) {
        return sha384(message, 0, message.length);
    }

    public static byte[] hmacSha384(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA384");
            mac.init(new SecretKeySpec(key, "HmacSHA384"));
            return mac.doFinal(message);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("the platform lacks HmacSHA384", e);
        }
    }

    private static byte[] digest(String algorithm, byte[] message, int offset, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(message, offset, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the platform lacks " + algorithm, e);
        }
    }
}
