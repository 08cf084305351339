package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.Lz4Block;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;

/**
 * Compresses the payload of packets that are not sealed yet, and decompresses that of opened ones (notes on packets,
 * section 6). The verb byte stays outside and tells. A working object for one thread.
 */
public final class Compression {
    private final byte[] scratch = new byte[Wire.MAX_PACKET_BYTES];

    /**
     * Compresses {@code slot[at..at+length)} in place if that makes it shorter, and says so in the verb byte.
     *
     * @return the packet's length afterwards; {@code length} if it stays as it is
     */
    public int compress(byte[] slot, int at, int length) {
        int payload = length - PacketHeader.LENGTH;
        if (payload <= Wire.COMPRESS_ABOVE_BYTES || payload > scratch.length || PacketHeader.isCompressed(slot, at)) {
            return length;
        }
        int compressed = Lz4Block.compress(slot, at + PacketHeader.LENGTH, payload, scratch, 0, payload - 1);
        if (compressed == 0) {
            return length;
        }
        System.arraycopy(scratch, 0, slot, at + PacketHeader.LENGTH, compressed);
        slot[at + PacketHeader.VERB] |= (byte) Verb.COMPRESSED;
        return PacketHeader.LENGTH + compressed;
    }

    /**
     * Decompresses the packet {@code slot[at..at+length)} into another place, header included, its mark removed.
     *
     * @param into has room for {@link Wire#MAX_PACKET_BYTES} from {@code intoAt} on
     * @return the packet's length there
     * @throws MalformedException if the payload is no LZ4 block, empty or too long; the packet is to be dropped
     */
    public static int decompress(byte[] slot, int at, int length, byte[] into, int intoAt) {
        int payload = Lz4Block.decompress(
                slot,
                at + PacketHeader.LENGTH,
                length - PacketHeader.LENGTH,
                into,
                intoAt + PacketHeader.LENGTH,
                Wire.MAX_PAYLOAD_BYTES);
        if (payload == 0) {
            throw new MalformedException("empty payload");
        }
        System.arraycopy(slot, at, into, intoAt, PacketHeader.LENGTH);
        into[intoAt + PacketHeader.VERB] &= (byte) ~Verb.COMPRESSED;
        return PacketHeader.LENGTH + payload;
    }
}
