package io.wirecloset.node;

import io.wirecloset.engine.Engine;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.localapi.Orbits;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The moons that a running node orbits, kept in its home directory (notes on worlds, section 2.2). */
final class Moons implements Orbits {
    private final HomeDirectory home;
    private final Engine engine;
    private final Background background;

    Moons(HomeDirectory home, Engine engine, Background background) {
        this.home = home;
        this.engine = engine;
        this.background = background;
    }

    @Override
    public List<Moon> moons() {
        return Question.ask(engine, this::pictures);
    }

    @Override
    public Optional<Moon> orbit(long id, long seed) {
        Optional<World> file = home.moon(id).flatMap(bytes -> Planets.moon(id, bytes));
        return Question.ask(engine, () -> {
            boolean known = engine.vl1().moons().stream().anyMatch(moon -> moon.id() == id);
            boolean done = file.isPresent() && !known
                    ? engine.vl1().orbit(file.get())
                    : engine.vl1().orbit(id, seed);
            return done ? pictureOf(id) : Optional.empty();
        });
    }

    /** Orbits a moon whose definition came by other means, and remembers it. @return false when too many are orbited */
    boolean orbit(World moon) {
        boolean orbited = Question.ask(engine, () -> {
            boolean known = engine.vl1().moons().stream().anyMatch(other -> other.id() == moon.id());
            if (known) {
                engine.vl1().offer(moon);
            }
            return known || engine.vl1().orbit(moon);
        });
        if (orbited) {
            background.run(() -> Question.ask(engine, () -> pictureOf(moon.id()))
                    .filter(now -> !now.isWaiting())
                    .ifPresent(now -> Planets.save(home, now.world())));
            background.settle();
        }
        return orbited;
    }

    @Override
    public boolean deorbit(long id) {
        boolean orbited = Question.ask(engine, () -> engine.vl1().deorbit(id));
        background.run(() -> home.forgetMoon(id));
        background.settle();
        return orbited;
    }

    private Optional<Moon> pictureOf(long id) {
        return pictures().stream().filter(moon -> moon.id() == id).findFirst();
    }

    private List<Moon> pictures() {
        List<Moon> pictures = new ArrayList<>();
        engine.vl1().moons().forEach(moon -> pictures.add(new Moon(moon.id(), moon)));
        engine.vl1().wantedMoons().keySet().forEach(id -> pictures.add(new Moon(id, null)));
        return pictures;
    }
}
