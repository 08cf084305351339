package io.wirecloset.bench;

import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** LZ4 over a packet of 1400 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CompressionBenchmark {
    private static final int PACKET_BYTES = 1400;

    /** What the payload is like. */
    public enum Content {
        TEXT,
        NOISE
    }

    @Param
    public Content content;

    private final Compression compression = new Compression();
    private final byte[] decompressed = new byte[Wire.MAX_PACKET_BYTES];
    private final byte[] slot = new byte[PACKET_BYTES];
    private byte[] plain;
    private byte[] compressed;
    private int compressedLength;

    @Setup
    public void compressOne() {
        plain = content == Content.NOISE ? Nodes.noise(PACKET_BYTES) : text();
        PacketHeader.put(plain, 0, 1, Nodes.RIGHT.address(), Nodes.LEFT.address(), Verb.FRAME);
        compressedLength = compress();
        compressed = slot.clone();
    }

    private static byte[] text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; text.length() < PACKET_BYTES; i++) {
            text.append("GET /networks/").append(i * 7919 % 1000).append(" HTTP/1.1\r\nHost: node-");
            text.append(i).append("\r\n");
        }
        return text.substring(0, PACKET_BYTES).getBytes(StandardCharsets.US_ASCII);
    }

    @Benchmark
    public int compress() {
        System.arraycopy(plain, 0, slot, 0, PACKET_BYTES);
        return compression.compress(slot, 0, PACKET_BYTES);
    }

    /** Noise stays as it is: then there is nothing to do here. */
    @Benchmark
    public int decompress() {
        return PacketHeader.isCompressed(compressed, 0)
                ? Compression.decompress(compressed, 0, compressedLength, decompressed, 0)
                : 0;
    }
}
