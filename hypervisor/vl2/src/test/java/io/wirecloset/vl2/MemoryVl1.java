package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.PeerRef;
import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.network.Underlay;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Several nodes' VL2 over a VL1 that loses nothing and knows everybody; packets are in flight until {@link #settle}. */
final class MemoryVl1 {
    private record Packet(Node from, Node to, int verb, long id, byte[] payload) {}

    /** A packet that could not be judged yet. */
    private record Held(Node node, Received packet) {}

    final Map<Long, Node> nodes = new LinkedHashMap<>();
    private final Deque<Packet> inFlight = new ArrayDeque<>();
    private final Deque<Held> held = new ArrayDeque<>();
    private final List<Node> roots = new ArrayList<>();
    private long packetId = 1;
    long nowMs = 1_000_000;

    Node node(Identity identity) {
        Node node = new Node(identity);
        nodes.put(identity.address(), node);
        nodes.values().forEach(Node::knowEverybody);
        return node;
    }

    Node root(Identity identity) {
        Node root = node(identity);
        roots.add(root);
        return root;
    }

    /** Delivers until nothing is in flight, then once more what was held. */
    void settle() {
        for (int round = 0; round < 3; round++) {
            for (int count = 0; !inFlight.isEmpty(); count++) {
                if (count > 10_000) {
                    throw new AssertionError("packets without end");
                }
                deliver(inFlight.removeFirst());
            }
            for (int retries = held.size(); retries > 0; retries--) {
                Held again = held.removeFirst();
                if (again.node.vl2.onVerb(again.packet, nowMs) == Handled.HOLD) {
                    held.addLast(again);
                }
            }
        }
    }

    /** Lets time pass in control turns of a second. */
    void run(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs += 1_000;
            nodes.values().forEach(node -> node.vl2.poll(nowMs));
            settle();
        }
    }

    private void deliver(Packet packet) {
        Received received = new Received(
                packet.from.identity.withoutSecret(),
                packet.verb,
                packet.id,
                0,
                0,
                null,
                packet.payload,
                0,
                packet.payload.length);
        Vl2 vl2 = packet.to.vl2;
        if (packet.verb != Verb.OK && packet.verb != Verb.ERROR) {
            if (vl2.onVerb(received, nowMs) == Handled.HOLD) {
                held.addLast(new Held(packet.to, received));
            }
            return;
        }
        WireReader in = received.reader();
        int inReVerb = in.u8();
        long inReId = in.u64();
        int code = packet.verb == Verb.ERROR ? in.u8() : 0;
        Received rest = new Received(
                received.from, packet.verb, packet.id, 0, 0, null, packet.payload, in.offset(), in.remaining());
        if (packet.verb == Verb.OK) {
            vl2.onOk(rest, inReVerb, inReId, nowMs);
        } else {
            vl2.onError(rest, inReVerb, inReId, code, nowMs);
        }
    }

    /** One node: VL2 above, a list of what reached its tap below. */
    final class Node implements Underlay, Vl2Out {
        final Identity identity;
        final Vl2 vl2;
        final List<String> tapped = new ArrayList<>();
        final List<NetworkView> changes = new ArrayList<>();
        private PeerTable peers = PeerTable.EMPTY;

        private Node(Identity identity) {
            this.identity = identity;
            vl2 = new Vl2(
                    new Vl2Settings(
                            RandomSource.of(new Random(identity.address())),
                            RequestMetadata.of(12, 1, 14, 1, "linux/x86_64")),
                    this);
            vl2.attach(this);
        }

        private void knowEverybody() {
            List<PeerRef> refs = new ArrayList<>();
            nodes.values()
                    .forEach(node -> refs.add(
                            new PeerRef(new PeerRecord(node.identity.withoutSecret(), 0, null, 12, null, null))));
            peers = new PeerTable(refs);
        }

        @Override
        public Identity self() {
            return identity;
        }

        @Override
        public Identity identityOf(long address, long atMs) {
            Node node = nodes.get(address);
            return node == null ? null : node.identity.withoutSecret();
        }

        @Override
        public long send(long to, int verb, byte[] payload, int offset, int length, int options, long atMs) {
            Node target = nodes.get(to);
            if (target == null) {
                return 0;
            }
            byte[] copy = Arrays.copyOfRange(payload, offset, offset + length);
            inFlight.addLast(new Packet(this, target, verb, packetId, copy));
            return packetId++;
        }

        @Override
        public void reply(Received to, int okOrError, byte[] payload, int offset, int length, long atMs) {
            WireWriter answer = new WireWriter(64).u8(to.verb).u64(to.packetId).bytes(payload, offset, length);
            send(to.source, okOrError, answer.buffer(), answer.offset(), answer.length(), 0, atMs);
        }

        @Override
        public long[] upstreams() {
            return roots.stream()
                    .filter(root -> root != this)
                    .mapToLong(root -> root.identity.address())
                    .toArray();
        }

        @Override
        public long bestUpstream(long atMs) {
            long[] upstreams = upstreams();
            return upstreams.length == 0 ? 0 : upstreams[0];
        }

        @Override
        public int latencyMs(long address, long atMs) {
            return nodes.containsKey(address) ? 1 : -1;
        }

        @Override
        public boolean isRoot() {
            return roots.contains(this);
        }

        @Override
        public PeerTable peers() {
            return peers;
        }

        @Override
        public void toTap(long networkId, byte[] frame, int offset, int length) {
            tapped.add(HexFormat.of().formatHex(Arrays.copyOfRange(frame, offset, offset + length)));
        }

        @Override
        public void changed(long networkId, NetworkView view) {
            changes.add(view);
        }

        @Override
        public void save(long networkId, byte[] dictionary) {}
    }
}
