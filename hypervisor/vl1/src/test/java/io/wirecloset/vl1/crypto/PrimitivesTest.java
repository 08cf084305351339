package io.wirecloset.vl1.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.crypto.engines.Salsa20Engine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

// VL1 checklist 9, 10
class PrimitivesTest {
    static Stream<Vectors.Case> primitives() {
        return Vectors.cases("vl1-primitives");
    }

    @ParameterizedTest
    @MethodSource("primitives")
    void agreesWithTheGivenVectors(Vectors.Case vector) {
        byte[] input = vector.hex("input");
        byte[] output = vector.hex("output");
        for (AesEngine engine : engines()) {
            assertThat(compute(engine, vector, input)).isEqualTo(output);
        }
    }

    private static byte[] compute(AesEngine engine, Vectors.Case vector, byte[] input) {
        String algorithm = vector.text("algorithm");
        if (algorithm.startsWith("salsa20/")) {
            int rounds = Integer.parseInt(algorithm.substring("salsa20/".length()));
            byte[] text = input.clone();
            new Salsa20(rounds)
                    .init(vector.hex("key"), 0, vector.hex("nonce"), 0)
                    .xor(text, 0, text.length);
            return text;
        }
        if (algorithm.startsWith("aes-256-gmac")) {
            engine.use(new AesKeys(vector.hex("key"), new byte[32]));
            return gmac(engine, vector.hex("nonce"), input);
        }
        return switch (algorithm) {
            case "poly1305" -> poly1305(vector.hex("key"), input);
            case "sha512" -> Hashes.sha512(input);
            case "sha384" -> Hashes.sha384(input);
            case "hmac-sha384" -> Hashes.hmacSha384(vector.hex("key"), input);
            case "aes-256-ecb one block" -> aesBothWays(engine, vector.hex("key"), input);
            default -> throw new AssertionError(algorithm);
        };
    }

    private static byte[] aesBothWays(AesEngine engine, byte[] key, byte[] input) {
        engine.use(new AesKeys(key, key));
        byte[] block = input.clone();
        engine.macBlock(block);
        byte[] other = input.clone();
        engine.encryptBlock(other);
        assertThat(other).isEqualTo(block);
        engine.decryptBlock(other);
        assertThat(other).isEqualTo(input);
        return block;
    }

    static Stream<Vectors.Case> keyDerivations() {
        return Vectors.cases("vl1-kbkdf");
    }

    @ParameterizedTest
    @MethodSource("keyDerivations")
    void derivesBothAesKeysFromTheSessionKey(Vectors.Case vector) {
        byte[] session = vector.hex("key48");
        assertThat(AesKeys.derive(session, '0'))
                .isEqualTo(vector.hex("aes_k0"))
                .isEqualTo(Arrays.copyOf(vector.hex("label0_output48"), 32));
        assertThat(AesKeys.derive(session, '1')).isEqualTo(vector.hex("aes_k1"));
        AesKeys keys = new AesKeys(session);
        assertThat(keys.macKey).isEqualTo(vector.hex("aes_k0"));
        assertThat(keys.cipherKey).isEqualTo(vector.hex("aes_k1"));
    }

    @Test
    void salsaAgreesWithAnotherImplementationAtEveryLength() {
        Random random = new Random(1);
        byte[] key = new byte[32];
        byte[] nonce = new byte[8];
        for (int length = 0; length < 400; length++) {
            random.nextBytes(key);
            random.nextBytes(nonce);
            Salsa20Engine other = new Salsa20Engine(12);
            other.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
            byte[] expected = new byte[length];
            other.processBytes(expected, 0, length, expected, 0);
            byte[] actual = new byte[length];
            new Salsa20(12).init(key, 0, nonce, 0).xor(actual, 0, length);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @Test
    void polyAgreesWithAnotherImplementationOnExtremeWords() {
        byte[] extremes = {0, -1, 1, 127, -128, -2, 3, -5};
        Random random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            byte[] key = new byte[32];
            byte[] message = new byte[random.nextInt(100)];
            random.nextBytes(key);
            byte fill = extremes[random.nextInt(extremes.length)];
            if (random.nextBoolean()) {
                Arrays.fill(message, fill);
            } else {
                random.nextBytes(message);
            }
            if (random.nextBoolean()) {
                Arrays.fill(key, extremes[random.nextInt(extremes.length)]);
            }
            var other = new org.bouncycastle.crypto.macs.Poly1305();
            other.init(new KeyParameter(key));
            other.update(message, 0, message.length);
            byte[] expected = new byte[16];
            other.doFinal(expected, 0);
            assertThat(poly1305(key, message)).as("round %d", i).isEqualTo(expected);
        }
    }

    @Test
    void thePlatformsAesIsOpenToUs() {
        assertThat(OpenedAes.isOpen()).isTrue();
        assertThat(AesGmacSiv.isFast()).isTrue();
    }

    @Test
    void keysNeverShow() {
        SessionKeys keys = SessionKeys.of(new byte[48]);
        assertThat(keys).hasToString("SessionKeys[***]");
        assertThat(keys.aes.roundKeys).hasToString("RoundKeys[***]");
    }

    static List<AesEngine> engines() {
        return List.of(new OpenedAes(), new PublicAes());
    }

    private static byte[] poly1305(byte[] key, byte[] message) {
        Poly1305 poly = new Poly1305();
        poly.authenticate(key, 0, message, 0, message.length);
        return ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(poly.tagLow())
                .putLong(poly.tagHigh())
                .array();
    }

    /** GMAC from the engine's parts. @param nonce 12 bytes */
    static byte[] gmac(AesEngine engine, byte[] nonce, byte[] input) {
        int padded = input.length + 15 & -16;
        ByteBuffer text = ByteBuffer.allocate(padded + 16);
        text.put(input).putLong(padded, 8L * input.length);
        long[] state = new long[2];
        engine.hash(state, text.array(), 0, text.capacity() / 16);
        byte[] mask = Arrays.copyOf(nonce, 16);
        mask[15] = 1;
        engine.macBlock(mask);
        ByteBuffer tag = ByteBuffer.wrap(mask);
        return ByteBuffer.allocate(16)
                .putLong(state[0] ^ tag.getLong(0))
                .putLong(state[1] ^ tag.getLong(8))
                .array();
    }
}
