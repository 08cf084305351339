package io.wirecloset.vl1.identity;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Wire;
import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Key pairs as an identity has them, but without an address: what worlds are signed with. Immutable. */
public final class SigningKeys {
    private static final int HALF_BYTES = 32;

    private final byte[] publicKey;
    private final byte[] secretKey;

    private SigningKeys(byte[] publicKey, byte[] secretKey) {
        this.publicKey = publicKey;
        this.secretKey = secretKey;
    }

    /**
     * @param secretKey 64 bytes, copied
     * @throws MalformedException for another length
     */
    public static SigningKeys of(byte[] secretKey) {
        if (secretKey.length != Wire.SECRET_KEY_BYTES) {
            throw new MalformedException("a secret key has 64 bytes");
        }
        byte[] publicKey = new byte[Wire.PUBLIC_KEY_BYTES];
        X25519.generatePublicKey(secretKey, 0, publicKey, 0);
        Ed25519.generatePublicKey(secretKey, HALF_BYTES, publicKey, HALF_BYTES);
        return new SigningKeys(publicKey, secretKey.clone());
    }

    public static SigningKeys generate(RandomSource random) {
        byte[] secretKey = new byte[Wire.SECRET_KEY_BYTES];
        random.fill(secretKey, 0, secretKey.length);
        return of(secretKey);
    }

    /** 64 bytes, a copy. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** 64 bytes, a copy: for the file it is kept in. */
    public byte[] secretKey() {
        return secretKey.clone();
    }

    /** @return 96 bytes, see {@link Signatures} */
    public byte[] sign(byte[] message, int offset, int length) {
        return Signatures.sign(secretKey, publicKey, message, offset, length);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof SigningKeys other && Arrays.equals(publicKey, other.publicKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(publicKey);
    }

    @Override
    public String toString() {
        return "SigningKeys[***]";
    }
}
