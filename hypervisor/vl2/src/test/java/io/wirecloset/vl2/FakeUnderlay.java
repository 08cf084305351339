package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.PeerRef;
import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.network.Underlay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** VL1 as a list of what it was asked to send. */
final class FakeUnderlay implements Underlay {
    /** One packet that would have left. */
    @SuppressWarnings("ArrayRecordComponent") // compared by its text
    record Sent(long to, int verb, byte[] payload, int options) {
        @Override
        public String toString() {
            return Addresses.format(to) + " " + Verb.name(verb) + " "
                    + HexFormat.of().formatHex(payload);
        }
    }

    final List<Sent> sent = new ArrayList<>();
    final Map<Long, Identity> identities = new LinkedHashMap<>();
    final List<Long> asked = new ArrayList<>();
    long[] upstreams = {};
    /** Nodes that are reached directly. */
    final Map<Long, Integer> latencies = new LinkedHashMap<>();

    boolean root;
    PeerTable peers = PeerTable.EMPTY;
    private final Identity self;
    private long packetId = 0x1000;

    FakeUnderlay(Identity self) {
        this.self = self;
    }

    /** VL1 knows these nodes, and has keys and paths for them. */
    void knows(long... addresses) {
        List<PeerRef> refs = new ArrayList<>();
        for (long address : addresses) {
            refs.add(new PeerRef(new PeerRecord(identityAt(address), refs.size(), null, 12, null, null)));
        }
        peers = new PeerTable(refs);
    }

    /** Who is behind an address, made up for those that no vector names. */
    Identity identityAt(long address) {
        Identity known = identities.get(address);
        return known != null ? known : Identity.of(address, new byte[64], null);
    }

    /** What was sent since the last question. */
    List<Sent> takeSent() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    @Override
    public Identity self() {
        return self;
    }

    @Override
    public Identity identityOf(long address, long nowMs) {
        asked.add(address);
        return identities.get(address);
    }

    @Override
    public long send(long to, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        sent.add(new Sent(to, verb, Arrays.copyOfRange(payload, offset, offset + length), options));
        return packetId++;
    }

    @Override
    public void reply(Received to, int okOrError, byte[] payload, int offset, int length, long nowMs) {
        WireWriter answer = new WireWriter(64).u8(to.verb).u64(to.packetId).bytes(payload, offset, length);
        send(to.source, okOrError, answer.buffer(), answer.offset(), answer.length(), 0, nowMs);
    }

    @Override
    public long[] upstreams() {
        return upstreams;
    }

    @Override
    public long bestUpstream(long nowMs) {
        return upstreams.length == 0 ? 0 : upstreams[0];
    }

    @Override
    public int latencyMs(long address, long nowMs) {
        return latencies.getOrDefault(address, -1);
    }

    @Override
    public boolean isRoot() {
        return root;
    }

    @Override
    public PeerTable peers() {
        return peers;
    }
}
