package io.wirecloset.vl1.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.Vectors;
import io.wirecloset.vl1.crypto.Hashes;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IdentityTest {
    private static final AddressDerivation DERIVATION = new AddressDerivation();

    static Stream<Vectors.Case> identities() {
        return Vectors.cases("vl1-identity");
    }

    // VL1 checklist 1, 2, 4
    @ParameterizedTest
    @MethodSource("identities")
    void agreesWithTheGivenVectors(Vectors.Case vector) {
        String text = vector.text(vector.has("string") ? "string" : "public_string");
        if (!vector.flag("parse_ok")) {
            assertThatThrownBy(() -> Identity.parse(text)).isInstanceOf(MalformedException.class);
            return;
        }
        Identity identity = Identity.parse(text);
        assertThat(identity.hasSecret()).isFalse();
        assertThat(DERIVATION.isValid(identity)).isEqualTo(vector.flag("locally_valid"));
        if (vector.has("derivation_digest")) {
            assertThat(DERIVATION.digest()).isEqualTo(vector.hex("derivation_digest"));
        }
        if (vector.has("binary")) {
            assertThat(Identity.read(new WireReader(vector.hex("binary")))).isEqualTo(identity);
        }
        if (vector.has("secret_string")) {
            bothForms(vector, identity);
        }
    }

    private static void bothForms(Vectors.Case vector, Identity open) {
        Identity whole = Identity.parse(vector.text("secret_string"));
        assertThat(Addresses.format(open.address())).isEqualTo(vector.text("address"));
        assertThat(open).isEqualTo(whole);
        assertThat(open.publicKey()).startsWith(vector.hex("c25519_public")).endsWith(vector.hex("ed25519_public"));
        assertThat(open.toPublicText()).isEqualTo(vector.text("public_string"));
        assertThat(whole.toPublicText()).isEqualTo(vector.text("public_string"));
        assertThat(whole.toSecretText()).isEqualTo(vector.text("secret_string"));
        assertThat(binary(open, false)).isEqualTo(vector.hex("public_binary"));
        assertThat(binary(whole, false)).isEqualTo(vector.hex("public_binary"));
        assertThat(binary(whole, true)).isEqualTo(vector.hex("secret_binary"));
        Identity read = Identity.read(new WireReader(vector.hex("secret_binary")));
        assertThat(read.toSecretText()).isEqualTo(vector.text("secret_string"));
        assertThat(Identity.read(new WireReader(vector.hex("public_binary"))).hasSecret())
                .isFalse();
        assertThat(whole.secretMatches()).isTrue();
        assertThat(open.secretMatches()).isFalse();
        assertThat(open.fullHash()).isEqualTo(vector.hex("public_key_sha384"));
    }

    static Stream<Vectors.Case> derivations() {
        return Vectors.cases("vl1-identity-derivation");
    }

    // VL1 checklist 3
    @ParameterizedTest
    @MethodSource("derivations")
    void derivesAddressesStepByStep(Vectors.Case vector) {
        byte[] key = vector.hex("public_key");
        assertThat(Hashes.sha512(key)).isEqualTo(vector.hex("sha512_of_public_key"));
        DERIVATION.fill(key);
        byte[] memory = DERIVATION.memory();
        assertThat(Arrays.copyOf(memory, 64)).isEqualTo(vector.hex("mem_first_block"));
        assertThat(Arrays.copyOfRange(memory, 64, 128)).isEqualTo(vector.hex("mem_second_block"));
        assertThat(Arrays.copyOfRange(memory, memory.length - 64, memory.length))
                .isEqualTo(vector.hex("mem_last_block"));
        assertThat(Hashes.sha512(memory)).isEqualTo(vector.hex("sha512_of_mem_after_fill"));
        DERIVATION.wander(0, 1);
        assertThat(DERIVATION.digest()).isEqualTo(vector.hex("digest_after_1_iteration"));
        DERIVATION.wander(1, 10);
        assertThat(DERIVATION.digest()).isEqualTo(vector.hex("digest_after_10_iterations"));
        DERIVATION.wander(10, AddressDerivation.ROUNDS);
        assertThat(DERIVATION.digest()).isEqualTo(vector.hex("final_digest"));
        long derived = DERIVATION.derive(key);
        if (vector.number("first_byte") < 17) {
            assertThat(Addresses.format(derived)).isEqualTo(vector.text("address"));
        } else {
            assertThat(derived).isEqualTo(AddressDerivation.NO_ADDRESS);
        }
    }

    static Stream<Vectors.Case> agreements() {
        return Vectors.cases("vl1-agreement");
    }

    // VL1 checklist 6
    @ParameterizedTest
    @MethodSource("agreements")
    void bothSidesAgreeOnTheSameKey(Vectors.Case vector) {
        Identity a = Identity.parse(vector.text("a_secret_string"));
        Identity b = Identity.parse(vector.text("b_secret_string"));
        SessionKeys expected = SessionKeys.of(vector.hex("key48"));
        assertThat(a.agree(b.withoutSecret())).isEqualTo(expected);
        assertThat(b.agree(a.withoutSecret())).isEqualTo(expected);
        assertThat(a.agree(b).salsaKey()).isEqualTo(vector.hex("key32"));
    }

    static Stream<Vectors.Case> signatures() {
        return Vectors.cases("vl1-signature");
    }

    // VL1 checklist 7, 8
    @ParameterizedTest
    @MethodSource("signatures")
    void signsAndVerifiesBitByBit(Vectors.Case vector) {
        Identity signer = Identity.parse(vector.text("signer_secret_string"));
        byte[] message = vector.hex("message");
        byte[] signature = vector.hex("signature");
        assertThat(signer.verify(message, 0, message.length, signature)).isEqualTo(vector.flag("valid"));
        if (vector.flag("valid")) {
            assertThat(signer.sign(message, 0, message.length)).isEqualTo(signature);
        }
    }

    // VL1 checklist 8
    @Test
    void noChangedBitOfASignatureVerifies() {
        Identity signer = TestIdentities.get(0);
        byte[] message = {1, 2, 3};
        byte[] signature = signer.sign(message, 0, 3);
        for (int bit = 0; bit < 8 * signature.length; bit++) {
            byte[] changed = signature.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(signer.verify(message, 0, 3, changed)).as("bit %d", bit).isFalse();
        }
        assertThat(signer.verify(message, 0, 3, Arrays.copyOf(signature, 95))).isFalse();
        assertThat(signer.verify(message, 0, 3, Arrays.copyOf(signature, 97))).isFalse();
        assertThat(TestIdentities.get(1).verify(message, 0, 3, signature)).isFalse();
    }

    // VL1 checklist 2
    @Test
    void refusesDigitsThatAreNone() {
        String text = TestIdentities.get(0).toSecretText();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == ':') {
                continue;
            }
            String changed = text.substring(0, i) + "x" + text.substring(i + 1);
            assertThatThrownBy(() -> Identity.parse(changed)).as("at %d", i).isInstanceOf(MalformedException.class);
        }
        assertThat(Identity.parse(text + "\n").toSecretText()).isEqualTo(text);
    }

    // VL1 checklist 2, 78
    @Test
    void everyTruncationAndOtherTypesAreMalformed() {
        byte[] whole = binary(TestIdentities.get(0), true);
        for (int length = 0; length < whole.length; length++) {
            WireReader in = new WireReader(whole, 0, length);
            assertThatThrownBy(() -> Identity.read(in)).isInstanceOf(MalformedException.class);
        }
        for (int type = 1; type < 256; type++) {
            byte[] other = whole.clone();
            other[5] = (byte) type;
            assertThatThrownBy(() -> Identity.read(new WireReader(other))).isInstanceOf(MalformedException.class);
        }
        for (int length = 1; length < 256; length++) {
            byte[] other = whole.clone();
            other[70] = (byte) length;
            if (length != 64) {
                assertThatThrownBy(() -> Identity.read(new WireReader(other))).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void secretsNeverShow() {
        Identity identity = TestIdentities.get(0);
        assertThat(identity.toString()).isEqualTo(identity.toPublicText() + ":***");
        assertThat(identity.withoutSecret().toString()).isEqualTo(identity.toPublicText());
        assertThat(identity.agree(TestIdentities.get(1)).toString()).isEqualTo("SessionKeys[***]");
        assertThatThrownBy(() -> identity.withoutSecret().toSecretText()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> binary(identity.withoutSecret(), true)).isInstanceOf(IllegalStateException.class);
    }

    /** All are checked for their keys, a few for their addresses, which costs the time. */
    // VL1 checklist 5
    @Test
    void theTestIdentitiesAreGenuine() {
        assertThat(TestIdentities.all()).hasSize(64).doesNotHaveDuplicates().allMatch(Identity::secretMatches);
        assertThat(TestIdentities.all().subList(0, 4)).allMatch(DERIVATION::isValid);
    }

    // VL1 checklist 5
    @Test
    void aNewIdentityIsValid() {
        Identity made = new IdentityGenerator().generate(RandomSource.of(new Random(22)));
        assertThat(made.secretMatches()).isTrue();
        assertThat(DERIVATION.isValid(made)).isTrue();
        assertThat(Identity.parse(made.toSecretText())).isEqualTo(made);
    }

    private static byte[] binary(Identity identity, boolean withSecret) {
        WireWriter out = new WireWriter(135);
        identity.write(out, withSecret);
        return out.toByteArray();
    }
}
