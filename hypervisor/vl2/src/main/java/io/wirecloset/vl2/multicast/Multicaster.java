package io.wirecloset.vl2.multicast;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.CredentialExchange;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.network.Underlay;
import io.wirecloset.vl2.wire.GatherResult;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.MulticastGather;
import io.wirecloset.vl2.wire.MulticastLike;
import io.wirecloset.vl2.wire.Timing;
import io.wirecloset.vl2.wire.Wire;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings frames to groups (vl2.md 11): copies to the members known, questions for more of them, and answers to others'
 * questions. Copies are made within a budget per control turn; what exceeds it waits for the next turns in a bounded
 * queue, so that a flood of multicast delays itself and nothing else.
 */
public final class Multicaster {
    /** What depends on the frame path of the control loop. */
    public interface Out {
        /** Whether the rules let this copy go to the node; counts the drop if not. */
        boolean mayGo(Network n, byte[] frame, long to, long nowMs);

        /** Whether a node may tell and ask about groups of a network (vl2.md 11.1): member, or we are a root or its controller. */
        boolean mayListen(long networkId, Received from, long nowMs);
    }

    /** A network's group, as a key. */
    private record Key(long networkId, MulticastGroup group) {}

    private final Underlay underlay;
    private final CredentialExchange credentials;
    private final GroupMembers members;
    private final RandomSource random;
    private final DropCounters drops;
    private final Out out;

    /** Frames that wait for members to become known, by group. */
    private final Map<Key, Deque<MulticastJob>> pending = new HashMap<>();

    private final Map<Long, Integer> pendingOfNetwork = new HashMap<>();
    private int pendingCount;

    /** When a group was asked for, the one longest ago first. */
    private final LinkedHashMap<Key, Long> gatheredMs = new LinkedHashMap<>();

    private final CopyQueue queue = new CopyQueue();

    private int budget = Limits.MULTICAST_COPIES_PER_TURN;

    public Multicaster(
            Underlay underlay,
            CredentialExchange credentials,
            GroupMembers members,
            RandomSource random,
            DropCounters drops,
            Out out) {
        this.underlay = underlay;
        this.credentials = credentials;
        this.members = members;
        this.random = random;
        this.drops = drops;
        this.out = out;
    }

    // ---- sending ----

    /**
     * Sends a frame to a group.
     *
     * @param frame an Ethernet frame, kept
     * @param origin the node whose frame we replicate, 0 for our own
     */
    public void send(Network n, MulticastGroup group, byte[] frame, long origin, long nowMs) {
        long replicator = bestReplicator(n, nowMs);
        if (replicator != 0) {
            toReplicator(new MulticastJob(n, group, frame, 0, 0, 1, nowMs), replicator, nowMs);
            return;
        }
        NetworkConfig config = n.config();
        int limit = recipients(config.multicastLimit());
        int known = members.count(n.id(), group);
        boolean enough = known >= limit;
        long gatherLimit = enough ? 1 : limit - known + 1L;
        if (!enough) {
            gatherIfDue(n, group, known, gatherLimit, nowMs);
        }
        MulticastJob job = new MulticastJob(n, group, frame, origin, gatherLimit, limit, nowMs);
        for (long bridge : shuffled(config.withRole(NetworkConfig.ROLE_ACTIVE_BRIDGE))) {
            job.add(bridge);
        }
        job.addAll(members.pick(n.id(), group, job.copiesLeft(), origin));
        if (!enough && !job.isServed()) {
            keepPending(job);
        }
        enqueue(job);
        work(nowMs);
    }

