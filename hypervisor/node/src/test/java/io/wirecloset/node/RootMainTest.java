package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootMainTest {
    private static final Endpoint HERE = Endpoint.parse("192.0.2.1/9993");
    private static final Endpoint THERE = Endpoint.parse("2001:db8::1/9993");
    private static final Identity SELF = Lab.IDENTITIES.getFirst();

    @TempDir
    Path dir;

    private HomeDirectory home;
    private RootMain root;

    @BeforeEach
    void home() {
        home = HomeDirectory.open(dir);
        OwnIdentity.keep(home, SELF);
        root = new RootMain(home);
    }

    @Test
    void theFirstStartMakesAPlanetAndKeepsItsKeySecret() throws Exception {
        root.preparePlanet(List.of(HERE, THERE));
        World planet = planet();
        assertThat(planet.roots()).containsExactly(new World.Root(SELF, List.of(HERE, THERE)));
        assertThat(planet.verify(planet.nextUpdateKey())).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("planet.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void itIsKeptAndOnlyOtherEndpointsMakeANewEdition() throws Exception {
        root.preparePlanet(List.of(HERE));
        World first = planet();
        root.preparePlanet(List.of());
        root.preparePlanet(List.of(HERE));
        assertThat(planet()).isEqualTo(first);
        root.preparePlanet(List.of(THERE));
        assertThat(planet().mayReplace(first)).isTrue();
        assertThat(planet().roots().getFirst().endpoints()).containsExactly(THERE);
    }

    @Test
    void whatCannotBeDoneIsSaid() throws Exception {
        assertThatThrownBy(() -> root.preparePlanet(List.of()))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--endpoint");

        root.preparePlanet(List.of(HERE));
        Files.delete(dir.resolve("planet.key"));
        assertThatThrownBy(() -> root.preparePlanet(List.of(THERE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("planet.key");

        OwnIdentity.keep(home, Lab.IDENTITIES.getLast());
        assertThatThrownBy(() -> root.preparePlanet(List.of(HERE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not name this node");

        Files.writeString(dir.resolve("planet"), "no planet");
        assertThatThrownBy(() -> root.preparePlanet(List.of(HERE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("holds no planet");
    }

    private World planet() {
        return World.read(home.planet().orElseThrow());
    }
}
