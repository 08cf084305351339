package io.wirecloset.vl1.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

// VL1 checklist 11
class AesGmacSivTest {
    static Stream<Vectors.Case> vectors() {
        return Vectors.cases("vl1-gmac-siv");
    }

    /** The parts, because the vectors' header bytes carry hop bits that a packet's seal leaves out. */
    @ParameterizedTest
    @MethodSource("vectors")
    void theEnginesGiveTheListedIntermediates(Vectors.Case vector) {
        byte[] iv = vector.hex("iv");
        byte[] plain = vector.hex("plaintext");
        for (AesEngine engine : PrimitivesTest.engines()) {
            engine.use(new AesKeys(vector.hex("k0"), vector.hex("k1")));
            byte[] hashed = ByteBuffer.allocate(16 + plain.length)
                    .put(vector.hex("aad"))
                    .put(16, plain)
                    .array();
            byte[] tag = PrimitivesTest.gmac(engine, Arrays.copyOf(iv, 12), hashed);
            assertThat(tag).isEqualTo(vector.hex("gmac_tag"));

            ByteBuffer block = ByteBuffer.allocate(16).put(iv);
            ByteBuffer halves = ByteBuffer.wrap(tag);
            block.putLong(halves.getLong(0) ^ halves.getLong(8));
            assertThat(block.array()).isEqualTo(vector.hex("block_before_encryption"));
            engine.encryptBlock(block.array());
            assertThat(block.array()).isEqualTo(vector.hex("tag"));

            byte[] counter = vector.hex("initial_ctr_block");
            byte[] text = plain.clone();
            engine.counterMode(counter, text, 0, text.length);
            assertThat(text).isEqualTo(vector.hex("ciphertext"));
        }
    }

    @Test
    void bothEnginesSealAlikeAtEveryLengthAndPlace() {
        Random random = new Random(3);
        byte[] key = new byte[48];
        AesGmacSiv opened = new AesGmacSiv(new OpenedAes());
        AesGmacSiv open = new AesGmacSiv(new PublicAes());
        for (int length = 28; length < 700; length++) {
            random.nextBytes(key);
            SessionKeys keys = SessionKeys.of(key);
            int at = random.nextInt(40);
            byte[] plain = new byte[at + length];
            random.nextBytes(plain);
            byte[] one = plain.clone();
            byte[] other = plain.clone();
            opened.seal(one, at, length, keys);
            open.seal(other, at, length, keys);
            assertThat(one).as("length %d", length).isEqualTo(other);
            byte[] tampered = one.clone();
            tampered[at + 27 + random.nextInt(length - 27)] ^= 4;
            byte[] before = tampered.clone();
            assertThat(opened.open(tampered, at, length, keys)).isFalse();
            assertThat(tampered).isEqualTo(before);
            assertThat(opened.open(one, at, length, keys)).isTrue();
            assertThat(Arrays.copyOfRange(one, at + 27, at + length))
                    .isEqualTo(Arrays.copyOfRange(plain, at + 27, at + length));
        }
    }

    /** More peers than cached tables, so that each packet finds the table of another peer in its place. */
    @Test
    void manyPeersShareOneWorkingObject() {
        Random random = new Random(4);
        AesGmacSiv one = new AesGmacSiv(new OpenedAes());
        SessionKeys[] keys = new SessionKeys[500];
        byte[] key = new byte[48];
        for (int i = 0; i < keys.length; i++) {
            random.nextBytes(key);
            keys[i] = SessionKeys.of(key);
        }
        byte[] packet = new byte[300];
        for (int i = 0; i < 5_000; i++) {
            SessionKeys chosen = keys[random.nextInt(keys.length)];
            random.nextBytes(packet);
            one.seal(packet, 0, packet.length, chosen);
            assertThat(one.open(packet, 0, packet.length, chosen)).isTrue();
        }
    }
}
