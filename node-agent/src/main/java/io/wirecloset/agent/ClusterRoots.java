package io.wirecloset.agent;

import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.node.Node;
import io.wirecloset.node.NodeBuilder;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Gives the node the roots that the cluster means, and the controllers it names. Before the cluster has said which roots
 * those are there are none: introductions have to do.
 */
final class ClusterRoots {
    private static final Logger LOG = System.getLogger(ClusterRoots.class.getName());

    private ClusterRoots() {}

    /** For a node that is to start. */
    static void settle(NodeBuilder builder, HomeDirectory home, ClusterInfo info) {
        Optional<World> planet = planet(info);
        planet.ifPresent(ours -> {
            forgetOtherPlanets(home, ours);
            builder.planet(ours);
        });
        if (planet.isPresent() || isUnknown(info)) {
            builder.withoutPublicPlanet();
        }
    }

    /** For one that runs, when the cluster says something else than before; another planet's roots are its only ones then. */
    static void follow(Node node, ClusterInfo before, ClusterInfo now) {
        if (now.planet().length == 0 && !isUnknown(now)) {
            node.planet(Node.publicPlanet());
        } else if (!Arrays.equals(before.planet(), now.planet())) {
            planet(now).ifPresent(node::planet);
        }
        if (!now.moons().equals(before.moons())) {
            changeMoons(node, before.moons(), now.moons());
        }
        if (!now.controllers().equals(before.controllers())) {
            introduceControllers(node, now);
        }
    }

    /** For one that has just started: what it may know before anybody answers. */
    static void begin(Node node, ClusterInfo info) {
        introduceControllers(node, info);
        changeMoons(node, List.of(), info.moons());
    }

    /** Of a moon there may be a new edition; those that somebody orbits by hand stay. */
    private static void changeMoons(Node node, List<String> before, List<String> now) {
        List<World> wanted = now.stream().flatMap(m -> moon(m).stream()).toList();
        for (World moon : wanted) {
            if (!node.orbit(moon)) {
                LOG.log(Level.WARNING, "moon {0} is one too many", Long.toHexString(moon.id()));
            }
        }
        before.stream()
                .flatMap(m -> moon(m).stream())
                .filter(gone -> wanted.stream().noneMatch(w -> w.id() == gone.id()))
                .forEach(gone -> node.orbits().deorbit(gone.id()));
    }

    private static void introduceControllers(Node node, ClusterInfo info) {
        for (ClusterInfo.ControllerInfo c : info.controllers()) {
            try {
                node.introduce(
                        Identity.parse(c.identity()),
                        c.endpoints().stream().map(Endpoint::parse).toList());
            } catch (MalformedException | IllegalArgumentException e) {
                LOG.log(Level.WARNING, "controller {0} makes no sense: {1}", c, e.getMessage());
            }
        }
    }

    /** Nothing was published yet; what is published names a controller, and an empty planet then means the public one. */
    private static boolean isUnknown(ClusterInfo info) {
        return info.controllers().isEmpty();
    }

    /** An edition takes the place of an older one of the same planet only; the cluster may have moved to another. */
    private static void forgetOtherPlanets(HomeDirectory home, World ours) {
        try {
            boolean other = home.planet()
                    .map(World::read)
                    .filter(w -> w.id() != ours.id())
                    .isPresent();
            if (other) {
                home.savePlanet(ours.toBytes());
            }
        } catch (MalformedException e) {
            LOG.log(Level.WARNING, "the planet in {0} is damaged and replaced: {1}", home.path(), e.getMessage());
            home.savePlanet(ours.toBytes());
        }
    }

    private static Optional<World> planet(ClusterInfo info) {
        try {
            return info.planet().length == 0 ? Optional.empty() : Optional.of(World.read(info.planet()));
        } catch (MalformedException e) {
            LOG.log(Level.WARNING, "the cluster''s planet is no planet: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<World> moon(String base64) {
        try {
            World world = World.read(Base64.getDecoder().decode(base64));
            if (world.type() == WorldType.MOON) {
                return Optional.of(world);
            }
            LOG.log(Level.WARNING, "one of the cluster''s moons is a {0}", world.type());
        } catch (MalformedException | IllegalArgumentException e) {
            LOG.log(Level.WARNING, "one of the cluster''s moons is none: {0}", e.getMessage());
        }
        return Optional.empty();
    }
}
