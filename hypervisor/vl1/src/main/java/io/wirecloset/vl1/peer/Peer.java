package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.path.Path;
import io.wirecloset.vl1.path.Paths;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Wire;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Another node: who it is, what it speaks, how to reach it, and when it was last heard. Control loop only. */
public final class Peer {
    private static final long NEVER_MS = Long.MIN_VALUE / 4;

    // set once
    private final Identity identity;
    private final SessionKeys keys;
    private final OutgoingIds ids;
    private final int slot;
    private final long sinceMs;

    // what it said, and how it is reached
    private Version version = Version.UNKNOWN;
    private ReplayGuard guard;
    private final Agreement agreement = new Agreement();
    private final List<Path> paths = new ArrayList<>();
    /** Endpoints worth a HELLO when no path is left: told by somebody we believe, never learned from the peer. */
    private List<Endpoint> hints = List.of();

    // when
    private long heardMs;
    private long busyMs = NEVER_MS;
    private long trustedMs = NEVER_MS;
    private long greetedMs = NEVER_MS;
    private long hintsTriedMs = NEVER_MS;
    private long pathsPushedMs = NEVER_MS;

    // pushes taken in a row
    private long pushTakenMs = NEVER_MS;
    private int pushesInChain;

    /** @param guard until the peer announces its session */
    public Peer(Identity identity, SessionKeys keys, OutgoingIds ids, ReplayGuard guard, int slot, long nowMs) {
        this.identity = identity;
        this.keys = keys;
        this.ids = ids;
        this.guard = guard;
        this.slot = slot;
        this.sinceMs = nowMs;
        this.heardMs = nowMs;
    }

    public Identity identity() {
        return identity;
    }

    public long address() {
        return identity.address();
    }

    public SessionKeys keys() {
        return keys;
    }

    /** How our packets to it are numbered. */
    public OutgoingIds ids() {
        return ids;
    }

    /** What tells its packets from repetitions. */
    public ReplayGuard guard() {
        return guard;
    }

    public void guard(ReplayGuard better) {
        guard = better;
    }

    public Agreement agreement() {
        return agreement;
    }

    public int slot() {
        return slot;
    }

    /** When we came to know it: what lanes noted by its slot before was about another. */
    public long sinceMs() {
        return sinceMs;
    }

    public Version version() {
        return version;
    }

    public void version(Version said) {
        version = said;
    }

    /** Cipher suite for everything but HELLO: by what the peer said last. */
    public int suite() {
        boolean modern = version.protocol() >= Wire.PROTOCOL_VERSION_AES;
        return modern ? Wire.SUITE_AES_GMAC_SIV : Wire.SUITE_SALSA_POLY1305;
    }

    // ---- heard

    public void heard(long nowMs) {
        heardMs = Math.max(heardMs, nowMs);
    }

    /** Something came that tells of a peer in use: a frame or a configuration. */
    public void busy(long atMs) {
        heard(atMs);
        busyMs = Math.max(busyMs, atMs);
    }

    /** It proved to belong to one of our networks. */
    public void trusted(long atMs) {
        trustedMs = Math.max(trustedMs, atMs);
    }

    public long heardMs() {
        return heardMs;
    }

    public long busyMs() {
        return busyMs;
    }

    /** In use, so its paths are worth keeping. */
    public boolean isActive(long nowMs) {
        return nowMs - busyMs < Timing.PEER_ACTIVITY_MS;
    }

    public boolean isTrusted(long nowMs) {
        return nowMs - trustedMs < Timing.TRUST_MS;
    }

    /** Heard of at all in reasonable time? */
    public boolean isIdle(long nowMs) {
        return nowMs - heardMs >= Timing.PEER_ACTIVITY_MS;
    }

    // ---- paths

    public List<Path> paths() {
        return Collections.unmodifiableList(paths);
    }

    public Path best(long nowMs) {
        return Paths.best(paths, nowMs);
    }

    /** The known path over this socket to this endpoint, or null. */
    public Path pathOver(int socket, Endpoint endpoint) {
        for (Path path : paths) {
            if (path.isOver(socket, endpoint)) {
                return path;
            }
        }
        return null;
    }

    /**
     * Is all well with a path to the same host over the same socket, if to another port? Stock nodes greet from several
     * ports at once, of which one is enough.
     */
    public boolean hasSoundPathToHost(int socket, Endpoint endpoint, long nowMs) {
        for (Path path : paths) {
            boolean sound = nowMs - path.heardMs() < Timing.PATH_OUTDATED_MS
                    || path.isAlive(nowMs) && path.unansweredMs(nowMs) == 0;
            if (sound && path.isToHostOf(socket, endpoint)) {
                return true;
            }
        }
        return false;
    }

