package io.wirecloset.vl1.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES by the public API, one block mode cipher per key and direction, and GHASH in plain Java. Cipher objects are kept
 * for the peers a thread talks to; others cost an initialization. Needs nothing opened.
 */
final class PublicAes extends AesEngine {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final String TRANSFORMATION = "AES/ECB/NoPadding";
    /** Peers whose ciphers are kept; a power of two. */
    private static final int CACHED_PEERS = 64;
    /** Counter blocks encrypted at once. */
    private static final int STREAM_BYTES = 64 * BLOCK_BYTES;

    private record Ciphers(AesKeys keys, Cipher mac, Cipher encrypt, Cipher decrypt) {}

    private final Ciphers[] cache = new Ciphers[CACHED_PEERS];
    private final byte[] stream = new byte[STREAM_BYTES];
    private Ciphers ciphers;

    @Override
    void use(AesKeys keys) {
        int place = (int) keys.hashKeyHigh & CACHED_PEERS - 1;
        Ciphers cached = cache[place];
        if (cached == null || cached.keys != keys) {
            cached = new Ciphers(
                    keys,
                    cipher(Cipher.ENCRYPT_MODE, keys.macKey),
                    cipher(Cipher.ENCRYPT_MODE, keys.cipherKey),
                    cipher(Cipher.DECRYPT_MODE, keys.cipherKey));
            cache[place] = cached;
        }
        ciphers = cached;
    }

    static byte[] encryptBlock(byte[] key, byte[] block) {
        byte[] encrypted = block.clone();
        update(cipher(Cipher.ENCRYPT_MODE, key), encrypted, BLOCK_BYTES);
        return encrypted;
    }

    static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    private static Cipher cipher(int mode, byte[] key) {
        try {
            Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(mode, new SecretKeySpec(key, "AES"));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform lacks AES", e);
        }
    }

    private static void update(Cipher cipher, byte[] bytes, int length) {
        try {
            int done = cipher.update(bytes, 0, length, bytes, 0);
            if (done != length) {
                throw new IllegalStateException("the platform's AES holds back blocks");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform's AES failed", e);
        }
    }

    @Override
    void macBlock(byte[] block) {
        update(ciphers.mac, block, BLOCK_BYTES);
    }

    @Override
    void encryptBlock(byte[] block) {
        update(ciphers.encrypt, block, BLOCK_BYTES);
    }

    @Override
    void decryptBlock(byte[] block) {
        update(ciphers.decrypt, block, BLOCK_BYTES);
    }

    @Override
    void counterMode(byte[] counter, byte[] bytes, int offset, int length) {
        long high = longAt(counter, 0);
        long low = longAt(counter, 8);
        for (int done = 0; done < length; done += STREAM_BYTES) {
            int part = Math.min(STREAM_BYTES, length - done);
            int padded = part + BLOCK_BYTES - 1 & -BLOCK_BYTES;
            for (int at = 0; at < padded; at += BLOCK_BYTES) {
                LONG.set(stream, at, high);
                LONG.set(stream, at + 8, low);
                // the lower word cannot overflow: its 32-bit counter starts in the lower half
                low++;
            }
            update(ciphers.encrypt, stream, padded);
            for (int i = 0; i < part; i++) {
                bytes[offset + done + i] ^= stream[i];
            }
        }
        Arrays.fill(counter, (byte) 0);
    }

    @Override
    void hash(long[] state, byte[] bytes, int offset, int blocks) {
        long hashKeyHigh = ciphers.keys.hashKeyHigh;
        long hashKeyLow = ciphers.keys.hashKeyLow;
        for (int at = offset; at < offset + blocks * BLOCK_BYTES; at += BLOCK_BYTES) {
            state[0] ^= longAt(bytes, at);
            state[1] ^= longAt(bytes, at + 8);
            Ghash.multiply(state, hashKeyHigh, hashKeyLow);
        }
    }
}
