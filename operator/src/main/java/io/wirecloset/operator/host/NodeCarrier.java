package io.wirecloset.operator.host;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Sender;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.node.Node;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Carries the controller on a running node, whose identity is the controller's. */
public final class NodeCarrier implements Carrier {
    /** The store is read over the network, once. */
    private static final long START_WITHIN_S = 60;

    private final Node node;

    /** @param node is closed with this */
    public NodeCarrier(Node node) {
        this.node = node;
    }

    @Override
    public void post(Runnable task) {
        node.engine().post(task);
    }

    @Override
    public Sender sender() {
        return node.sender();
    }

    @Override
    public void carry(Controller controller) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        node.carry(controller, new Completion() {
            @Override
            public void done() {
                ready.complete(null);
            }

            @Override
            public void failed(String why) {
                ready.completeExceptionally(new IllegalStateException(why));
            }
        });
        try {
            ready.orTimeout(START_WITHIN_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the controller does not start: " + e.getCause(), e);
        }
    }

    @Override
    public List<String> endpoints() {
        return node.endpoints().stream().map(Endpoint::toString).toList();
    }

    /** The node keeps the edition it believes in beside its other files. */
    @Override
    public byte[] planet() {
        return node.home().planet().orElseGet(() -> new byte[0]);
    }

    @Override
    public void planet(World newer) {
        node.planet(newer);
    }

    @Override
    public boolean running() {
        return node.running();
    }

    @Override
    public void close() {
        node.close();
    }
}
