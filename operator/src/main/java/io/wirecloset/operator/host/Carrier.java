package io.wirecloset.operator.host;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Sender;
import io.wirecloset.vl1.world.World;
import java.util.List;
import java.util.Optional;

/** The VL1 node that carries the controller: its control loop, and its way to the members. */
public interface Carrier extends AutoCloseable {
    /** Runs the task soon on the control loop; from any thread. */
    void post(Runnable task);

    /** For the controller's answers and pushes; used on the control loop. */
    Sender sender();

    /**
     * From now on the controller is asked and polled on the control loop. Returns when it has read its store.
     *
     * @throws IllegalStateException when it cannot
     */
    void carry(Controller controller);

    /** How the node reaches a peer; empty when it does not know it. From any thread. */
    Optional<Sighting.Path> path(long address);

    /** Where it listens, {@code ip/port}. */
    List<String> endpoints();

    /** The roots it uses, signed; nothing when it has none. */
    byte[] planet();

    /** Takes over a newer edition of its planet, or its first one; soon. */
    void planet(World newer);

    /** Is a root of this moon, of which it tells those who orbit an older edition; soon. */
    void moon(World own);

    /** Whether the control loop runs and the sockets are open. */
    boolean running();

    /** Ends it; what is posted afterwards is not done. */
    @Override
    void close();
}
