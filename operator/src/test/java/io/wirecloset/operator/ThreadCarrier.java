package io.wirecloset.operator;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Sender;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.operator.host.Carrier;
import io.wirecloset.operator.host.Sighting;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.credential.Revocation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A control loop without a node: a thread, and a list of what would have been sent. */
final class ThreadCarrier implements Carrier {
    /** What a member would have got. */
    record Sent(long member, long networkId, NetworkConfig config, int error) {}

    private static final Dictionary METADATA = RequestMetadata.of(12, 1, 14, 1, "linux/x86_64");

    final List<Sent> sent = new CopyOnWriteArrayList<>();
    final List<Long> revoked = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final LongSupplier wallMs;
    private volatile Controller controller;
    private volatile byte[] planet = new byte[0];
    private volatile World moon;

    ThreadCarrier(LongSupplier wallMs) {
        this.wallMs = wallMs;
    }

    @Override
    public void post(Runnable task) {
        loop.execute(task);
    }

    @Override
    public Sender sender() {
        return new Sender() {
            @Override
            public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
                sent.add(new Sent(member, networkId, NetworkConfig.read(Dictionary.read(dictionary)), 0));
            }

            @Override
            public void error(long member, long requestPacketId, long networkId, int code) {
                sent.add(new Sent(member, networkId, null, code));
            }

            @Override
            public void revocation(long member, Revocation revocation) {
                revoked.add(member);
            }
        };
    }

    @Override
    public void carry(Controller carried) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        loop.execute(() -> carried.start(wallMs.getAsLong(), wallMs.getAsLong(), new Completion() {
            @Override
            public void done() {
                ready.complete(null);
            }

            @Override
            public void failed(String why) {
                ready.completeExceptionally(new IllegalStateException(why));
            }
        }));
        ready.join();
        controller = carried;
        loop.scheduleAtFixedRate(
                () -> carried.poll(wallMs.getAsLong(), wallMs.getAsLong()), 0, 20, TimeUnit.MILLISECONDS);
    }

    /** A member asks for its configuration. */
    void ask(long networkId, Identity from) {
        loop.execute(() -> controller.onConfigRequest(
                new ConfigRequest(networkId, METADATA, 0, 0),
                from,
                Endpoint.parse("192.0.2.7/9993"),
                1,
                wallMs.getAsLong()));
    }

    /** Waits until everything posted so far is done, and one turn after it. */
    void settle() throws Exception {
        loop.submit(() -> controller.poll(wallMs.getAsLong(), wallMs.getAsLong()))
                .get();
    }

    @Override
    public Optional<Sighting.Path> path(long address) {
        return Optional.of(new Sighting.Path(true, 7));
    }

    @Override
    public List<String> endpoints() {
        return List.of("192.0.2.1/9994");
    }

    @Override
    public byte[] planet() {
        return planet;
    }

    @Override
    public void planet(World newer) {
        planet = newer.toBytes();
    }

    @Override
    public void moon(World own) {
        moon = own;
    }

    World moon() {
        return moon;
    }

    @Override
    public boolean running() {
        return controller != null;
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
