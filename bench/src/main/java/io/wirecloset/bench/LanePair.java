package io.wirecloset.bench;

import io.wirecloset.engine.Capacity;
import io.wirecloset.engine.Engine;
import io.wirecloset.engine.Events;
import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Two whole engines with a wire of memory between them, met and admitted, so that frames stay in the lanes. Driven by the
 * caller's thread.
 */
final class LanePair {
    /** Frames of one batch: what a lane takes from a tap in one turn. */
    static final int BATCH = 64;

    private static final long START_MS = 1_700_000_000_000L;
    private static final long STEP_MS = 50;
    private static final int MOST_STEPS = 1_000;

    final MemoryDatagrams leftWire;
    final MemoryDatagrams rightWire;
    final MemoryFrames leftTap;
    final MemoryFrames rightTap;
    private final Engine left;
    private final Engine right;
    private long nowMs = START_MS;

    /**
     * @param protocolVersion that both announce: 12 for suite 3, 11 for suite 1
     * @param frameBytes of the Ethernet frames
     */
    LanePair(int protocolVersion, int frameBytes) {
        MemoryDatagrams[] wires = MemoryDatagrams.pair();
        leftWire = wires[0];
        rightWire = wires[1];
        leftTap = new MemoryFrames(frame(Nodes.LEFT, Nodes.RIGHT, frameBytes));
        rightTap = new MemoryFrames(frame(Nodes.RIGHT, Nodes.LEFT, frameBytes));
        left = engine(Nodes.LEFT, leftWire, leftTap, protocolVersion);
        right = engine(Nodes.RIGHT, rightWire, rightTap, protocolVersion);
        introduce(left, Nodes.RIGHT, rightWire);
        introduce(right, Nodes.LEFT, leftWire);
        meet();
    }

    private static byte[] frame(Identity from, Identity to, int bytes) {
        byte[] frame = Nodes.noise(bytes);
        long source = Mac.of(from.address(), Nodes.NETWORK);
        EthernetFrame.put(frame, 0, Mac.of(to.address(), Nodes.NETWORK), source, Ethertype.IPV4);
        return frame;
    }

    private static Engine engine(Identity self, MemoryDatagrams wire, MemoryFrames tap, int protocolVersion) {
        Engine engine = Engine.builder(self, RandomSource.of(new SplittableRandom(self.address())))
                .version(new Version(protocolVersion, 1, 14, 1))
                .metadata(RequestMetadata.of(protocolVersion, 1, 14, 1, "linux/x86_64"))
                .capacity(new Capacity(256, 1024, 1 << 18, BATCH))
                .lane(wire, () -> {})
                .control(wire, () -> {})
                .validation(identity -> {
                    throw new IllegalStateException("nobody here is a stranger: " + identity);
                })
                .events(new Silent())
                .build();
        engine.sockets(new int[] {MemoryDatagrams.SOCKET}, new Endpoint[] {wire.endpoint()});
        engine.addTap(Nodes.NETWORK, tap);
        return engine;
    }

    private void introduce(Engine to, Identity peer, MemoryDatagrams where) {
        to.post(() -> {
            to.vl1().introduce(Nodes.CONTROLLER.withoutSecret(), List.of(), nowMs);
            to.vl1().introduce(peer.withoutSecret(), List.of(where.endpoint()), nowMs);
            to.vl2().join(Nodes.NETWORK, Nodes.config(to.vl1().self()).toBytes(), nowMs);
        });
    }

    /** Drives both until a batch each way is carried by the lanes alone. */
    private void meet() {
        for (int step = 0; step < MOST_STEPS; step++) {
            nowMs += STEP_MS;
            left.control().doWork(nowMs);
            right.control().doWork(nowMs);
            left.lane(0).doWork(nowMs);
            right.lane(0).doWork(nowMs);
            if (leftWire.waiting() == 0 && rightWire.waiting() == 0 && lanesCarry()) return;
        }
        throw new IllegalStateException("the two did not meet; left " + left.drops() + ", right " + right.drops());
    }

    private boolean lanesCarry() {
        int before = rightTap.receivedFrames() + leftTap.receivedFrames();
        leftTap.send(BATCH);
        rightTap.send(BATCH);
        left.lane(0).doWork(nowMs);
        right.lane(0).doWork(nowMs);
        left.lane(0).doWork(nowMs);
        return rightTap.receivedFrames() + leftTap.receivedFrames() - before == 2 * BATCH;
    }

    /** The left lane takes a batch from its tap and sends it; nobody reads it. */
    void send() {
        rightWire.clear();
        leftTap.send(BATCH);
        left.lane(0).doWork(nowMs);
    }

    /** The right lane reads what {@link #send} sent last. A second time it would drop all of it. */
    void receive() {
        rightWire.replay();
        right.lane(0).doWork(nowMs);
    }

    private static final class Silent implements Events {
        @Override
        public void onNode(NodeEvent event) {}

        @Override
        public void onNetwork(long networkId, NetworkView view) {}

        @Override
        public void onSave(long networkId, byte[] dictionary) {}
    }
}
