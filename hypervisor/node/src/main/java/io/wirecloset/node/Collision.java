package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import java.lang.System.Logger.Level;

/** What is done when a root says that our address belongs to another identity. On the background thread. */
final class Collision {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");

    private final HomeDirectory home;
    private final String address;
    private final Runnable renewal;
    private boolean known;

    /** @param renewal starts the node anew with another identity; null for a node that others know by its address */
    Collision(HomeDirectory home, String address, Runnable renewal) {
        this.home = home;
        this.address = address;
        this.renewal = renewal;
    }

    /** Acts once; a root says so each time it is greeted. */
    void found() {
        if (known) {
            return;
        }
        known = true;
        if (renewal == null) {
            LOG.log(
                    Level.ERROR,
                    "address {0} belongs to another identity as well, says a root: this node reaches nobody."
                            + " Stop it, remove identity.secret in {1}, and start it again with a new address",
                    address,
                    home.path());
            return;
        }
        LOG.log(
                Level.ERROR,
                "address {0} belongs to another identity as well, says a root: the identity in {1} is set aside and the"
                        + " node starts anew with a new address, which has to be authorized in its networks again",
                address,
                home.path());
        home.setIdentityAside();
        renewal.run();
    }
}