    /** Is there a live path to exactly this endpoint, over whichever socket? */
    public boolean hasLivePathTo(Endpoint endpoint, long nowMs) {
        for (Path path : paths) {
            if (path.endpoint().equals(endpoint) && path.isAlive(nowMs)) {
                return true;
            }
        }
        return false;
    }

    public boolean hasLivePath(long nowMs) {
        for (Path path : paths) {
            if (path.isAlive(nowMs) && !path.isDoubtful(nowMs)) {
                return true;
            }
        }
        return false;
    }

    /** Later than that, not at that time. */
    public boolean heardDirectlySince(long sinceMs) {
        for (Path path : paths) {
            if (path.heardMs() > sinceMs) {
                return true;
            }
        }
        return false;
    }

    /**
     * Adds a path; among too many it takes the place of a dead one to the same host, else of the one silent longest.
     *
     * @return the path that had to go, or null
     */
    public Path learn(Path path, long nowMs) {
        Path victim = deadPathToHost(path, nowMs);
        if (victim == null && paths.size() >= Limits.PATHS_PER_PEER) {
            victim = silentLongest();
        }
        paths.remove(victim);
        paths.add(path);
        return victim;
    }

    /** Takes out the paths that expired or were outdone by ones of higher priority. @return those */
    public List<Path> dropUselessPaths(long nowMs) {
        int highest = 0;
        for (Path path : paths) {
            highest = path.isExpired(nowMs) ? highest : Math.max(highest, path.priority());
        }
        List<Path> dropped = new ArrayList<>();
        for (Iterator<Path> each = paths.iterator(); each.hasNext(); ) {
            Path path = each.next();
            if (path.isExpired(nowMs) || path.priority() < highest) {
                dropped.add(path);
                each.remove();
            }
        }
        return dropped;
    }

    /** Its packets come through a relay. */
    public void heardRelayed(long atMs) {
        paths.forEach(path -> path.heardRelayed(atMs));
    }

    /** Takes out paths that are of no use any more. @return those */
    public List<Path> drop(Predicate<Path> useless) {
        List<Path> dropped = paths.stream().filter(useless).toList();
        paths.removeAll(dropped);
        return dropped;
    }

    /** Raises one path above all others. */
    public void redirectTo(Path path) {
        int highest = 0;
        for (Path other : paths) {
            highest = other == path ? highest : Math.max(highest, other.priority());
        }
        path.prefer(highest + 1);
    }

    public List<Endpoint> hints() {
        return hints;
    }

    public void hints(List<Endpoint> endpoints) {
        hints = List.copyOf(endpoints);
    }

    // ---- what is due

    public long greetedMs() {
        return greetedMs;
    }

    public void greeted(long nowMs) {
        greetedMs = nowMs;
    }

    /** @return true once per {@link Timing#TRY_ENDPOINT_MS} */
    public boolean mayTryHints(long nowMs) {
        if (nowMs - hintsTriedMs < Timing.TRY_ENDPOINT_MS) {
            return false;
        }
        hintsTriedMs = nowMs;
        return true;
    }

    /** @return true when our endpoints are to be pushed to it; counts as done then */
    public boolean duePush(boolean relayed, long nowMs) {
        long interval = relayed ? Timing.PUSH_PATHS_RELAYED_MS : Timing.PUSH_PATHS_DIRECT_MS;
        if (nowMs - pathsPushedMs < interval) {
            return false;
        }
        pathsPushedMs = nowMs;
        return true;
    }

    /** @return whether a push of its endpoints may be acted upon: so many per chain of short gaps */
    public boolean mayPush(long nowMs) {
        pushesInChain = nowMs - pushTakenMs <= Timing.PUSH_PATHS_CHAIN_MS ? pushesInChain + 1 : 0;
        pushTakenMs = nowMs;
        return pushesInChain < Limits.PUSH_PATHS_MESSAGES;
    }

    private Path deadPathToHost(Path path, long nowMs) {
        for (Path other : paths) {
            if (other.isToHostOf(path.socket(), path.endpoint()) && !other.isAlive(nowMs)) {
                return other;
            }
        }
        return null;
    }

    private Path silentLongest() {
        return Collections.min(paths, (a, b) -> Long.compare(a.heardMs(), b.heardMs()));
    }

    @Override
    public String toString() {
        return identity + " " + paths;
    }
}
