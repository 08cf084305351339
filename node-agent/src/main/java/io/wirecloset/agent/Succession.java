package io.wirecloset.agent;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.wirecloset.agent.cni.CniServer;
import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.linux.UnixServerSocket;
import io.wirecloset.vl1.identity.Identity;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets one process after the other be the agent of this node, so that an upgrade interrupts nothing:
 *
 * <pre>
 * the next one                          the one that leads
 * "successor"          ─────────►       is not ready from now on: probes of both are answered here
 *                      ◄─────────       "welcome"
 * warms up
 * "take"               ─────────►       ends calls, saves peers, stops carrying
 *                      ◄─────────       sockets and queues, "over"; the locks are free
 * starts; "leads"      ─────────►       closes its copies and rests
 * </pre>
 *
 * When the next one goes away before it leads, the one before goes on with its copies. One that rests leads again when the
 * lock becomes free, as after a crash of the other.
 *
 * <p>Two that do not understand each other, being of different versions, are told so in words ("refused"), or the next one
 * makes nothing of what it was passed. Then it asks no more, but begins when the other has ended, from what is on disk and in
 * the kernel.
 */
final class Succession {
    private static final Logger LOG = System.getLogger(Succession.class.getName());
    private static final int SOCKET_MODE = 0600;
    private static final int BACKLOG = 4;
    private static final int ANSWER_WAIT_MS = 5_000;
    private static final int WARM_UP_WAIT_MS = 300_000;
    /** Calls under way end first, and they may take ten seconds. */
    private static final int TAKE_WAIT_MS = 60_000;
    /** How long a process that was told to end waits for one that is warming up to take over. */
    private static final int SUCCESSOR_WAIT_MS = 10_000;

    private static final int LOCK_POLL_MS = 5;
    private static final int LOCK_WAIT_MS = 10_000;
    private static final int REST_POLL_MS = 250;

    /** What the process around does with an agent. Called by the thread that {@link #run}s, but for {@code successor}. */
    interface Stage {
        /** From now on this agent works here. */
        void leads(NodeAgent agent) throws IOException;

        /** It is about to end; ports are to be free when this returns. */
        void rests();

        /** Whether another process waits to take over. Any thread. */
        void successor(boolean waits);
    }

    /** What an agent serves with. */
    record Surroundings(KubernetesClient client, CniServer.Observer observer, Stage stage) {}

    private sealed interface Event {
        record Stop() implements Event {}

        record Renew() implements Event {}

        record Take(HandoverMessages successor) implements Event {}
    }

    // set once
    private final AgentSettings settings;
    private final Supplier<Surroundings> surroundings;
    private final Path path;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    private volatile boolean stopping;
    private volatile Surroundings around;

    // the thread that runs only
    private HandoverMessages predecessor;
    /** The one that leads was asked in vain: the next turn comes when that one ends. */
    private boolean askedInVain;

    /** @param surroundings asked once, when an agent is to serve: frames are carried before */
    Succession(AgentSettings settings, Supplier<Surroundings> surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.path = settings.run().resolve("handover.sock");
    }

    /** Any thread: ends {@link #run}, which may wait a little for a successor. */
    void stop() {
        stopping = true;
        events.add(new Event.Stop());
    }

    /** Waits for its turns and leads, until it is stopped. @throws IOException when an agent cannot run */
    void run() throws IOException {
        Optional<Turn> turn = await(true);
        while (turn.isPresent()) {
            turn = lead(turn.get());
        }
    }

    // --- the next one

    /** @param asking whether to ask the one that leads to hand over @return empty when stopped */
    private Optional<Turn> await(boolean asking) throws IOException {
        boolean said = false;
        while (!stopping) {
            Optional<SingleInstance> alone = SingleInstance.tryIn(settings.run());
            if (alone.isPresent()) {
                return Optional.of(Turn.fresh(alone.get()));
            }
            Optional<Turn> taken = asking && !askedInVain ? takeOver() : Optional.empty();
            if (taken.isPresent()) {
                return taken;
            }
            if (!said) {
                LOG.log(Level.INFO, "another agent works on {0}: waiting for it to end", settings.run());
                said = true;
            }
            pause(REST_POLL_MS);
        }
        return Optional.empty();
    }

