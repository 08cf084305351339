package io.wirecloset.node.localapi;

import io.wirecloset.vl1.world.World;
import java.util.List;
import java.util.Optional;

/** The moons a node orbits, as the local API shows and changes them. Thread-safe; every call answers with a picture of now. */
public interface Orbits {
    /** Those known, then those waited for. */
    List<Moon> moons();

    /**
     * Orbits a moon: by its file in the home directory, else by asking the seed, one of its roots, for it.
     *
     * @return the moon as it then is; empty when too many are orbited
     */
    Optional<Moon> orbit(long id, long seed);

    /** @return false when it was not orbited */
    boolean deorbit(long id);

    default Optional<Moon> moon(long id) {
        return moons().stream().filter(moon -> moon.id() == id).findFirst();
    }

    /** @param world null while nobody has told us of it yet */
    record Moon(long id, World world) {
        public boolean isWaiting() {
            return world == null;
        }
    }
}
