package io.wirecloset.node.localapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

// controller checklist 1, 36 (/moon)
class MoonSectionTest {
    private static final World MOON = moon();

    private final Sky sky = new Sky();
    private final MoonSection section = new MoonSection(sky);

    private static World moon() {
        SigningKeys keys = SigningKeys.of(new byte[64]);
        Identity identity =
                Identity.parse(new String(resource("/io/wirecloset/node/identities"), StandardCharsets.US_ASCII)
                        .lines()
                        .findFirst()
                        .orElseThrow());
        List<World.Root> roots = List.of(new World.Root(identity, List.of(Endpoint.parse("10.9.3.9/9993"))));
        return World.sign(WorldType.MOON, identity.address(), 1_000, keys.publicKey(), roots, keys);
    }

    private static byte[] resource(String name) {
        try (InputStream in = MoonSectionTest.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(name, e);
        }
    }

    @Test
    void answersAsTheStockServiceDid() throws Exception {
        int asked = 0;
        JsonNode file = new ObjectMapper().readTree(resource("/vectors/controller-local-api.json"));
        for (JsonNode wanted : file.get("cases")) {
            String path = wanted.get("path").asText();
            if (path.startsWith("/moon")) {
                ApiResponse answer = ask(
                        wanted.get("method").asText(), path, wanted.path("body").asText());
                assertThat(answer.status())
                        .as(path)
                        .isEqualTo(wanted.get("status").asInt());
                assertThat(answer.body().toString())
                        .as(path)
                        .isEqualTo(wanted.get("response").toString());
                asked++;
            }
        }
        assertThat(asked).isEqualTo(5);
    }

    @Test
    void aKnownMoonIsShownWhole() {
        sky.known.put(MOON.id(), Optional.of(MOON));
        JsonNode shown = ask("GET", "/moon/" + Addresses.format(MOON.id()), "").body();
        assertThat(shown.get("id").asText()).isEqualTo(NetworkIds.format(MOON.id()));
        assertThat(shown.get("timestamp").asLong()).isEqualTo(MOON.timestampMs());
        assertThat(shown.get("signature").asText()).hasSize(192);
        assertThat(shown.get("updatesMustBeSignedBy").asText()).hasSize(128);
        assertThat(shown.get("waiting").asBoolean()).isFalse();
        assertThat(shown.at("/roots/0/identity").asText()).startsWith(Addresses.format(MOON.id()) + ":0:");
        assertThat(shown.at("/roots/0/stableEndpoints/0").asText()).isEqualTo("10.9.3.9/9993");
        assertThat(ask("GET", "/moon/" + NetworkIds.format(MOON.id()).toUpperCase(Locale.ROOT), "")
                        .body())
                .isEqualTo(shown);
        assertThat(ask("GET", "/moon", "").body()).containsExactly(shown);
    }

    @Test
    void whatIsNoMoonIsNotFoundAndWhatIsNoSeedDoesNothing() {
        assertThat(ask("GET", "/moon/zz", "")).isNull();
        assertThat(ask("DELETE", "/moon/1122334455/more", "")).isNull();
        assertThat(ask("POST", "/moon", "{}")).isNull();
        for (String body : List.of("", "junk", "{\"seed\":\"zz\"}", "{\"seed\":\"ff00000000\"}", "{\"seed\":17}")) {
            assertThat(ask("POST", "/moon/1122334455", body).body()).as(body).isEmpty();
        }
        assertThat(sky.known).isEmpty();
    }

    @Test
    void tooManyMoonsAreRefusedInWords() {
        sky.full = true;
        assertThatThrownBy(() -> ask("POST", "/moon/1122334455", "{\"seed\":\"1122334455\"}"))
                .isInstanceOf(ApiRequest.BadRequest.class)
                .hasMessageContaining("too many moons");
    }

    private ApiResponse ask(String method, String path, String body) {
        List<String> segments = List.of(path.substring(1).split("/"));
        return section.answer(new ApiRequest(method, segments, body.getBytes(StandardCharsets.UTF_8)));
    }

    private static final class Sky implements Orbits {
        final Map<Long, Optional<World>> known = new TreeMap<>();
        boolean full;

        @Override
        public List<Moon> moons() {
            List<Moon> moons = new ArrayList<>();
            known.forEach((id, world) -> moons.add(new Moon(id, world.orElse(null))));
            return moons;
        }

        @Override
        public Optional<Moon> orbit(long id, long seed) {
            assertThat(NetworkIds.format(seed)).isEqualTo("0000001122334455");
            if (full) {
                return Optional.empty();
            }
            known.putIfAbsent(id, Optional.empty());
            return moon(id);
        }

        @Override
        public boolean deorbit(long id) {
            return known.remove(id) != null;
        }
    }
}
