package io.wirecloset.vl1.crypto;

import io.wirecloset.vl1.wire.MalformedException;
import java.util.Objects;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/** The LZ4 block format, without frame or size prefix. */
public final class Lz4Block {
    private static final LZ4Compressor COMPRESSOR = LZ4Factory.safeInstance().fastCompressor();
    private static final LZ4SafeDecompressor DECOMPRESSOR =
            LZ4Factory.safeInstance().safeDecompressor();

    private Lz4Block() {}

    /** @return bytes written, or 0 if they would be more than {@code maxBytes} */
    public static int compress(byte[] from, int offset, int length, byte[] into, int at, int maxBytes) {
        try {
            return COMPRESSOR.compress(from, offset, length, into, at, maxBytes);
        } catch (LZ4Exception e) {
            return 0;
        }
    }

    /**
     * @return bytes written
     * @throws MalformedException for anything that is no LZ4 block of at most {@code maxBytes}
     */
    public static int decompress(byte[] from, int offset, int length, byte[] into, int at, int maxBytes) {
        Objects.checkFromIndexSize(offset, length, from.length);
        Objects.checkFromIndexSize(at, maxBytes, into.length);
        if (length == 0) {
            throw new MalformedException("no LZ4 block");
        }
        try {
            return DECOMPRESSOR.decompress(from, offset, length, into, at, maxBytes);
        } catch (LZ4Exception | IndexOutOfBoundsException e) {
            throw new MalformedException("not an LZ4 block of this size");
        }
    }
}