    /** @return empty when there is nobody to ask, or it did not work out */
    private Optional<Turn> takeOver() {
        awaitSurroundings(); // who leads loses nothing by leading on until all is there
        Estate estate = Estate.NOTHING;
        HandoverMessages leader = null;
        try {
            leader = new HandoverMessages(UnixServerSocket.connect(path)).waiting(ANSWER_WAIT_MS);
            leader.say(HandoverMessages.SUCCESSOR);
            String answer = leader.hear();
            Identity verified = Rehearsal.run(settings);
            askedInVain = true; // what goes wrong from here on interrupts traffic, and would again
            if (!answer.equals(HandoverMessages.WELCOME)) {
                throw new IOException("it said: " + answer);
            }
            leader.waiting(TAKE_WAIT_MS).say(HandoverMessages.TAKE);
            estate = leader.take();
            SingleInstance alone = awaitLock().orElseThrow(() -> new IOException("another agent was faster"));
            predecessor = leader;
            askedInVain = false;
            return Optional.of(new Turn(alone, estate, verified));
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    askedInVain ? Level.WARNING : Level.DEBUG,
                    "the agent that works here hands nothing over{0}: {1}",
                    askedInVain ? ", this one begins when that one has ended" : "",
                    e.toString());
            estate.close();
            if (leader != null) {
                leader.close();
            }
            return Optional.empty();
        }
    }

    private Optional<SingleInstance> awaitLock() throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOCK_WAIT_MS);
        Optional<SingleInstance> alone = SingleInstance.tryIn(settings.run());
        while (alone.isEmpty() && System.nanoTime() - until < 0 && !stopping) {
            pause(LOCK_POLL_MS);
            alone = SingleInstance.tryIn(settings.run());
        }
        return alone;
    }

    private static void pause(int ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // --- the one that leads

    /** @return its next turn; empty when stopped */
    private Optional<Turn> lead(Turn turn) throws IOException {
        NodeAgent agent = start(turn);
        confirm();
        Stage stage = stage();
        Event event;
        try (Door door = new Door()) {
            stage.leads(agent);
            event = door.next();
        } catch (IOException | RuntimeException e) {
            agent.close();
            throw e;
        }
        return switch (event) {
            case Event.Take take -> handOver(agent, take.successor());
            case Event.Stop stop -> {
                end(agent);
                yield Optional.empty();
            }
            case Event.Renew renew -> {
                end(agent);
                yield await(false);
            }
        };
    }

    /** When it does not come up, the one before hears so at once. */
    private NodeAgent start(Turn turn) throws IOException {
        try {
            NodeAgent agent = NodeAgent.carrying(settings, turn, () -> events.add(new Event.Renew()));
            awaitSurroundings();
            agent.serve(around.client(), around.observer());
            return agent;
        } catch (IOException | RuntimeException e) {
            if (predecessor != null) {
                predecessor.close();
            }
            throw e;
        }
    }

    private void end(NodeAgent agent) {
        stage().rests();
        agent.close();
    }

    private void awaitSurroundings() {
        if (around == null) {
            around = surroundings.get();
        }
    }

    /** From the time an agent serves. */
    private Stage stage() {
        return around.stage();
    }

    /** Only now the one before lets go of its copies. */
    private void confirm() {
        if (predecessor == null) {
            return;
        }
        try (HandoverMessages before = predecessor) {
            before.say(HandoverMessages.LEADS);
            LOG.log(Level.INFO, "took over from the agent before");
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the agent before has gone: {0}", e.toString());
        }
        predecessor = null;
    }

    private Optional<Turn> handOver(NodeAgent agent, HandoverMessages successor) throws IOException {
        Identity self = agent.node().identity();
        Stage stage = stage();
        stage.rests();
        Estate estate = agent.handOver();
        try (successor) {
            successor.waiting(TAKE_WAIT_MS).pass(estate);
            successor.expect(HandoverMessages.LEADS);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the next agent did not come up, this one goes on: {0}", e.getMessage());
            stage.successor(false);
            Optional<SingleInstance> alone = awaitLock();
            if (alone.isPresent()) {
                return Optional.of(new Turn(alone.get(), estate, self));
            }
            estate.close();
            return await(false);
        }
        estate.close();
        stage.successor(false);
        LOG.log(Level.INFO, "another agent leads; this one rests");
        return await(false);
    }

    /** Where a successor announces itself. */
    private final class Door implements AutoCloseable {
        private final UnixServerSocket socket;
        private volatile boolean waits;

        Door() throws IOException {
            socket = UnixServerSocket.listen(path, SOCKET_MODE, BACKLOG);
            Thread.ofPlatform().daemon().name("succession").start(this::serve);
        }

        /** What ends the agent's work; who is told to stop waits for a successor that is on its way. */
        Event next() throws IOException {
            try {
                Event event = events.take();
                if (event instanceof Event.Stop && waits) {
                    Event later = events.poll(SUCCESSOR_WAIT_MS, TimeUnit.MILLISECONDS);
                    return later == null ? event : later;
                }
                return event;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        private void serve() {
            try {
                for (UnixConnection caller = socket.accept(); caller != null; caller = socket.accept()) {
                    if (listenTo(caller)) {
                        return;
                    }
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "no other agent can take over any more: {0}", e.getMessage());
            }
        }

        /** @return whether it takes over */
        private boolean listenTo(UnixConnection caller) {
            HandoverMessages successor = new HandoverMessages(caller).waiting(ANSWER_WAIT_MS);
            try {
                if (caller.peerCredentials().uid() != 0) {
                    throw new IOException("not root");
                }
                greeting(successor);
                LOG.log(
                        Level.INFO,
                        "process {0} is going to take over",
                        "" + caller.peerCredentials().pid());
                waits = true;
                stage().successor(true);
                successor.say(HandoverMessages.WELCOME);
                successor.waiting(WARM_UP_WAIT_MS).expect(HandoverMessages.TAKE);
                events.add(new Event.Take(successor));
                return true;
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "no successor after all: {0}", e.getMessage());
                successor.close();
                waits = false;
                stage().successor(false);
                return false;
            }
        }

        /** Who hands over in another way is told so, or would ask again and again. */
        private static void greeting(HandoverMessages successor) throws IOException {
            String said = successor.hear();
            if (said.startsWith(HandoverMessages.ANY_SUCCESSOR) && !said.equals(HandoverMessages.SUCCESSOR)) {
                successor.say(HandoverMessages.REFUSED);
            }
            if (!said.equals(HandoverMessages.SUCCESSOR)) {
                throw new IOException("it said \"" + said + "\" instead of \"" + HandoverMessages.SUCCESSOR + "\"");
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
