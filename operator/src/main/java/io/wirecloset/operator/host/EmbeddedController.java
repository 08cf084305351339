package io.wirecloset.operator.host;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Mandate;
import io.wirecloset.controller.MemberView;
import io.wirecloset.controller.Stranger;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The real controller, in this process. What is asked of it goes to its control loop in order; questions wait for the
 * answer. Before {@link #start} nothing is done: the store reads what was applied until then.
 */
public final class EmbeddedController implements ControllerHost {
    private static final Logger LOG = Logger.getLogger(EmbeddedController.class);
    /** A control loop that is asked a question answers within microseconds, unless it is gone. */
    private static final long ANSWER_WITHIN_MS = 2_000;

    private static final int MAX_PENDING = 16;

    private final Supplier<Identity> self;
    private final Store store;
    private final Carrier carrier;
    private final RandomSource random;
    private final Mandate mandate;
    private final List<ControllerHost.Listener> listeners = new CopyOnWriteArrayList<>();
    private volatile Controller controller;
    private volatile boolean started;

    /**
     * @param self with its secret; asked when it is needed first
     * @param mandate without which nothing is signed
     */
    public EmbeddedController(
            Supplier<Identity> self, Store store, Carrier carrier, RandomSource random, Mandate mandate) {
        this.self = self;
        this.store = store;
        this.carrier = carrier;
        this.random = random;
        this.mandate = mandate;
    }

    @Override
    public long address() {
        return self.get().address();
    }

    @Override
    public String publicIdentity() {
        return self.get().toPublicText();
    }

    @Override
    public List<String> endpoints() {
        return started ? carrier.endpoints() : List.of();
    }

    @Override
    public void start() {
        controller = new Controller(self.get(), store, carrier.sender(), new Told(), random, mandate);
        started = true;
        carrier.carry(controller);
    }

    @Override
    public boolean running() {
        return started && carrier.running();
    }

    @Override
    public void applyNetwork(HostedNetwork network) {
        ask(
                "network " + NetworkIds.format(network.id()),
                c -> controller.putNetwork(network.id(), ControllerModel.spec(network), c));
    }

    @Override
    public void removeNetwork(long networkId) {
        ask("removal of network " + NetworkIds.format(networkId), c -> controller.deleteNetwork(networkId, c));
    }

    @Override
    public void applyMember(HostedMember member) {
        ask(
                name(member.networkId(), member.address()),
                c -> controller.putMember(member.networkId(), member.address(), ControllerModel.spec(member), c));
    }

    @Override
    public void removeMember(long networkId, long address) {
        ask("removal of " + name(networkId, address), c -> controller.deleteMember(networkId, address, c));
    }

    @Override
    public Optional<Sighting> sighting(long networkId, long address) {
        return answer(() -> controller.member(networkId, address))
                .filter(view -> view.lastSeenMs() != 0)
                .map(view -> sighting(view, carrier.path(address).orElse(null)));
    }

    private static Sighting sighting(MemberView view, Sighting.Path path) {
        return new Sighting(
                view.lastSeenMs(),
                view.online(),
                view.path() == null ? null : view.path().toString(),
                view.info() == null ? null : view.info().version(),
                path);
    }

    @Override
    public List<Long> pending(long networkId) {
        return answer(() -> controller.strangers(networkId).stream()
                        .limit(MAX_PENDING)
                        .map(Stranger::address)
                        .toList())
                .orElse(List.of());
    }

    @Override
    public void listen(ControllerHost.Listener listener) {
        listeners.add(listener);
    }

    private interface Wish {
        void to(Completion completion);
    }

    private void ask(String what, Wish wish) {
        if (!started) {
            return;
        }
        carrier.post(() -> wish.to(new Completion() {
            @Override
            public void done() {}

            @Override
            public void failed(String why) {
                LOG.errorf("%s is not carried out: %s", what, why);
            }
        }));
    }

    private <T> Optional<T> answer(Supplier<T> question) {
        if (!started) {
            return Optional.empty();
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        carrier.post(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return Optional.ofNullable(answer.get(ANSWER_WITHIN_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("the controller does not answer: %s", e);
            return Optional.empty();
        }
    }

    private static String name(long networkId, long address) {
        return String.format("member %010x of network %s", address, NetworkIds.format(networkId));
    }

    /** On the control loop; what is told is taken up by other threads. */
    private final class Told implements io.wirecloset.controller.Listener {
        @Override
        public void memberSeen(long networkId, long address) {
            listeners.forEach(l -> l.memberChanged(networkId, address));
        }

        @Override
        public void memberChanged(Member member) {
            listeners.forEach(l -> l.memberChanged(member.networkId(), member.address()));
        }

        @Override
        public void strangerAsked(Stranger stranger) {
            listeners.forEach(l -> l.strangerAsked(stranger.networkId()));
        }
    }
}
