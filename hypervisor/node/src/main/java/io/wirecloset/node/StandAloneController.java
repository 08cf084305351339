package io.wirecloset.node;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Listener;
import io.wirecloset.controller.Stranger;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.node.controller.ControllerSection;
import io.wirecloset.node.controller.FileStore;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A controller that needs nothing but a node: its networks and members are files in the node's home directory, and its
 * owner speaks to it over the local API, as with the stock controller.
 */
final class StandAloneController implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");
    private static final String FOLDER = "controller.d";
    private static final int READ_LIMIT_SECONDS = 60;
    private static final int STOP_LIMIT_SECONDS = 30;

    private final Node node;
    private final ExecutorService disk = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new java.util.concurrent.LinkedBlockingQueue<>(),
            task -> Thread.ofPlatform().name("controller-disk").daemon().unstarted(task),
            new ThreadPoolExecutor.DiscardPolicy());
    private final FileStore store;
    private final Controller controller;
    private final ControllerSection section;

    private StandAloneController(Node node) {
        this.node = node;
        store = new FileStore(node.home().path().resolve(FOLDER), disk, node.engine()::post);
        controller = new Controller(node.identity(), store, node.sender(), new Journal(), node.random());
        section = new ControllerSection(
                node.identity().address(),
                controller,
                store,
                node.engine()::post,
                System::currentTimeMillis,
                node.random());
    }

    /**
     * Begins to answer members and its owner.
     *
     * @param node with a local API; closed with this, or when it cannot be started
     * @throws IOException if its files cannot be read
     */
    static StandAloneController start(Node node) throws IOException {
        StandAloneController started = new StandAloneController(node);
        try {
            started.carry();
            return started;
        } catch (IOException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private void carry() throws IOException {
        CompletableFuture<Void> read = new CompletableFuture<>();
        ControllerSection.SEGMENTS.forEach(first -> node.serve(first, section));
        node.carry(controller, new Completion() {
            @Override
            public void done() {
                section.ready();
                read.complete(null);
            }

            @Override
            public void failed(String why) {
                read.completeExceptionally(new IOException(why));
            }
        });
        await(read);
        store.problems()
                .forEach((file, why) -> LOG.log(Level.WARNING, "{0}/{1} is not served: {2}", FOLDER, file, why));
        LOG.log(
                Level.INFO,
                "controller {0} with {1} networks",
                node.address(),
                node.ask(controller::networks).size());
    }

    private static void await(CompletableFuture<Void> read) throws IOException {
        try {
            read.get(READ_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the controller's files are not read after " + READ_LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** First who asks, then what writes: what was asked for is on disk when this returns. */
    @Override
    public void close() {
        node.close();
        disk.shutdown();
        try {
            if (!disk.awaitTermination(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.ERROR, "the disk does not take what the controller writes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells the journal who knocks, so that its reader can let them in; so many that nobody can fill it. */
    private static final class Journal implements Listener {
        private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

        private long nextNs = System.nanoTime();

        @Override
        public void memberSeen(long networkId, long address) {}

        @Override
        public void memberChanged(Member member) {
            LOG.log(
                    Level.INFO,
                    "network {0}: member {1} has {2}",
                    NetworkIds.format(member.networkId()),
                    Addresses.format(member.address()),
                    member.addresses());
        }

        @Override
        public void strangerAsked(Stranger stranger) {
            long now = System.nanoTime();
            boolean isNew = stranger.firstAskedMs() == stranger.lastAskedMs();
            if (isNew && now - nextNs >= 0) {
                nextNs = now + INTERVAL_NS;
                String member = "/controller/network/" + NetworkIds.format(stranger.networkId()) + "/member/"
                        + Addresses.format(stranger.address());
                LOG.log(
                        Level.INFO,
                        "network {0}: {1} asks to join and is not authorized; to let it in, POST '{'\"authorized\":true'}' to {2}",
                        NetworkIds.format(stranger.networkId()),
                        Addresses.format(stranger.address()),
                        member);
            }
        }
    }
}
