package io.wirecloset.vl1;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.HelloOk;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl1.world.WorldType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The planet and the moons we know or want to know, and the upstreams that follow: whom we believe, and where they may be
 * reached (notes on worlds, section 2).
 */
final class Worlds {
    /**
     * A root of one world or several.
     *
     * @param endpoints of all of them
     * @param anywhere one of them lists none
     */
    record Upstream(Identity identity, Set<Endpoint> endpoints, boolean anywhere) {
        private static Upstream of(World.Root root) {
            Set<Endpoint> listed = new LinkedHashSet<>(root.endpoints());
            return new Upstream(root.identity(), listed, listed.isEmpty());
        }

        private Upstream and(Upstream other) {
            if (!identity.equals(other.identity)) {
                return this;
            }
            Set<Endpoint> all = new LinkedHashSet<>(endpoints);
            all.addAll(other.endpoints);
            return new Upstream(identity, all, anywhere || other.anywhere);
        }
    }

    private final Vl1Settings settings;
    private final Vl1Out out;
    private final Map<Long, World> moons = new TreeMap<>();
    /** Moons we orbit without knowing them yet, by id, with the address of the root that shall tell. */
    private final Map<Long, Long> wanted = new TreeMap<>();

    private World planet;

    // follow from the above
    private final Map<Long, Upstream> upstreams = new TreeMap<>();
    private boolean root;
    private boolean changed;

    Worlds(Vl1Settings settings, Vl1Out out) {
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

    Collection<Upstream> roots() {
        return Collections.unmodifiableCollection(upstreams.values());
    }

    /** Is it a root, by its whole identity and not just its address? */
    boolean isUpstream(Peer peer) {
        Upstream listed = upstreams.get(peer.address());
        return listed != null && listed.identity().equals(peer.identity());
    }

    /** Addresses of those that shall tell of the moons we want. */
    Set<Long> seeds() {
        return new LinkedHashSet<>(wanted.values());
    }

    boolean isSeed(Peer peer) {
        return wanted.containsValue(peer.address());
    }

    /** May it tell us of worlds? */
    boolean isBelieved(Peer peer) {
        return isUpstream(peer) || isSeed(peer);
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
        Upstream listed = upstreams.get(peer.address());
        if (listed == null || listed.anywhere()) {
            return true;
        }
        for (Endpoint stable : listed.endpoints()) {
            if (stable.sameIp(endpoint)) {
                return true;
            }
        }
        return false;
    }

    /** Somebody we believe told us of a world. */
    void told(World world, Peer by) {
        Long seed = world.type() == WorldType.MOON ? wanted.get(world.id()) : null;
        if (seed == null) {
            offer(world);
        } else if (!world.isNull() && names(world, seed, by)) {
            take(world);
        }
    }

    /** Is the seed a root of this moon, and by its whole identity, if it speaks for itself? */
    private static boolean names(World moon, long seed, Peer by) {
        return by.address() == seed
                ? moon.roots().stream().anyMatch(root -> root.identity().equals(by.identity()))
                : moon.hasRoot(seed);
    }

    /** A definition is taken if the one we have allows that. */
    void offer(World world) {
        World current = world.type() == WorldType.MOON ? moons.get(world.id()) : planet;
        if (current != null && !world.isNull() && world.mayReplace(current)) {
            take(world);
        }
    }

    private void take(World world) {
        if (world.type() == WorldType.MOON) {
            wanted.remove(world.id());
            moons.put(world.id(), world);
        } else {
            planet = world;
        }
        update();
        out.event(new NodeEvent.WorldUpdated(world));
    }

    /**
     * The owner of this node gave it a definition: as {@link #offer}, and a planet other than ours needs nobody else's word,
     * which over the wire would have to be that of our own.
     */
    void give(World world) {
        boolean another = world.type() == WorldType.PLANET && !world.isNull() && world.id() != planetId();
        if (another) {
            take(world);
        } else {
            offer(world);
        }
    }

    // ---- orbits

    /** Orbits a moon as its owner, or ours, defined it. @return false if we orbit too many */
    boolean orbit(World moon) {
        if (moon.type() != WorldType.MOON || moon.isNull()) {
            throw new IllegalArgumentException("no moon: " + moon);
        }
        if (!hasRoomFor(moon.id())) {
            return false;
        }
        wanted.remove(moon.id());
        moons.put(moon.id(), moon);
        update();
        return true;
    }

    /** Orbits a moon we are to be told of. @return false if we orbit too many */
    boolean orbit(long id, long seed) {
        if (!moons.containsKey(id) && hasRoomFor(id)) {
            wanted.put(id, seed);
        }
        return orbits(id);
    }

    /** @return false if we did not orbit it */
    boolean deorbit(long id) {
        boolean orbited = orbits(id);
        wanted.remove(id);
        if (moons.remove(id) != null) {
            update();
        }
        return orbited;
    }

    Collection<World> moons() {
        return Collections.unmodifiableCollection(moons.values());
    }

    /** Ids of the moons nobody told us of yet, and the addresses of their seeds. */
    Map<Long, Long> wanted() {
        return Collections.unmodifiableMap(wanted);
    }

    private boolean orbits(long id) {
        return moons.containsKey(id) || wanted.containsKey(id);
    }

    private boolean hasRoomFor(long id) {
        return orbits(id) || moons.size() + wanted.size() < Limits.MOONS;
    }

    // ---- what follows

    /** Whether there may be roots since the last question that were none before. */
    boolean takeChanged() {
        boolean was = changed;
        changed = false;
        return was;
    }

    /** The definitions a HELLO shows the sender to have in older editions, or to want; as many as one answer holds. */
    List<World> newerThan(Hello hello, Moons listed) {
        Set<World> newer = new LinkedHashSet<>();
        boolean samePlanet = planet != null && hello.planetId() != 0 && hello.planetId() == planet.id();
        if (samePlanet && Long.compareUnsigned(planet.timestampMs(), hello.planetTimestampMs()) > 0) {
            newer.add(planet);
        }
        for (Moons.Entry entry : listed.entries()) {
            World moon = moons.get(entry.id());
            if (moon != null && Long.compareUnsigned(moon.timestampMs(), entry.timestampMs()) > 0) {
                newer.add(moon);
            }
        }
        List<World> fitting = new ArrayList<>(newer.size());
        int bytes = 0;
        for (World world : newer) {
            bytes += world.toBytes().length;
            if (bytes <= HelloOk.WORLDS_MAX_BYTES) {
                fitting.add(world);
            }
        }
        return fitting;
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
        List<Moons.Entry> entries = new ArrayList<>(moons.size() + wanted.size());
        for (World moon : moons.values()) {
            entries.add(new Moons.Entry(moon.id(), moon.timestampMs()));
        }
        for (long id : wanted.keySet()) {
            entries.add(new Moons.Entry(id, 0));
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
                upstreams.merge(listed.identity().address(), Upstream.of(listed), Upstream::and);
            }
        }
    }
}
