package io.wirecloset.operator;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;

/** The roots that the controller and all agents use. */
final class Planet {
    private Planet() {}

    /**
     * @return the signed world; empty for the public planet
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    static byte[] of(OperatorSettings settings) {
        if (settings.planet().isPresent() && settings.planetFile().isPresent()) {
            throw new IllegalArgumentException("set wirecloset.planet or wirecloset.planet-file, not both");
        }
        if (settings.planet().isPresent()) {
            return checked("wirecloset.planet", decoded(settings.planet().get()));
        }
        if (settings.planetFile().isEmpty()) {
            return new byte[0];
        }
        try {
            return checked(
                    "wirecloset.planet-file " + settings.planetFile().get(),
                    Files.readAllBytes(settings.planetFile().get()));
        } catch (IOException e) {
            throw new UncheckedIOException("wirecloset.planet-file cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("wirecloset.planet is not base64", e);
        }
    }

    private static byte[] checked(String setting, byte[] world) {
        try {
            World planet = World.read(world);
            if (planet.type() != WorldType.PLANET) {
                throw new IllegalArgumentException(setting + " is a " + planet.type() + ", not a planet");
            }
            return world;
        } catch (MalformedException e) {
            throw new IllegalArgumentException(setting + " is not a planet: " + e.getMessage(), e);
        }
    }
}
