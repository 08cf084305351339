package io.wirecloset.vl1.path;

import java.util.List;

/** Choosing among the paths of one peer. */
public final class Paths {
    private Paths() {}

    /** @return the cheapest unexpired path, the later one of equals; null if there is none */
    public static Path best(List<Path> paths, long nowMs) {
        Path best = null;
        long bestQuality = Long.MAX_VALUE;
        for (Path path : paths) {
            if (!path.isExpired(nowMs)) {
                long quality = path.quality(nowMs);
                if (quality <= bestQuality) {
                    best = path;
                    bestQuality = quality;
                }
            }
        }
        return best;
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
