package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Timing;
import java.util.List;

/** Choosing among the paths of one peer. */
public final class Paths {
    private Paths() {}

    /**
     * @return the cheapest unexpired path, the later one of equals; null if there is none. Where a host is heard from one
     *     port and no longer from another, as after its NAT forgot it, the other does not count
     */
    public static Path best(List<Path> paths, long nowMs) {
        Path best = null;
        long bestQuality = Long.MAX_VALUE;
        for (Path path : paths) {
            if (!path.isExpired(nowMs) && !isOutdated(path, paths)) {
                long quality = path.quality(nowMs);
                if (quality <= bestQuality) {
                    best = path;
                    bestQuality = quality;
                }
            }
        }
        return best;
    }

    private static boolean isOutdated(Path path, List<Path> paths) {
        for (Path other : paths) {
            if (other != path
                    && other.isToHostOf(path.socket(), path.endpoint())
                    && other.heardMs() - path.heardMs() >= Timing.PATH_OUTDATED_MS) {
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
            if (fits && !path.isExpired(nowMs) && (best == null || path.quality(nowMs) <= best.quality(nowMs))) {
                best = path;
            }
        }
        return best;
    }
}
