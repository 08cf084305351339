package io.wirecloset.operator.host;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Sender;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.node.Node;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl2.credential.Revocation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Carries the controller on a node of its own, whose identity is the controller's. There is none before it has to. */
public final class NodeCarrier implements Carrier {
    /** The store is read over the network, once. */
    private static final long START_WITHIN_S = 60;

    private final Callable<Node> start;
    private Node node;
    private boolean closed;

    /** @param start opens the sockets; the node is closed with this */
    public NodeCarrier(Callable<Node> start) {
        this.start = start;
    }

    private synchronized void open() {
        if (closed) {
            throw new IllegalStateException("closed before the controller's node was started");
        }
        try {
            node = start.call();
        } catch (Exception e) {
            throw new IllegalStateException("the controller's node does not start: " + e.getMessage(), e);
        }
    }

    private synchronized Optional<Node> node() {
        return Optional.ofNullable(node);
    }

    @Override
    public void post(Runnable task) {
        node().ifPresent(n -> n.engine().post(task));
    }

    @Override
    public Optional<Sighting.Path> path(long address) {
        return node().flatMap(n -> n.peerViews().stream()
                .filter(p -> p.address() == address)
                .findFirst()
                .map(p -> new Sighting.Path(p.isDirect(), p.latencyMs())));
    }

    /** Of the node, which is there whenever the controller says something. */
    @Override
    public Sender sender() {
        return new Sender() {
            @Override
            public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
                there().config(member, requestPacketId, networkId, dictionary);
            }

            @Override
            public void error(long member, long requestPacketId, long networkId, int code) {
                there().error(member, requestPacketId, networkId, code);
            }

            @Override
            public void revocation(long member, Revocation revocation) {
                there().revocation(member, revocation);
            }

            private Sender there() {
                return node().orElseThrow().sender();
            }
        };
    }

    @Override
    public void carry(Controller controller) {
        open();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        node().orElseThrow().carry(controller, new Completion() {
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
        return node().map(n -> n.endpoints().stream().map(Endpoint::toString).toList())
                .orElse(List.of());
    }

    /** The node keeps the edition it believes in beside its other files. */
    @Override
    public byte[] planet() {
        return node().flatMap(n -> n.home().planet()).orElseGet(() -> new byte[0]);
    }

    @Override
    public void planet(World newer) {
        node().ifPresent(n -> n.planet(newer));
    }

    @Override
    public void moon(World own) {
        node().ifPresent(n -> n.orbit(own));
    }

    @Override
    public boolean running() {
        return node().map(Node::running).orElse(false);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (node != null) {
            node.close();
        }
    }
}
