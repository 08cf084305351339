package io.wirecloset.vl1.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Vectors;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WorldTest {
    static Stream<Vectors.Case> worlds() {
        return Vectors.cases("vl1-world");
    }

    // VL1 checklist 54, 55
    @ParameterizedTest
    @MethodSource("worlds")
    void agreesWithTheGivenVectors(Vectors.Case vector) {
        World world = World.read(vector.hex("binary"));
        assertThat(world.type().code()).isEqualTo(vector.number("type_byte"));
        assertThat(world.id()).isEqualTo(Long.parseUnsignedLong(vector.text("world_id"), 16));
        assertThat(world.timestampMs()).isEqualTo(vector.json().get("timestamp").asLong());
        assertThat(world.nextUpdateKey()).isEqualTo(vector.hex("updates_must_be_signed_by"));
        assertThat(world.signature()).isEqualTo(vector.hex("signature"));
        assertThat(world.roots()).isEqualTo(roots(vector));
        assertThat(world.toBytes()).isEqualTo(vector.hex("binary"));
        assertThat(world.signedMessage()).isEqualTo(vector.hex("signed_message"));
        assertThat(world.verify(vector.hex("signing_key_public"))).isEqualTo(vector.flag("signature_valid"));

        SigningKeys signer = SigningKeys.of(vector.hex("signing_key_private"));
        assertThat(signer.publicKey()).isEqualTo(vector.hex("signing_key_public"));
        assertThat(World.sign(
                        world.type(), world.id(), world.timestampMs(), world.nextUpdateKey(), world.roots(), signer))
                .isEqualTo(world);
    }

    static Stream<Vectors.Case> defaults() {
        return Vectors.cases("vl1-world-default");
    }

    // VL1 checklist 54
    @ParameterizedTest
    @MethodSource("defaults")
    void readsThePlanetOfTheStockNode(Vectors.Case vector) {
        World world = World.read(vector.hex("binary"));
        assertThat(world.type()).isEqualTo(WorldType.PLANET);
        assertThat(world.roots()).isEqualTo(roots(vector));
        assertThat(world.toBytes()).isEqualTo(vector.hex("binary"));
        assertThat(world.verify(world.nextUpdateKey())).isEqualTo(vector.flag("signature_valid_with_own_next_key"));
    }

    static Stream<Vectors.Case> updates() {
        return Vectors.cases("vl1-world", "update_cases");
    }

    // VL1 checklist 56
    @ParameterizedTest
    @MethodSource("updates")
    void oneWorldReplacesAnotherOnlyByTheRule(Vectors.Case vector) {
        World current = named(vector.text("current"));
        World candidate = named(vector.text("candidate"));
        assertThat(candidate.mayReplace(current)).isEqualTo(vector.flag("replaced"));
    }

    static Stream<Vectors.Case> malformed() {
        return Vectors.cases("vl1-world", "malformed");
    }

    // VL1 checklist 57
    @ParameterizedTest
    @MethodSource("malformed")
    void refusesWhatIsNoWorld(Vectors.Case vector) {
        assertThatThrownBy(() -> World.read(vector.hex("binary"))).isInstanceOf(MalformedException.class);
    }

    // VL1 checklist 57, 78
    @Test
    void everyTruncationIsMalformed() {
        byte[] whole = named("moon-v1").toBytes();
        for (int length = 0; length < whole.length; length++) {
            WireReader in = new WireReader(whole, 0, length);
            assertThatThrownBy(() -> World.read(in)).isInstanceOf(MalformedException.class);
        }
    }

    // VL1 checklist 8, 55
    @Test
    void noChangedBitKeepsTheSignatureGood() {
        World world = named("planet-v1-selfsigned");
        byte[] key = world.nextUpdateKey();
        byte[] whole = world.toBytes();
        for (int bit = 0; bit < 8 * whole.length; bit += 7) {
            byte[] changed = whole.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(World.read(changed).verify(key)).as("bit %d", bit).isFalse();
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void aDictionaryBehindAMoonIsSkipped() {
        byte[] bare = named("moon-v1").toBytes();
        byte[] withDictionary = Arrays.copyOf(bare, bare.length + 4);
        withDictionary[bare.length - 1] = 3;
        WireReader in = new WireReader(withDictionary);
        assertThat(World.read(in)).isEqualTo(named("moon-v1"));
        assertThat(in.remaining()).isEqualTo(1);
    }

    @Test
    void aWorldHasNoMoreRootsAndEndpointsThanFit() {
        SigningKeys signer = SigningKeys.generate(RandomSource.of(new Random(1)));
        Identity identity = TestIdentities.get(0);
        List<World.Root> five = Collections.nCopies(5, new World.Root(identity, List.of()));
        assertThatThrownBy(() -> World.sign(WorldType.MOON, 1, 1, signer.publicKey(), five, signer))
                .isInstanceOf(MalformedException.class);
        List<Endpoint> many = Collections.nCopies(33, Endpoint.parse("1.2.3.4/5"));
        assertThatThrownBy(() -> new World.Root(identity, many)).isInstanceOf(MalformedException.class);
        assertThat(new World.Root(identity, List.of()).identity().hasSecret()).isFalse();
    }

    private static World named(String id) {
        return Vectors.cases("vl1-world")
                .filter(vector -> vector.text("id").equals(id))
                .map(vector -> World.read(vector.hex("binary")))
                .findFirst()
                .orElse(null);
    }

    private static List<World.Root> roots(Vectors.Case vector) {
        List<World.Root> roots = new ArrayList<>();
        for (JsonNode root : vector.json().get("roots")) {
            List<Endpoint> endpoints = new ArrayList<>();
            root.get("stable_endpoints").forEach(text -> endpoints.add(Endpoint.parse(text.asText())));
            roots.add(new World.Root(Identity.parse(root.get("identity").asText()), endpoints));
        }
        return roots;
    }
}
