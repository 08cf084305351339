package io.wirecloset.vl1;

import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The planet and the moons we know, and the upstreams that follow: whom we believe, and where they may be reached. */
final class Worlds {
    private final Vl1.Settings settings;
    private final Vl1.Out out;
    private final Map<Long, World> moons = new TreeMap<>();
    private World planet;

    // follow from the above
    private final Map<Long, World.Root> upstreams = new LinkedHashMap<>();
    private boolean root;
    private boolean changed;

    Worlds(Vl1.Settings settings, Vl1.Out out) {
        this.settings = settings;
        this.out = out;
        this.planet = settings.planet();
        for (World moon : settings.moons()) {
            moons.put(moon.id(), moon);
        }
        update();
    }

    /** Are we a root ourselves: relaying, answering, believed? */
    boolean isRoot() {
        return root;
    }

    /** Addresses of all roots but ourselves. */
    Set<Long> upstreams() {
        return Collections.unmodifiableSet(upstreams.keySet());
    }

    Collection<World.Root> roots() {
        return Collections.unmodifiableCollection(upstreams.values());
    }

    /** Is it a root, by its whole identity and not just its address? */
    boolean isUpstream(Peer peer) {
        World.Root listed = upstreams.get(peer.address());
        return listed != null && listed.identity().equals(peer.identity());
    }

    /** @return what the stock client calls the role of a peer */
    PeerView.Role roleOf(Peer peer) {
        if (!isUpstream(peer)) {
            return PeerView.Role.LEAF;
        }
        return planet != null && planet.hasRoot(peer.address()) ? PeerView.Role.PLANET : PeerView.Role.MOON;
    }

    /** Roots are only to be reached at the addresses listed for them, if any are; the port is free. */
    boolean allows(Peer peer, Endpoint endpoint) {
        World.Root listed = upstreams.get(peer.address());
        if (listed == null || listed.endpoints().isEmpty()) {
            return true;
        }
        for (Endpoint stable : listed.endpoints()) {
            if (stable.sameIp(endpoint)) {
                return true;
            }
        }
        return false;
    }

    /** A definition came from an upstream. It is taken if the one we have allows that. */
    void offer(World world) {
        World current = world.type() == WorldType.MOON ? moons.get(world.id()) : planet;
        if (current == null || world.isNull() || !world.mayReplace(current)) {
            return;
        }
        if (world.type() == WorldType.MOON) {
            moons.put(world.id(), world);
        } else {
            planet = world;
        }
        update();
        out.event(new Vl1.Event.WorldUpdated(world));
    }

    /** The owner of this node gave it a definition: as {@link #offer}, and the first planet needs no other's word. */
    void give(World world) {
        if (planet != null || world.type() != WorldType.PLANET || world.isNull()) {
            offer(world);
            return;
        }
        planet = world;
        update();
        out.event(new Vl1.Event.WorldUpdated(world));
    }

    /** Whether there may be roots since the last question that were none before. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** The definitions a HELLO shows the sender to have in older editions, or to want. */
    List<World> newerThan(Hello hello, Moons listed) {
        List<World> newer = new ArrayList<>();
        boolean samePlanet = planet != null && hello.planetId() != 0 && hello.planetId() == planet.id();
        if (samePlanet && planet.timestampMs() > hello.planetTimestampMs()) {
            newer.add(planet);
        }
        for (Moons.Entry entry : listed.entries()) {
            World moon = moons.get(entry.id());
            if (moon != null && moon.timestampMs() > entry.timestampMs() && !newer.contains(moon)) {
                newer.add(moon);
            }
        }
        return newer;
    }

    World planet() {
        return planet;
    }

    long planetId() {
        return planet == null ? 0 : planet.id();
    }

    long planetTimestampMs() {
        return planet == null ? 0 : planet.timestampMs();
    }

    /** For our own HELLO. */
    List<Moons.Entry> moonEntries() {
        List<Moons.Entry> entries = new ArrayList<>(moons.size());
        for (World moon : moons.values()) {
            entries.add(new Moons.Entry(moon.id(), moon.timestampMs()));
        }
        return entries;
    }

    private void update() {
        upstreams.clear();
        root = false;
        changed = true;
        if (planet != null) {
            addRoots(planet);
        }
        moons.values().forEach(this::addRoots);
    }

    private void addRoots(World world) {
        for (World.Root listed : world.roots()) {
            if (listed.identity().equals(settings.self())) {
                root = true;
            } else if (listed.identity().address() != settings.self().address()) {
                upstreams.putIfAbsent(listed.identity().address(), listed);
            }
        }
    }
}
