package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which roots the node believes in from the start (notes on worlds, sections 2.1 and 2.2), and how it remembers them. */
final class Planets {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");

    private Planets() {}

    /**
     * The planet of the home directory, or the one given; a later edition of it takes its place.
     *
     * @param given null for none
     * @param usePublic whether the public planet comes into question too
     * @return null for no planet at all
     */
    static World atStart(HomeDirectory home, World given, boolean usePublic) {
        World planet = home.planet().map(bytes -> read(bytes, "planet")).orElse(null);
        if (given != null && given.mayReplace(planet)) {
            planet = given;
        }
        if (usePublic) {
            World everybodys = publicPlanet();
            planet = everybodys.mayReplace(planet) ? everybodys : planet;
        }
        if (planet != null) {
            home.savePlanet(planet.toBytes());
        }
        return planet;
    }

    /** The one that stock nodes have built in. */
    static World publicPlanet() {
        try (InputStream in = Planets.class.getResourceAsStream("planet")) {
            return World.read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<World> moons(HomeDirectory home) {
        List<World> moons = new ArrayList<>();
        home.moons().forEach((id, bytes) -> moon(id, bytes).ifPresent(moons::add));
        return moons;
    }

    /** @return the moon, if this is the definition of one of that id */
    static Optional<World> moon(long id, byte[] bytes) {
        World moon = read(bytes, "moon");
        if (moon != null && (moon.type() != WorldType.MOON || moon.id() != id)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the file of moon {0} is ignored: it holds {1}",
                    NetworkIds.format(id),
                    moon);
            return Optional.empty();
        }
        return Optional.ofNullable(moon);
    }

    static void save(HomeDirectory home, World world) {
        if (world.type() == WorldType.MOON) {
            home.saveMoon(world.id(), world.toBytes());
        } else {
            home.savePlanet(world.toBytes());
        }
    }

    /** @return null when it is damaged; that is no reason not to start, it may be found again */
    private static World read(byte[] bytes, String what) {
        try {
            return World.read(bytes);
        } catch (MalformedException e) {
            LOG.log(System.Logger.Level.WARNING, "a file of a {0} is ignored: {1}", what, e.getMessage());
            return null;
        }
    }
}
