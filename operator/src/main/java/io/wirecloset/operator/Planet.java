package io.wirecloset.operator;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The roots that the controller and all agents use. */
final class Planet {
    private Planet() {}

    /**
     * What the settings say; empty when they say nothing: then it is what the home folder has, else the public planet.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    static Optional<World> of(OperatorSettings settings) {
        if (settings.planet().isPresent() && settings.planetFile().isPresent()) {
            throw new IllegalArgumentException("set wirecloset.planet or wirecloset.planet-file, not both");
        }
        if (settings.root()
                && (settings.planet().isPresent() || settings.planetFile().isPresent())) {
            throw new IllegalArgumentException("set wirecloset.root, or whose planet else it shall be, not both");
        }
        if (settings.planet().isPresent()) {
            return Optional.of(checked(
                    "wirecloset.planet",
                    WorldType.PLANET,
                    decoded("wirecloset.planet", settings.planet().get())));
        }
        if (settings.planetFile().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(checked(
                    "wirecloset.planet-file " + settings.planetFile().get(),
                    WorldType.PLANET,
                    Files.readAllBytes(settings.planetFile().get())));
        } catch (IOException e) {
            throw new UncheckedIOException("wirecloset.planet-file cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Makes the folder's planet the wanted one, unless it is another edition of that: which of two editions counts the node
     * decides by itself. Without this a planet from before the setting was changed would stay for ever.
     */
    static void settle(HomeDirectory home, World wanted) {
        if (home.planet().filter(kept -> isEdition(kept, wanted)).isEmpty()) {
            home.savePlanet(wanted.toBytes());
        }
    }

    private static boolean isEdition(byte[] kept, World wanted) {
        try {
            return World.read(kept).id() == wanted.id();
        } catch (MalformedException e) {
            return false;
        }
    }

    /**
     * The moons that the controller's node and all agents orbit.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    static List<World> moons(OperatorSettings settings) {
        return settings.moons().orElse(List.of()).stream()
                .map(moon -> checked("wirecloset.moons", WorldType.MOON, decoded("wirecloset.moons", moon)))
                .toList();
    }

    private static byte[] decoded(String setting, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + " is not base64", e);
        }
    }

    private static World checked(String setting, WorldType type, byte[] bytes) {
        String wanted = type.toString().toLowerCase(Locale.ROOT);
        try {
            World world = World.read(bytes);
            if (world.type() != type) {
                throw new IllegalArgumentException(setting + " is a " + world.type() + ", not a " + wanted);
            }
            return world;
        } catch (MalformedException e) {
            throw new IllegalArgumentException(setting + " is not a " + wanted + ": " + e.getMessage(), e);
        }
    }
}
