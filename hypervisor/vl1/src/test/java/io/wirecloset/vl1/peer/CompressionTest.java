package io.wirecloset.vl1.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.Vectors;
import io.wirecloset.vl1.crypto.Lz4Block;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    private final Compression compression = new Compression();

    static Stream<Vectors.Case> compressed() {
        return Vectors.cases("vl1-packet-compressed");
    }

    // VL1 checklist 19
    @ParameterizedTest
    @MethodSource("compressed")
    void decompressesWhatTheStockNodeCompressed(Vectors.Case vector) {
        byte[] packet = vector.hex("wire");
        byte[] payload = vector.hex("payload_uncompressed");
        assertThat(new Armor().open(packet, 0, packet.length, SessionKeys.of(vector.hex("key48"))))
                .isTrue();
        assertThat(PacketHeader.isCompressed(packet, 0)).isEqualTo(vector.flag("compressed"));
        if (!vector.flag("compressed")) {
            assertThat(packet).endsWith(payload);
            return;
        }
        byte[] into = new byte[3 + Wire.MAX_PACKET_BYTES];
        int length = Compression.decompress(packet, 0, packet.length, into, 3);
        assertThat(Arrays.copyOfRange(into, 3 + PacketHeader.LENGTH, 3 + length))
                .isEqualTo(payload);
        assertThat(Arrays.copyOfRange(into, 3, 3 + PacketHeader.VERB))
                .isEqualTo(Arrays.copyOf(packet, PacketHeader.VERB));
        assertThat(PacketHeader.isCompressed(into, 3)).isFalse();
        assertThat(PacketHeader.verb(into, 3)).isEqualTo(PacketHeader.verb(packet, 0));
    }

    // VL1 checklist 19: above 64 bytes of payload, and only if that is shorter
    @ParameterizedTest
    @MethodSource("compressed")
    void compressesWhatTheStockNodeWould(Vectors.Case vector) {
        byte[] payload = vector.hex("payload_uncompressed");
        byte[] slot = packet(payload, 7);
        int length = compression.compress(slot, 7, PacketHeader.LENGTH + payload.length);
        assertThat(PacketHeader.isCompressed(slot, 7)).isEqualTo(vector.flag("compressed"));
        if (!vector.flag("compressed")) {
            assertThat(slot).isEqualTo(packet(payload, 7));
            assertThat(length).isEqualTo(PacketHeader.LENGTH + payload.length);
            return;
        }
        assertThat(length).isLessThan(PacketHeader.LENGTH + payload.length);
        byte[] into = new byte[Wire.MAX_PACKET_BYTES];
        assertThat(Compression.decompress(slot, 7, length, into, 0)).isEqualTo(PacketHeader.LENGTH + payload.length);
        assertThat(Arrays.copyOf(into, PacketHeader.LENGTH + payload.length)).isEqualTo(packet(payload, 0));
    }

    // VL1 checklist 20
    @ParameterizedTest
    @ValueSource(ints = {1, 9_995, 9_996, 9_997, 20_000})
    void aPayloadMayGrowToTheLimitAndNoFurther(int length) {
        byte[] block = new byte[200];
        int size = Lz4Block.compress(new byte[length], 0, length, block, 0, block.length);
        byte[] slot = packet(Arrays.copyOf(block, size), 0);
        byte[] into = new byte[Wire.MAX_PACKET_BYTES];
        if (length <= Wire.MAX_PAYLOAD_BYTES) {
            assertThat(Compression.decompress(slot, 0, slot.length, into, 0)).isEqualTo(PacketHeader.LENGTH + length);
        } else {
            assertThatThrownBy(() -> Compression.decompress(slot, 0, slot.length, into, 0))
                    .isInstanceOf(MalformedException.class);
        }
    }

    // VL1 checklist 20, 78
    @Test
    void damagedBlocksAreMalformedOrSomethingElseButNeverAnotherException() {
        Random random = new Random(31);
        byte[] into = new byte[Wire.MAX_PACKET_BYTES];
        for (int round = 0; round < 20_000; round++) {
            byte[] payload = new byte[random.nextInt(60)];
            random.nextBytes(payload);
            byte[] slot = packet(payload, 0);
            try {
                assertThat(Compression.decompress(slot, 0, slot.length, into, 0))
                        .isBetween(PacketHeader.LENGTH + 1, Wire.MAX_PACKET_BYTES);
            } catch (MalformedException refused) {
                assertThat(slot).isEqualTo(packet(payload, 0));
            }
        }
    }

    // VL1 checklist 20
    @Test
    void anEmptyResultIsMalformed() {
        for (byte[] payload : new byte[][] {{}, {0}}) {
            byte[] slot = packet(payload, 0);
            assertThatThrownBy(() -> Compression.decompress(slot, 0, slot.length, new byte[Wire.MAX_PACKET_BYTES], 0))
                    .isInstanceOf(MalformedException.class);
        }
    }

    private static byte[] packet(byte[] payload, int at) {
        byte[] slot = new byte[at + PacketHeader.LENGTH + payload.length];
        PacketHeader.put(slot, at, 1, 2, 3, Verb.USER_MESSAGE);
        System.arraycopy(payload, 0, slot, at + PacketHeader.LENGTH, payload.length);
        return slot;
    }
}
