package io.wirecloset.controller;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.controller.store.Store;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.credential.Revocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A controller with a store in memory, a clock that is a number, and everything it said. */
final class ControllerRig implements Sender, Listener {
    static final Identity CONTROLLER = Identity.parse(
            Vectors.read("controller-scenarios").getFirst().get("controller").asText());
    static final long NETWORK = CONTROLLER.address() << 24 | 0x000abc;
    static final Identity ALICE = member(0);
    static final Identity BOB = member(1);
    static final Endpoint HOME = Endpoint.parse("198.51.100.7/9993");

    private static final Dictionary METADATA = RequestMetadata.of(12, 1, 14, 1, "linux/x86_64");
    private static final long START_WALL_MS = 1_700_000_000_000L;

    final MemoryStore store;
    final Controller controller;
    final List<Said> said = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    final List<Stranger> knocks = new ArrayList<>();

    long nowMs = 1_000_000;
    long wallAheadMs = START_WALL_MS - nowMs;
    private long nextPacketId = 1;

    /** Something the controller said. */
    sealed interface Said {
        long to();

        record Config(long to, long inReplyTo, NetworkConfig config) implements Said {}

        record Refusal(long to, long inReplyTo, int code) implements Said {}

        record Revoked(long to, Revocation revocation) implements Said {}
    }

    ControllerRig() {
        this(new MemoryStore());
    }

    ControllerRig(MemoryStore store) {
        this(store, CONTROLLER);
    }

    ControllerRig(MemoryStore store, Identity self) {
        this.store = store;
        this.controller = new Controller(self, store, this, this, RandomSource.of(new Random(42)));
        controller.start(nowMs, wallMs(), failing());
    }

    /** One of the identities that ask in the vectors. */
    private static Identity member(int index) {
        List<String> seen = new ArrayList<>();
        Vectors.read("controller-scenarios").forEach(one -> one.get("steps").forEach(step -> {
            String text = step.path("request").asText("");
            if (!text.isEmpty() && !seen.contains(text)) {
                seen.add(text);
            }
        }));
        return Identity.parse(seen.get(index));
    }

    long wallMs() {
        return nowMs + wallAheadMs;
    }

    void advance(long ms) {
        nowMs += ms;
        poll();
    }

    long poll() {
        long next;
        do {
            next = controller.poll(nowMs, wallMs());
        } while (next <= nowMs);
        return next;
    }

    Completion failing() {
        return new Completion() {
            @Override
            public void done() {}

            @Override
            public void failed(String why) {
                failures.add(why);
            }
        };
    }

    void network(NetworkSpec spec) {
        controller.putNetwork(NETWORK, spec, failing());
        poll();
    }

    void member(Identity who, MemberSpec spec) {
        controller.putMember(NETWORK, who.address(), spec, failing());
        poll();
    }

    /** Asks two seconds later, so that the rate limit is none of the test's business. @return the packet id */
    long ask(Identity who) {
        advance(2_000);
        return askNow(NETWORK, who, METADATA);
    }

    long askNow(long networkId, Identity who, Dictionary metadata) {
        long packetId = nextPacketId++;
        controller.onConfigRequest(new ConfigRequest(networkId, metadata, 0, 0), who, HOME, packetId, nowMs);
        poll();
        return packetId;
    }

    /** What was said since the last call. */
    List<Said> heard() {
        List<Said> all = List.copyOf(said);
        said.clear();
        return all;
    }

    /** The one configuration said since, which must be the only thing said. */
    NetworkConfig onlyConfig() {
        List<Said> all = heard();
        if (all.size() == 1 && all.getFirst() instanceof Said.Config config) {
            return config.config();
        }
        throw new AssertionError("expected one configuration, heard " + all);
    }

    Store.Contents stored() {
        return store.contents();
    }

    /** Another controller on what this one stored, as after a crash. */
    ControllerRig restarted() {
        ControllerRig next = new ControllerRig(store);
        next.nowMs = nowMs;
        next.wallAheadMs = wallAheadMs;
        next.poll();
        return next;
    }

    @Override
    public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
        said.add(new Said.Config(member, requestPacketId, NetworkConfig.read(dictionary)));
    }

    @Override
    public void error(long member, long requestPacketId, long networkId, int code) {
        said.add(new Said.Refusal(member, requestPacketId, code));
    }

    @Override
    public void revocation(long member, Revocation revocation) {
        said.add(new Said.Revoked(member, revocation));
    }

    @Override
    public void memberSeen(long networkId, long address) {}

    @Override
    public void memberChanged(Member member) {}

    @Override
    public void strangerAsked(Stranger stranger) {
        knocks.add(stranger);
    }
}