    /**
     * The nearest of those who make the copies for others, unless we make our own; 0 if none can be reached. What they
     * copy has a foreign source, which members take from active bridges alone: one that is no bridge is as good as none.
     */
    private long bestReplicator(Network n, long nowMs) {
        NetworkConfig config = n.config();
        if (config.hasRole(n.self(), NetworkConfig.ROLE_ACTIVE_BRIDGE | NetworkConfig.ROLE_MULTICAST_REPLICATOR)) {
            return 0;
        }
        long best = 0;
        int bestMs = Integer.MAX_VALUE;
        for (long replicator : config.withRole(NetworkConfig.ROLE_MULTICAST_REPLICATOR)) {
            int ms = config.isActiveBridge(replicator) ? underlay.latencyMs(replicator, nowMs) : -1;
            if (ms >= 0 && ms < bestMs) {
                best = replicator;
                bestMs = ms;
            }
        }
        return best;
    }

    /** One copy, which names its source whoever that is. */
    private void toReplicator(MulticastJob job, long replicator, long nowMs) {
        credentials.pushIfDue(job.network, job.network.memberOrNew(replicator), nowMs);
        long source = EthernetFrame.source(job.frame, 0);
        sendCopy(job, replicator, Wire.MULTICAST_REPLICATE, source, nowMs);
    }

    /** The limit is 64 bits, unsigned, and the controller's. */
    private static int recipients(long multicastLimit) {
        return multicastLimit < 0 ? Limits.MEMBERS_PER_GROUP : (int) Math.min(multicastLimit, Limits.MEMBERS_PER_GROUP);
    }

    private List<Long> shuffled(long[] addresses) {
        List<Long> list = new ArrayList<>(addresses.length);
        for (long address : addresses) {
            list.add(address);
        }
        for (int i = list.size(); i > 1; i--) {
            Collections.swap(list, i - 1, random.nextInt(i));
        }
        return list;
    }

    private void gatherIfDue(Network n, MulticastGroup group, int known, long limit, long nowMs) {
        Key key = new Key(n.id(), group);
        Long before = gatheredMs.get(key);
        if (known > 0 && before != null && nowMs - before < Timing.MULTICAST_GATHER_MS) {
            return;
        }
        gatheredMs.remove(key);
        gatheredMs.put(key, nowMs);
        if (gatheredMs.size() > Limits.GATHERED_GROUPS) {
            gatheredMs.pollFirstEntry();
        }
        byte[] membership =
                n.config().membership() == null ? null : n.config().membership().toBytes();
        WireWriter question = new WireWriter(512);
        new MulticastGather(n.id(), group, limit, membership).write(question);
        for (long gatherer : whomToAsk(n, nowMs)) {
            underlay.send(
                    gatherer,
                    Verb.MULTICAST_GATHER,
                    question.buffer(),
                    question.offset(),
                    question.length(),
                    Underlay.COMPRESS | Underlay.EXPECT_REPLY,
                    nowMs);
        }
    }

    /** The best root, the controller, anchors and replicators: sixteen in all at most. */
    private Set<Long> whomToAsk(Network n, long nowMs) {
        Set<Long> ask = new LinkedHashSet<>();
        long best = underlay.bestUpstream(nowMs);
        if (best != 0) {
            ask.add(best);
        }
        for (long gatherer : n.gatherers()) {
            if (ask.size() < Limits.GATHERS_PER_GROUP) {
                ask.add(gatherer);
            }
        }
        ask.remove(n.self());
        return ask;
    }

    private void keepPending(MulticastJob job) {
        Deque<MulticastJob> waiting =
                pending.computeIfAbsent(new Key(job.network.id(), job.group), any -> new ArrayDeque<>());
        if (waiting.size() >= Limits.PENDING_PER_GROUP) {
            waiting.removeFirst();
            pendingEnded(job.network.id(), 1);
            drops.count(Drop.NO_ROOM);
        }
        int ofNetwork = pendingOfNetwork.getOrDefault(job.network.id(), 0);
        if (pendingCount >= Limits.PENDING_FRAMES || ofNetwork >= Limits.PENDING_PER_NETWORK) {
            drops.count(Drop.NO_ROOM);
            if (waiting.isEmpty()) {
                pending.remove(new Key(job.network.id(), job.group));
            }
            return;
        }
        waiting.addLast(job);
        pendingCount++;
        pendingOfNetwork.merge(job.network.id(), 1, Integer::sum);
    }

