package io.wirecloset.vl1.crypto;

import io.wirecloset.vl1.wire.PacketHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Cipher suite 3 over whole packets (notes on packets, section 4). A working object for one thread; on the platform's
 * own AES it allocates nothing. The header's suite bits must be set already.
 *
 * <pre>
 *  tag = GMAC(K0, id, A || 0 0 0 0 0 || P)      A = bytes 8..18 without hops, P = verb and payload
 *  B   = AES(K1, id || fold(tag))               goes where id and MAC stand
 *  P'  = P xor AES-CTR(K1, B)
 * </pre>
 */
public final class AesGmacSiv {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int BLOCK_BYTES = AesEngine.BLOCK_BYTES;
    /** Where the 16 bytes in front of the verb begin: borrowed for A while hashing, so that all lies in one piece. */
    private static final int PREFIX = PacketHeader.VERB - BLOCK_BYTES;
    /** Bytes 16..18 of the header as the upper part of a word, without the hop bits. */
    private static final long PREFIX_END_MASK = 0xffff_f800_0000_0000L;

    private static final long COUNTER_MASK = 0xffff_ffff_7fff_ffffL;
    private static final long FIRST_GCM_BLOCK = 1;

    private static final boolean OPENED = SelfTest.openedAgreesWithPublic();

    private final AesEngine aes;
    private final long[] state = new long[2];
    private final byte[] block = new byte[BLOCK_BYTES];
    private final byte[] tail = new byte[2 * BLOCK_BYTES];
    private long openedId;

    /** On the faster of the two engines that work here. */
    public AesGmacSiv() {
        this(OPENED ? new OpenedAes() : new PublicAes());
    }

    AesGmacSiv(AesEngine aes) {
        this.aes = aes;
    }

    /** Do packets use the platform's opened AES, as they should in production? */
    public static boolean isFast() {
        return OPENED;
    }

    public void seal(byte[] slot, int at, int length, SessionKeys keys) {
        aes.use(keys.aes);
        long id = (long) LONG.get(slot, at + PacketHeader.PACKET_ID);
        put(id, foldedTag(slot, at, length, id));
        aes.encryptBlock(block);
        long sealedId = (long) LONG.get(block, 0);
        long sealedTag = (long) LONG.get(block, 8);
        crypt(slot, at, length, sealedId, sealedTag);
        LONG.set(slot, at + PacketHeader.PACKET_ID, sealedId);
        LONG.set(slot, at + PacketHeader.MAC, sealedTag);
    }

    /**
     * The id stays as it was on the wire.
     *
     * @return false, with nothing changed, if the tag is wrong
     */
    public boolean open(byte[] slot, int at, int length, SessionKeys keys) {
        aes.use(keys.aes);
        long sealedId = (long) LONG.get(slot, at + PacketHeader.PACKET_ID);
        long sealedTag = (long) LONG.get(slot, at + PacketHeader.MAC);
        crypt(slot, at, length, sealedId, sealedTag);
        put(sealedId, sealedTag);
        aes.decryptBlock(block);
        long id = (long) LONG.get(block, 0);
        long tag = (long) LONG.get(block, 8);
        openedId = id;
        // one comparison of whole words: takes as long for any difference
        if ((tag ^ foldedTag(slot, at, length, id)) != 0) {
            crypt(slot, at, length, sealedId, sealedTag);
            return false;
        }
        return true;
    }

    /** The id the sender gave the packet that was opened last. */
    public long openedId() {
        return openedId;
    }

    /** The id the sender gave a sealed packet, or one opened before; of a forged one, anything. */
    public long idOf(byte[] slot, int at, SessionKeys keys) {
        aes.use(keys.aes);
        put((long) LONG.get(slot, at + PacketHeader.PACKET_ID), (long) LONG.get(slot, at + PacketHeader.MAC));
        aes.decryptBlock(block);
        return (long) LONG.get(block, 0);
    }

    private void put(long first, long second) {
        LONG.set(block, 0, first);
        LONG.set(block, 8, second);
    }

    private void crypt(byte[] slot, int at, int length, long sealedId, long sealedTag) {
        put(sealedId, sealedTag & COUNTER_MASK);
        aes.counterMode(block, slot, at + PacketHeader.VERB, length - PacketHeader.VERB);
    }

    private long foldedTag(byte[] slot, int at, int length, long id) {
        hash(slot, at, length);
        // the nonce is id || 0000, GCM's own counter stands at 1
        put(id, FIRST_GCM_BLOCK);
        aes.macBlock(block);
        return state[0] ^ state[1] ^ (long) LONG.get(block, 0) ^ (long) LONG.get(block, 8);
    }

    /** GHASH of A, its padding, P, and their length, with A laid over the bytes in front of P for the moment. */
    private void hash(byte[] slot, int at, int length) {
        int prefix = at + PREFIX;
        long saved0 = (long) LONG.get(slot, prefix);
        long saved1 = (long) LONG.get(slot, prefix + 8);
        long header0 = (long) LONG.get(slot, at + PacketHeader.DESTINATION);
        long header1 = (long) LONG.get(slot, at + PacketHeader.DESTINATION + 8) & PREFIX_END_MASK;
        LONG.set(slot, prefix, header0);
        LONG.set(slot, prefix + 8, header1);
        state[0] = 0;
        state[1] = 0;
        int hashed = length - PREFIX;
        int whole = hashed & -BLOCK_BYTES;
        aes.hash(state, slot, prefix, whole / BLOCK_BYTES);
        LONG.set(slot, prefix, saved0);
        LONG.set(slot, prefix + 8, saved1);
        hashTail(slot, prefix + whole, hashed - whole, hashed);
    }

    /** What is left of P, padded, and the length in bits. */
    private void hashTail(byte[] slot, int from, int rest, int hashed) {
        int lengthAt = rest == 0 ? 0 : BLOCK_BYTES;
        Arrays.fill(tail, (byte) 0);
        System.arraycopy(slot, from, tail, 0, rest);
        LONG.set(tail, lengthAt, 8L * hashed);
        aes.hash(state, tail, 0, lengthAt / BLOCK_BYTES + 1);
    }

    /** Both engines over the same packets, before the first real one. */
    private static final class SelfTest {
        private static final int[] LENGTHS = {28, 29, 43, 44, 45, 59, 60, 200, 1432, 2801};

        static boolean openedAgreesWithPublic() {
            if (!OpenedAes.isOpen()) {
                return false;
            }
            try {
                SessionKeys keys = SessionKeys.of(pattern(48, 7));
                for (int length : LENGTHS) {
                    if (!agree(length, keys)) {
                        return false;
                    }
                }
                return true;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        private static boolean agree(int length, SessionKeys keys) {
            AesGmacSiv opened = new AesGmacSiv(new OpenedAes());
            AesGmacSiv open = new AesGmacSiv(new PublicAes());
            byte[] plain = pattern(length, 31);
            byte[] one = plain.clone();
            byte[] other = plain.clone();
            opened.seal(one, 0, length, keys);
            open.seal(other, 0, length, keys);
            if (!Arrays.equals(one, other)) {
                return false;
            }
            return opened.open(one, 0, length, keys) && open.open(other, 0, length, keys) && Arrays.equals(one, other);
        }

        private static byte[] pattern(int length, int step) {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) (step * i + length);
            }
            return bytes;
        }
    }
}
