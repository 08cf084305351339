package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Timing;
import java.util.List;

/** Choosing among the paths of one peer. */
public final class Paths {
    private Paths() {}

    /**
     * @return the cheapest unexpired path, the later one of equals; null if there is none. A path that the peer left for
     *     another does not count
     */
    public static Path best(List<Path> paths, long nowMs) {
        Path best = null;
        long bestQuality = Long.MAX_VALUE;
        for (Path path : paths) {
            if (!path.isExpired(nowMs) && !isOutdated(path, paths, nowMs)) {
                long quality = path.quality(nowMs);
                if (quality <= bestQuality) {
                    best = path;
                    bestQuality = quality;
                }
            }
        }
        return best;
    }

    /**
     * Left for another: the host is heard from another port and no longer from this one, as after its NAT forgot it; or what
     * is sent here gets no answer while the peer is heard over there, as after it moved.
     */
    private static boolean isOutdated(Path path, List<Path> paths, long nowMs) {
        long silentMs = path.unansweredMs(nowMs);
        for (Path other : paths) {
            if (other == path) {
                continue;
            }
            boolean otherPort = other.isToHostOf(path.socket(), path.endpoint())
                    && other.heardMs() - path.heardMs() >= Timing.PATH_OUTDATED_MS;
            boolean elsewhere = silentMs >= Timing.PATH_PROBED_MS && other.heardMs() > nowMs - silentMs;
            if (otherPort || elsewhere) {
                return true;
            }
        }
        return false;
    }

    /** The same among those of one scope and address family. */
    public static Path best(List<Path> paths, int scope, boolean v4, long nowMs) {
        Path best = null;
        for (Path path : paths) {
            boolean fits = path.endpoint().scope() == scope && path.endpoint().isV4() == v4;
            boolean counts = fits && !path.isExpired(nowMs) && !isOutdated(path, paths, nowMs);
            if (counts && (best == null || path.quality(nowMs) <= best.quality(nowMs))) {
                best = path;
            }
        }
        return best;
    }
}