    private void pendingEnded(long networkId, int count) {
        pendingCount -= count;
        pendingOfNetwork.computeIfPresent(networkId, (id, before) -> before == count ? null : before - count);
    }

    private void enqueue(MulticastJob job) {
        if (job.hasDue() && queue.add(job)) {
            drops.count(Drop.QUEUE_FULL);
        }
    }

    /** A new control turn: its budget of copies. @return whether copies are still due after it */
    public boolean turn(long nowMs) {
        budget = Limits.MULTICAST_COPIES_PER_TURN;
        return work(nowMs);
    }

    private boolean work(long nowMs) {
        while (budget > 0) {
            MulticastJob job = queue.next();
            if (job == null) {
                return false;
            }
            budget--;
            copy(job, job.next(), nowMs);
        }
        return !queue.isEmpty();
    }

    private void copy(MulticastJob job, long to, long nowMs) {
        Network n = job.network;
        if (n.config() == null || !out.mayGo(n, job.frame, to, nowMs)) {
            return;
        }
        credentials.pushIfDue(n, n.memberOrNew(to), nowMs);
        sendCopy(job, to, 0, job.foreignSource(), nowMs);
    }

    private void sendCopy(MulticastJob job, long to, int extraFlags, long source, long nowMs) {
        Network n = job.network;
        int dataLength = Math.min(job.frame.length - EthernetFrame.HEADER_LENGTH, Limits.MULTICAST_FRAME_BYTES);
        WireWriter payload = new WireWriter(dataLength + 48);
        MulticastFrame.write(payload, n.id(), extraFlags, job.gatherLimit, source, job.group, job.ethertype());
        payload.bytes(job.frame, EthernetFrame.HEADER_LENGTH, dataLength);
        int options = Underlay.EXPECT_REPLY | (n.config().compressMulticast() ? Underlay.COMPRESS : 0);
        underlay.send(to, Verb.MULTICAST_FRAME, payload.buffer(), payload.offset(), payload.length(), options, nowMs);
    }

    // ---- learning ----

    /** MULTICAST_LIKE. Whether the sender may be heard is asked anew for each network, in whatever order they come. */
    public Handled onLikes(Received packet, long nowMs) {
        boolean trusted = false;
        boolean known = false;
        long judged = 0;
        boolean may = false;
        for (MulticastLike like : MulticastLike.readAll(packet.reader())) {
            if (!known || like.networkId() != judged) {
                judged = like.networkId();
                may = out.mayListen(judged, packet, nowMs);
                known = true;
                trusted |= may;
            }
            if (may) {
                learn(like.networkId(), like.group(), packet.source, nowMs);
            } else {
                drops.count(Drop.NOT_A_MEMBER);
            }
        }
        return trusted ? Handled.TRUSTED : Handled.DONE;
    }

    /** The answer to a gather, or to a frame that asked for more members. */
    public Handled onGatherResult(Received packet, boolean ofFrame, long nowMs) {
        WireReader in = packet.reader();
        GatherResult result = ofFrame ? GatherResult.readOfFrame(in) : GatherResult.readOfGather(in);
        for (long address : result.members()) {
            learn(result.networkId(), result.group(), address, nowMs);
        }
        work(nowMs);
        return Handled.DONE;
    }

    private void learn(long networkId, MulticastGroup group, long address, long nowMs) {
        if (address == underlay.self().address() || io.wirecloset.vl1.wire.Addresses.isReserved(address)) {
            return;
        }
        if (!members.mention(networkId, group, address, nowMs)) {
            return;
        }
        Deque<MulticastJob> waiting = pending.get(new Key(networkId, group));
        if (waiting != null) {
            for (MulticastJob job : waiting) {
                if (nowMs - job.madeMs < Timing.MULTICAST_PENDING_MS && job.add(address)) {
                    enqueue(job);
                }
            }
        }
    }

