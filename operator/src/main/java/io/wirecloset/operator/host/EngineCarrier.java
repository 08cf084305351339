package io.wirecloset.operator.host;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Sender;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.engine.Engine;
import io.wirecloset.vl2.credential.Revocation;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Carries the controller on a node's engine: polled with VL1 and VL2, answering through VL2. */
public final class EngineCarrier implements Carrier {
    /** The store is read over the network, once. */
    private static final long START_WITHIN_S = 60;

    private final Engine engine;
    private final Supplier<List<String>> endpoints;
    private final BooleanSupplier running;
    private final LongSupplier wallMs;

    /**
     * @param engine driven by others, from before {@link #carry}
     * @param endpoints where its sockets are bound, {@code ip/port}
     */
    public EngineCarrier(
            Engine engine, Supplier<List<String>> endpoints, BooleanSupplier running, LongSupplier wallMs) {
        this.engine = engine;
        this.endpoints = endpoints;
        this.running = running;
        this.wallMs = wallMs;
    }

    @Override
    public void post(Runnable task) {
        engine.post(task);
    }

    @Override
    public Sender sender() {
        return new Sender() {
            @Override
            public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
                engine.vl2().sendConfig(member, requestPacketId, networkId, dictionary, engine.nowMs());
            }

            @Override
            public void error(long member, long requestPacketId, long networkId, int code) {
                engine.vl2().sendConfigError(member, requestPacketId, networkId, code, engine.nowMs());
            }

            @Override
            public void revocation(long member, Revocation revocation) {
                engine.vl2().sendRevocation(member, revocation, engine.nowMs());
            }
        };
    }

    @Override
    public void carry(Controller controller) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        engine.post(() -> controller.start(engine.nowMs(), wallMs.getAsLong(), new Completion() {
            @Override
            public void done() {
                engine.vl2().controller(controller);
                ready.complete(null);
            }

            @Override
            public void failed(String why) {
                ready.completeExceptionally(new IllegalStateException("the controller cannot start: " + why));
            }
        }));
        engine.add(nowMs -> controller.poll(nowMs, wallMs.getAsLong()));
        try {
            ready.orTimeout(START_WITHIN_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the controller does not start: " + e.getCause(), e);
        }
    }

    @Override
    public List<String> endpoints() {
        return endpoints.get();
    }

    @Override
    public boolean running() {
        return running.getAsBoolean();
    }
}
