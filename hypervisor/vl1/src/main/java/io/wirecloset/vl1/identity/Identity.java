package io.wirecloset.vl1.identity;

import io.wirecloset.vl1.crypto.Hashes;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A node's address and keys (notes on identities): an X25519 pair to agree on session keys and an Ed25519 pair to sign.
 * The secret half is present only in a node's own identity. Immutable. Reading one does not prove that the address
 * belongs to the keys; that is {@link AddressDerivation}'s costly work.
 */
public final class Identity {
    private static final HexFormat HEX = HexFormat.of();
    private static final int HALF_BYTES = 32;

    private final long address;
    private final byte[] publicKey;
    private final byte[] secretKey;

    private Identity(long address, byte[] publicKey, byte[] secretKey) {
        if (Addresses.isReserved(address)) {
            throw new MalformedException("reserved address");
        }
        this.address = address;
        this.publicKey = publicKey;
        this.secretKey = secretKey;
    }

    /**
     * @param publicKey 64 bytes, copied
     * @param secretKey 64 bytes, copied, or null
     * @throws MalformedException for a reserved address or keys of other lengths
     */
    public static Identity of(long address, byte[] publicKey, byte[] secretKey) {
        if (publicKey.length != Wire.PUBLIC_KEY_BYTES
                || secretKey != null && secretKey.length != Wire.SECRET_KEY_BYTES) {
            throw new MalformedException("a key of an identity has 64 bytes");
        }
        return new Identity(address, publicKey.clone(), secretKey == null ? null : secretKey.clone());
    }

    /**
     * Reads {@code address:0:public} or {@code address:0:public:secret}.
     *
     * @throws MalformedException for anything else
     */
    public static Identity parse(String text) {
        if (text.length() >= Limits.IDENTITY_TEXT_CHARS) {
            throw new MalformedException("identity too long");
        }
        String[] fields = text.split(":", -1);
        if (fields.length < 3 || fields.length > 4 || !fields[1].equals("0")) {
            throw new MalformedException("not address:0:public[:secret]");
        }
        return new Identity(Addresses.parse(fields[0]), key(fields[2]), fields.length == 4 ? key(fields[3]) : null);
    }

    /** Longer text is cut off, so a line's end does no harm. */
    private static byte[] key(String text) {
        if (text.length() < 2 * Wire.PUBLIC_KEY_BYTES) {
            throw new MalformedException("key too short");
        }
        try {
            return HEX.parseHex(text, 0, 2 * Wire.PUBLIC_KEY_BYTES);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not a hex digit");
        }
    }

    /**
     * Reads the binary form: 71 bytes, or 135 if the secret is there.
     *
     * @throws MalformedException
     */
    public static Identity read(WireReader in) {
        long address = in.address();
        if (in.u8() != Wire.IDENTITY_TYPE) {
            throw new MalformedException("unknown type of identity");
        }
        byte[] publicKey = in.bytes(Wire.PUBLIC_KEY_BYTES);
        int secretBytes = in.u8();
        if (secretBytes != 0 && secretBytes != Wire.SECRET_KEY_BYTES) {
            throw new MalformedException("bad length of a secret key");
        }
        return new Identity(address, publicKey, secretBytes == 0 ? null : in.bytes(secretBytes));
    }

    /** @throws IllegalStateException if the secret is asked for and absent */
    public void write(WireWriter out, boolean withSecret) {
        out.address(address).u8(Wire.IDENTITY_TYPE).bytes(publicKey);
        if (withSecret) {
            out.u8(Wire.SECRET_KEY_BYTES).bytes(secret());
        } else {
            out.u8(0);
        }
    }

    public long address() {
        return address;
    }

    /** 64 bytes, a copy: X25519 then Ed25519. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    public boolean hasSecret() {
        return secretKey != null;
    }

    /** Do the secret keys belong to the public ones? False without a secret. */
    public boolean secretMatches() {
        if (secretKey == null) {
            return false;
        }
        byte[] derived = new byte[Wire.PUBLIC_KEY_BYTES];
        X25519.generatePublicKey(secretKey, 0, derived, 0);
        Ed25519.generatePublicKey(secretKey, HALF_BYTES, derived, HALF_BYTES);
        return Arrays.equals(derived, publicKey);
    }

    /** @return this, or a copy that cannot sign or agree */
    public Identity withoutSecret() {
        return secretKey == null ? this : new Identity(address, publicKey, null);
    }

    /**
     * Signs {@code message[offset..offset+length)}. Deterministic.
     *
     * @return 96 bytes: R, S, and the 32 bytes of digest that were signed
     * @throws IllegalStateException without the secret
     */
    public byte[] sign(byte[] message, int offset, int length) {
        return Signatures.sign(secret(), publicKey, message, offset, length);
    }

    /** @return whether these 96 bytes are this identity's signature; any other length is not */
    public boolean verify(byte[] message, int offset, int length, byte[] signature) {
        return Signatures.verify(publicKey, message, offset, length, signature);
    }

    /** @return the keys of packets between this identity (with its secret) and the other, the same on both sides */
    public SessionKeys agree(Identity other) {
        byte[] shared = new byte[HALF_BYTES];
        X25519.scalarMult(secret(), 0, other.publicKey, 0, shared, 0);
        return SessionKeys.of(Arrays.copyOf(Hashes.sha512(shared), Wire.SESSION_KEY_BYTES));
    }

    /** SHA-384 of address and public key: names an identity beyond its 40 bits. */
    public byte[] fullHash() {
        return Hashes.sha384(new WireWriter(Wire.ADDRESS_BYTES + Wire.PUBLIC_KEY_BYTES)
                .address(address)
                .bytes(publicKey)
                .toByteArray());
    }

    public String toPublicText() {
        return Addresses.format(address) + ":0:" + HEX.formatHex(publicKey);
    }

    /**
     * For the file of the secret identity only.
     *
     * @throws IllegalStateException without the secret
     */
    public String toSecretText() {
        return toPublicText() + ":" + HEX.formatHex(secret());
    }

    private byte[] secret() {
        if (secretKey == null) {
            throw new IllegalStateException("no secret key");
        }
        return secretKey;
    }

    /** Same address and public keys; whether the secret is present does not matter. */
    @Override
    public boolean equals(Object o) {
        return o instanceof Identity other && address == other.address && Arrays.equals(publicKey, other.publicKey);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(address);
    }

    @Override
    public String toString() {
        return secretKey == null ? toPublicText() : toPublicText() + ":***";
    }
}
