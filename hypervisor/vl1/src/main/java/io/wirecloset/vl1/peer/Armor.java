package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.AesGmacSiv;
import io.wirecloset.vl1.crypto.Salsa20;
import io.wirecloset.vl1.crypto.SalsaPoly1305;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Wire;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Seals and opens whole packets in place, in suites 0, 1 and 3 (notes on packets, sections 2 to 4). Owned by one thread,
 * a lane or the control loop; allocates nothing per packet. For trusted paths see {@link PacketHeader#sealTrusted}.
 */
public final class Armor {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    /** The packet id without its three lowest bits is the nonce of HELLO's encrypted section. */
    private static final long HELLO_NONCE_MASK = ~7L;

    private final SalsaPoly1305 salsa = new SalsaPoly1305();
    private final AesGmacSiv aes = new AesGmacSiv();
    private final Salsa20 helloCipher = new Salsa20(Salsa20.PACKET_ROUNDS);
    private final byte[] helloNonce = new byte[Salsa20.NONCE_BYTES];
    private long openedId;

    /**
     * Seals {@code slot[at..at+length)}, whose header is complete but for suite and MAC. In suite 3 the packet id
     * changes; what others will call this packet by is the id afterwards.
     *
     * @param suite 0, 1 or 3
     */
    public void seal(byte[] slot, int at, int length, SessionKeys keys, int suite) {
        if (length < PacketHeader.LENGTH) {
            throw new IllegalArgumentException("shorter than a header");
        }
        int kept = slot[at + PacketHeader.FLAGS] & (PacketHeader.FLAG_FRAGMENTED | PacketHeader.HOPS_MASK);
        int encrypted = suite == Wire.SUITE_SALSA_POLY1305 ? PacketHeader.FLAG_ENCRYPTED : 0;
        slot[at + PacketHeader.FLAGS] = (byte) (kept | encrypted | suite << PacketHeader.SUITE_SHIFT);
        switch (suite) {
            case Wire.SUITE_POLY1305 -> salsa.seal(slot, at, length, keys, false);
            case Wire.SUITE_SALSA_POLY1305 -> salsa.seal(slot, at, length, keys, true);
            case Wire.SUITE_AES_GMAC_SIV -> aes.seal(slot, at, length, keys);
            default -> throw new IllegalArgumentException("no key seals suite " + suite);
        }
    }

    /**
     * Authenticates and decrypts {@code slot[at..at+length)} in place; the header stays as it is.
     *
     * @return false, with nothing changed, if the packet is too short, of another suite than 0, 1, 3, or not authentic
     */
    public boolean open(byte[] slot, int at, int length, SessionKeys keys) {
        if (length < PacketHeader.LENGTH) {
            return false;
        }
        openedId = PacketHeader.packetId(slot, at);
        return switch (PacketHeader.suite(slot, at)) {
            case Wire.SUITE_POLY1305 -> salsa.open(slot, at, length, keys, false);
            case Wire.SUITE_SALSA_POLY1305 -> salsa.open(slot, at, length, keys, true);
            case Wire.SUITE_AES_GMAC_SIV -> {
                boolean authentic = aes.open(slot, at, length, keys);
                openedId = aes.openedId();
                yield authentic;
            }
            default -> false;
        };
    }

    /** The id that the sender gave the packet opened last, which suite 3 encrypts and header and answers do not show. */
    public long openedId() {
        return openedId;
    }

    /** The same for a packet opened elsewhere, by its header. */
    public long idOf(byte[] slot, int at, SessionKeys keys) {
        boolean encrypted = PacketHeader.suite(slot, at) == Wire.SUITE_AES_GMAC_SIV;
        return encrypted ? aes.idOf(slot, at, keys) : PacketHeader.packetId(slot, at);
    }

    /**
     * Encrypts or decrypts the last section of a HELLO in place (notes on verbs, HELLO): with the session key as it is,
     * and the packet id in the header at {@code at} as nonce. Before sealing, after opening.
     *
     * @param section index of the section's first byte,
     * @param length its bytes
     */
    public void cryptHelloSection(byte[] slot, int at, int section, int length, SessionKeys keys) {
        LONG.set(helloNonce, 0, PacketHeader.packetId(slot, at) & HELLO_NONCE_MASK);
        helloCipher.init(keys.salsaKey(), 0, helloNonce, 0).xor(slot, section, length);
    }
}
