package io.wirecloset.engine;

import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Listener;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A node of one lane whose ports are rings of memory: datagrams go straight into the other nodes' rings, frames are made
 * up and counted. The ports allocate nothing, so whatever is allocated is the engine's.
 */
final class CableNode implements Events {
    static final int RING = 512;
    private static final int SLOT_BYTES = 2048;
    private static final long WALL_AHEAD_MS = 1_700_000_000_000L;

    final Identity self;
    final Endpoint endpoint;
    final Engine engine;
    final Device device = new Device();
    /** Datagrams sent by the lane, by cipher suite. */
    final long[] laneSuites = new long[8];

    NetworkStatus status;
    private final Map<Endpoint, CableNode> reachable;
    private final Port port = new Port();

    CableNode(Identity self, Endpoint endpoint, int protocol, Map<Endpoint, CableNode> reachable) {
        this.self = self;
        this.endpoint = endpoint;
        this.reachable = reachable;
        reachable.put(endpoint, this);
        engine = Engine.builder(self, RandomSource.of(new SplittableRandom(self.address())))
                .version(new Version(protocol, 0, 1, 0))
                .metadata(RequestMetadata.of(protocol, 0, 1, 0, "cable"))
                .capacity(new Capacity(256, 1024, 1 << 20, 64))
                .lane(port, () -> {})
                .control(port::send, () -> {})
                .validation(this::validate)
                .events(this)
                .build();
        engine.sockets(new int[] {0}, new Endpoint[] {endpoint});
    }

    private void validate(Identity identity) {
        engine.onValidated(identity, true);
    }

    void join(long networkId) {
        engine.addTap(networkId, device);
        engine.post(() -> engine.vl2().join(networkId, null, engine.nowMs()));
    }

    Controller control(long nowMs, Completion orFail) {
        RandomSource ids = RandomSource.of(new SplittableRandom(7));
        Controller controller =
                new Controller(self, new MemoryStore(), new ToMembers(engine, engine::nowMs), Listener.NOBODY, ids);
        controller.start(nowMs, nowMs + WALL_AHEAD_MS, orFail);
        engine.post(() -> engine.vl2().controller(controller));
        engine.add(atMs -> controller.poll(atMs, atMs + WALL_AHEAD_MS));
        return controller;
    }

    static Map<Endpoint, CableNode> cables() {
        return new LinkedHashMap<>();
    }

    // ---- Events

    @Override
    public void onNode(NodeEvent event) {}

    @Override
    public void onNetwork(long networkId, NetworkView view) {
        status = view.status();
    }

    @Override
    public void onSave(long networkId, byte[] dictionary) {}

    /** Datagrams in. */
    private final class Port implements DatagramPort {
        private final byte[][] ring = new byte[RING][SLOT_BYTES];
        private final int[] lengths = new int[RING];
        private final Endpoint[] senders = new Endpoint[RING];
        private int head;
        private int waiting;

        @Override
        public int poll(Slab slab, Sink sink, int limit, long nowMs) {
            int count = 0;
            while (count < limit && waiting > 0) {
                byte[] slot = slab.slot(count % slab.slots());
                int at = head;
                head = (head + 1) % RING;
                waiting--;
                System.arraycopy(ring[at], 0, slot, Slab.HEAD_ROOM_BYTES, lengths[at]);
                sink.datagram(0, senders[at], slot, Slab.HEAD_ROOM_BYTES, lengths[at]);
                count++;
            }
            return count;
        }

        private void put(Endpoint from, byte[] bytes, int at, int length) {
            if (waiting == RING) throw new IllegalStateException("the ring is full");
            int free = (head + waiting) % RING;
            waiting++;
            System.arraycopy(bytes, at, ring[free], 0, length);
            lengths[free] = length;
            senders[free] = from;
        }

        @Override
        public void add(int socket, Endpoint to, byte[] slot, int at, int length) {
            if (!FragmentHeader.isFragment(slot, at)) laneSuites[PacketHeader.suite(slot, at)]++;
            CableNode far = reachable.get(to);
            if (far != null) far.port.put(endpoint, slot, at, length);
        }

        @Override
        public void flush() {}

        @Override
        public boolean writable() {
            return true;
        }

        /** The control loop's; junk that is to die on the way does. */
        private void send(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            CableNode far = reachable.get(to);
            if (far != null && length >= PacketHeader.LENGTH) far.port.put(endpoint, bytes, offset, length);
        }
    }

    /** A tap whose host sends the same frame as often as it is told. */
    static final class Device implements Tap {
        private byte[] frame = {};
        private int toSend;
        int received;
        int lastLength;

        void send(byte[] newFrame, int times) {
            frame = newFrame;
            toSend = times;
        }

        @Override
        public FramePort lane(int index) {
            return new Queue();
        }

        @Override
        public FramePort control() {
            return new Queue();
        }

        private final class Queue implements FramePort {
            @Override
            public int poll(Slab slab, Sink sink, int limit) {
                int count = 0;
                for (; count < limit && toSend > 0; count++) {
                    toSend--;
                    byte[] slot = slab.slot(count % slab.slots());
                    System.arraycopy(frame, 0, slot, Slab.HEAD_ROOM_BYTES, frame.length);
                    sink.frame(slot, Slab.HEAD_ROOM_BYTES, frame.length);
                }
                return count;
            }

            @Override
            public void add(byte[] slot, int at, int length) {
                received++;
                lastLength = length;
            }

            @Override
            public void flush() {}
        }
    }
}
