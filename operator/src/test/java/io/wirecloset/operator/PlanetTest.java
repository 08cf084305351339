package io.wirecloset.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.SigningKeys;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanetTest {
    private static final SigningKeys KEYS = SigningKeys.generate(RandomSource.of(new SecureRandom()));

    @TempDir
    Path folder;

    private HomeDirectory home;

    @BeforeEach
    void open() {
        home = HomeDirectory.open(folder.resolve("home"));
    }

    @Test
    void aPlanetIsGivenAsTextOrAsAFileButNotAsBoth() throws IOException {
        World planet = world(WorldType.PLANET, 1, 1_000);
        Path file = Files.write(folder.resolve("planet"), planet.toBytes());
        assertThat(Planet.of(settings(Map.of("planet", base64(planet))))).contains(planet);
        assertThat(Planet.of(settings(Map.of("planet-file", file.toString())))).contains(planet);
        assertThat(Planet.of(settings(Map.of()))).isEmpty();
        assertThatThrownBy(() -> Planet.of(settings(Map.of("planet", base64(planet), "planet-file", file.toString()))))
                .hasMessageContaining("not both");
    }

    @Test
    void whatIsNoPlanetIsNamedByItsSetting() throws IOException {
        assertThatThrownBy(() -> Planet.of(settings(Map.of("planet", "A"))))
                .hasMessage("wirecloset.planet is not base64");
        assertThatThrownBy(() -> Planet.of(settings(Map.of("planet", base64(world(WorldType.MOON, 1, 1_000))))))
                .hasMessageStartingWith("wirecloset.planet is a MOON");
        Path cut = Files.write(folder.resolve("cut"), new byte[] {1, 2, 3});
        assertThatThrownBy(() -> Planet.of(settings(Map.of("planet-file", cut.toString()))))
                .hasMessageStartingWith("wirecloset.planet-file " + cut + " is not a planet");
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> Planet.of(settings(Map.of("planet-file", none.toString()))))
                .hasMessageContaining("cannot be read")
                .hasMessageContaining(none.toString());
    }

    @Test
    void moonsAreListedAndWhatIsNoneIsNamed() {
        World one = world(WorldType.MOON, 7, 1_000);
        World other = world(WorldType.MOON, 8, 1_000);
        assertThat(Planet.moons(settings(Map.of()))).isEmpty();
        assertThat(Planet.moons(settings(Map.of("moons", base64(one) + "," + base64(other)))))
                .containsExactly(one, other);
        assertThatThrownBy(() -> Planet.moons(settings(Map.of("moons", base64(world(WorldType.PLANET, 1, 1_000))))))
                .hasMessage("wirecloset.moons is a PLANET, not a moon");
        assertThatThrownBy(() -> Planet.moons(settings(Map.of("moons", "AAAA"))))
                .hasMessageStartingWith("wirecloset.moons is not a moon");
    }

    @Test
    void aSettingThatChangedTakesThePlaceOfThePlanetFromBefore() {
        home.savePlanet(world(WorldType.PLANET, 1, 2_000).toBytes());
        World other = world(WorldType.PLANET, 2, 1_000);
        Planet.settle(home, other);
        assertThat(home.planet()).contains(other.toBytes());
    }

    @Test
    void aLaterEditionThatRootsHandedOutIsKept() {
        World later = world(WorldType.PLANET, 1, 2_000);
        home.savePlanet(later.toBytes());
        Planet.settle(home, world(WorldType.PLANET, 1, 1_000));
        assertThat(home.planet()).contains(later.toBytes());
    }

    @Test
    void aDamagedFileIsNoReasonToStayWithout() {
        home.savePlanet(new byte[] {1, 2, 3});
        World planet = world(WorldType.PLANET, 1, 1_000);
        Planet.settle(home, planet);
        assertThat(home.planet()).contains(planet.toBytes());
    }

    private static World world(WorldType type, long id, long timestampMs) {
        World.Root root =
                new World.Root(Samples.CONTROLLER_IDENTITY.withoutSecret(), List.of(Endpoint.parse("192.0.2.1/9993")));
        return World.sign(type, id, timestampMs, KEYS.publicKey(), List.of(root), KEYS);
    }

    private static String base64(World world) {
        return Base64.getEncoder().encodeToString(world.toBytes());
    }

    private static OperatorSettings settings(Map<String, String> given) {
        Map<String, String> properties = new HashMap<>(Map.of("wirecloset.block-quarantine", "PT1H"));
        given.forEach((key, value) -> properties.put("wirecloset." + key, value));
        return new SmallRyeConfigBuilder()
                .withMapping(OperatorSettings.class)
                .withConverter(Duration.class, 200, Duration::parse)
                .withSources(new PropertiesConfigSource(properties, "the test", 100))
                .build()
                .getConfigMapping(OperatorSettings.class);
    }
}
