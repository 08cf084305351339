package io.wirecloset.vl1.identity;

import io.wirecloset.vl1.crypto.Hashes;
import io.wirecloset.vl1.crypto.Salsa20;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Wire;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The slow function from a public key to its address (notes on identities, section 4): fills 2 MiB with key stream and
 * wanders through them. Costs tens of milliseconds, so it runs beside the packet threads and its results are kept. A
 * working object for one thread, which holds the 2 MiB.
 */
public final class AddressDerivation {
    /** Keys whose digest begins with this or more are not acceptable: the work to find one that is. */
    public static final int FIRST_BYTE_BELOW = 17;
    /** What {@link #derive} gives for a key that has no address. */
    public static final long NO_ADDRESS = -1;

    static final int MEMORY_BYTES = 2 << 20;
    private static final int BLOCK_BYTES = Salsa20.BLOCK_BYTES;
    private static final int WORD_BYTES = 8;
    private static final int MEMORY_WORDS = MEMORY_BYTES / WORD_BYTES;
    private static final int DIGEST_WORDS = Hashes.SHA512_BYTES / WORD_BYTES;
    private static final int WORDS_PER_ROUND = 2;
    static final int ROUNDS = MEMORY_WORDS / WORDS_PER_ROUND;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final Salsa20 salsa = new Salsa20(Salsa20.DERIVATION_ROUNDS);
    private final byte[] memory = new byte[MEMORY_BYTES];
    private byte[] digest;

    /** Does this address belong to these keys, and did finding them take the work it must? */
    public boolean isValid(Identity identity) {
        return !Addresses.isReserved(identity.address()) && derive(identity.publicKey()) == identity.address();
    }

    /**
     * @param publicKey 64 bytes
     * @return the address, or {@link #NO_ADDRESS} if this key is not acceptable
     */
    public long derive(byte[] publicKey) {
        byte[] end = digest(publicKey);
        long address = Addresses.get(end, Hashes.SHA512_BYTES - Wire.ADDRESS_BYTES);
        boolean acceptable = (end[0] & 0xff) < FIRST_BYTE_BELOW && !Addresses.isReserved(address);
        return acceptable ? address : NO_ADDRESS;
    }

    /** The final 64 bytes, of which the last five are the address. */
    byte[] digest(byte[] publicKey) {
        fill(publicKey);
        wander(0, ROUNDS);
        return digest;
    }

    /** Begins anew: the memory becomes a chain of key stream blocks. */
    void fill(byte[] publicKey) {
        digest = Hashes.sha512(publicKey, 0, Wire.PUBLIC_KEY_BYTES);
        salsa.init(digest, 0, digest, Salsa20.KEY_BYTES);
        salsa.block(memory, 0);
        for (int at = BLOCK_BYTES; at < MEMORY_BYTES; at += BLOCK_BYTES) {
            salsa.block(memory, at - BLOCK_BYTES, memory, at);
        }
    }

    /** Rounds of exchanging a word of the digest for one of the memory; the memory says which. */
    void wander(int fromRound, int toRound) {
        byte[] m = memory;
        byte[] d = digest;
        for (int round = fromRound; round < toRound; round++) {
            int at = round * WORDS_PER_ROUND * WORD_BYTES;
            int inDigest = WORD_BYTES * ((int) (long) LONG.get(m, at) & DIGEST_WORDS - 1);
            int inMemory = WORD_BYTES * ((int) (long) LONG.get(m, at + WORD_BYTES) & MEMORY_WORDS - 1);
            long word = (long) LONG.get(m, inMemory);
            LONG.set(m, inMemory, (long) LONG.get(d, inDigest));
            LONG.set(d, inDigest, word);
            salsa.block(d, 0, d, 0);
        }
    }

    byte[] memory() {
        return memory;
    }

    byte[] digest() {
        return digest;
    }
}