    // ---- answering ----

    /** MULTICAST_GATHER, from one who may ask. */
    public void answerGather(Received packet, MulticastGather question, boolean subscribed, long nowMs) {
        GatherResult result =
                gather(question.networkId(), question.group(), question.limit(), packet.source, subscribed);
        if (result != null) {
            WireWriter answer = new WireWriter(256);
            result.writeOfGather(answer);
            reply(packet, answer, nowMs);
        }
    }

    /** The gather part of a MULTICAST_FRAME. */
    public void answerFrame(Received packet, MulticastFrame frame, boolean subscribed, long nowMs) {
        GatherResult result = gather(frame.networkId(), frame.group(), frame.gatherLimit(), packet.source, subscribed);
        if (result != null) {
            WireWriter answer = new WireWriter(256);
            result.writeOfFrame(answer);
            reply(packet, answer, nowMs);
        }
    }

    private void reply(Received packet, WireWriter answer, long nowMs) {
        underlay.reply(packet, Verb.OK, answer.buffer(), answer.offset(), answer.length(), nowMs);
    }

    /** @return null when nobody would be listed */
    private GatherResult gather(long networkId, MulticastGroup group, long limit, long asker, boolean subscribed) {
        int room = io.wirecloset.vl1.wire.Wire.MAX_PAYLOAD_BYTES
                - io.wirecloset.vl1.wire.Wire.IN_RE_BYTES
                - GatherResult.HEADER_LENGTH;
        int most = (int) Math.min(Math.min(limit, 0xffff), room / Wire.ADDRESS_BYTES);
        if (most <= 0) {
            return null;
        }
        int self = subscribed ? 1 : 0;
        long[] others = members.pick(networkId, group, most - self, asker);
        if (others.length + self == 0) {
            return null;
        }
        long[] listed = new long[others.length + self];
        if (subscribed) {
            listed[0] = underlay.self().address();
        }
        System.arraycopy(others, 0, listed, self, others.length);
        return new GatherResult(networkId, group, members.count(networkId, group) + (long) self, listed);
    }

    // ---- forgetting ----

    /** Drops frames that waited long enough; called at least every {@link Timing#HOUSEKEEPING_MS}. */
    public void expire(long nowMs) {
        members.expire(nowMs);
        for (Iterator<Deque<MulticastJob>> groups = pending.values().iterator(); groups.hasNext(); ) {
            Deque<MulticastJob> waiting = groups.next();
            while (!waiting.isEmpty() && nowMs - waiting.getFirst().madeMs >= Timing.MULTICAST_PENDING_MS) {
                pendingEnded(waiting.removeFirst().network.id(), 1);
            }
            if (waiting.isEmpty()) {
                groups.remove();
            }
        }
        gatheredMs.values().removeIf(gathered -> nowMs - gathered >= Timing.MULTICAST_GATHER_MS);
    }

    /** A network was left. */
    public void forget(long networkId) {
        members.forget(networkId);
        gatheredMs.keySet().removeIf(key -> key.networkId == networkId);
        queue.forget(networkId);
        for (Iterator<Map.Entry<Key, Deque<MulticastJob>>> groups =
                        pending.entrySet().iterator();
                groups.hasNext(); ) {
            Map.Entry<Key, Deque<MulticastJob>> group = groups.next();
            if (group.getKey().networkId == networkId) {
                pendingEnded(networkId, group.getValue().size());
                groups.remove();
            }
        }
    }

    /** The peer does not want this group's frames. */
    public void unwanted(long networkId, MulticastGroup group, long address) {
        members.remove(networkId, group, address);
    }

    public GroupMembers members() {
        return members;
    }
}
