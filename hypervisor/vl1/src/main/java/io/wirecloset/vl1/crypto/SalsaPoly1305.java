package io.wirecloset.vl1.crypto;

import io.wirecloset.vl1.wire.PacketHeader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Cipher suites 0 and 1 over whole packets (notes on packets, section 3): Salsa20/12 under a key mixed from session
 * key, header and length; Poly1305 under the first half of the first block. A working object for one thread; allocates
 * nothing. The header's suite bits must be set already.
 */
public final class SalsaPoly1305 {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Salsa20 salsa = new Salsa20(Salsa20.PACKET_ROUNDS);
    private final Poly1305 poly = new Poly1305();
    private final byte[] firstBlock = new byte[Salsa20.BLOCK_BYTES];

    /** @param encrypt suite 1; otherwise suite 0, which authenticates only */
    public void seal(byte[] slot, int at, int length, SessionKeys keys, boolean encrypt) {
        start(slot, at, length, keys);
        if (encrypt) {
            crypt(slot, at, length);
        }
        LONG.set(slot, at + PacketHeader.MAC, tag(slot, at, length));
    }

    /**
     * @param encrypted suite 1; otherwise suite 0
     * @return false, with nothing changed, if the MAC is wrong
     */
    public boolean open(byte[] slot, int at, int length, SessionKeys keys, boolean encrypted) {
        start(slot, at, length, keys);
        // one comparison of whole words: takes as long for any difference
        if (((long) LONG.get(slot, at + PacketHeader.MAC) ^ tag(slot, at, length)) != 0) {
            return false;
        }
        if (encrypted) {
            crypt(slot, at, length);
        }
        return true;
    }

    /** Keys the cipher for this packet and takes the first block, the authenticator's key. */
    private void start(byte[] slot, int at, int length, SessionKeys keys) {
        int[] k = keys.salsaWords;
        int flags = slot[at + PacketHeader.FLAGS] & 0xff & ~PacketHeader.HOPS_MASK;
        int headerEnd = slot[at + 16] & 0xff | (slot[at + 17] & 0xff) << 8 | flags << 16 | length << 24;
        salsa.key(
                k[0] ^ Salsa20.word(slot, at, 0),
                k[1] ^ Salsa20.word(slot, at, 1),
                k[2] ^ Salsa20.word(slot, at, 2),
                k[3] ^ Salsa20.word(slot, at, 3),
                k[4] ^ headerEnd,
                k[5] ^ (length >>> 8 & 0xff),
                k[6],
                k[7]);
        salsa.nonce(Salsa20.word(slot, at, 0), Salsa20.word(slot, at, 1));
        salsa.block(firstBlock, 0);
    }

    private void crypt(byte[] slot, int at, int length) {
        salsa.xor(slot, at + PacketHeader.VERB, length - PacketHeader.VERB);
    }

    private long tag(byte[] slot, int at, int length) {
        poly.authenticate(firstBlock, 0, slot, at + PacketHeader.VERB, length - PacketHeader.VERB);
        return poly.tagLow();
    }
}
