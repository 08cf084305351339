package io.wirecloset.vl2.network;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.AdHocConfig;
import io.wirecloset.vl2.config.ConfigAssembly;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.wire.Timing;
import io.wirecloset.vl2.wire.Wire;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;

/** Gets networks their configurations: asks, puts chunks together, acknowledges, and minds errors (vl2.md 4). */
public final class ConfigClient {
    public interface Out {
        /** A configuration came into force. @param dictionary as it travelled, to be kept on disk */
        void configured(Network n, byte[] dictionary, long nowMs);

        /** The same for a network without controller; there is nothing to keep. */
        void configuredItself(Network n, long nowMs);

        void statusChanged(Network n);

        /** We are the network's controller ourselves: the request need not travel. */
        void askOurselves(ConfigRequest request, long nowMs);
    }

    private final Underlay underlay;
    private final LongFunction<Network> joined;
    private final Dictionary metadata;
    private final DropCounters drops;
    private final Out out;

    /** Per joined network: what the conversation with its controller has come to. */
    private static final class Conversation {
        final ConfigAssembly assembly = new ConfigAssembly();
        final PassingOn passingOn = new PassingOn();
        long acceptedMs = Member.NEVER;
    }

    private final Map<Long, Conversation> conversations = new HashMap<>();

    /** @param metadata what every request says about this node (vl2.md 4.2) */
    public ConfigClient(
            Underlay underlay, LongFunction<Network> joined, Dictionary metadata, DropCounters drops, Out out) {
        this.underlay = underlay;
        this.joined = joined;
        this.metadata = metadata;
        this.drops = drops;
        this.out = out;
    }

    /** Asks the controller if there is no configuration, or an old one. Called every {@link Timing#CONFIG_CHECK_MS}. */
    public void requestIfDue(Network n, long nowMs) {
        if (AdHocConfig.isAdHoc(n.id())) {
            configureItself(n, nowMs);
            return;
        }
        if (nowMs - of(n).acceptedMs < Timing.CONFIG_REFRESH_MS) {
            return;
        }
        NetworkConfig have = n.config();
        ConfigRequest request = new ConfigRequest(
                n.id(), metadata, have == null ? 0 : have.revision(), have == null ? 0 : have.timestamp());
        if (n.controller() == n.self()) {
            out.askOurselves(request, nowMs);
            return;
        }
        byte[] payload = request.toBytes();
        underlay.send(
                n.controller(),
                Verb.NETWORK_CONFIG_REQUEST,
                payload,
                0,
                payload.length,
                Underlay.COMPRESS | Underlay.EXPECT_REPLY,
                nowMs);
    }

    /** A network without controller: nobody is asked, and what its id means never changes. */
    private void configureItself(Network n, long nowMs) {
        if (n.status() != NetworkStatus.REQUESTING_CONFIGURATION) {
            return;
        }
        switch (AdHocConfig.of(n.id(), n.self())) {
            case AdHocConfig.Made made -> {
                n.status(NetworkStatus.OK);
                n.configure(made.config(), nowMs);
                out.configuredItself(n, nowMs);
            }
            case AdHocConfig.NotFound none -> refused(n, NetworkStatus.NOT_FOUND);
            case AdHocConfig.Unknown unknown -> {}
        }
    }

    /** OK(NETWORK_CONFIG_REQUEST): the payload is a chunk. */
    public Handled onAnswer(Received packet, long inReId, long nowMs) {
        return onChunk(packet, inReId, false, nowMs);
    }

    /** NETWORK_CONFIG: the controller's own initiative, or passed on by a member. */
    public Handled onPush(Received packet, long nowMs) {
        return onChunk(packet, packet.packetId, true, nowMs);
    }

    private Handled onChunk(Received packet, long packetId, boolean pushed, long nowMs) {
        ConfigChunk chunk = ConfigChunk.read(packet.reader());
        Network n = joined.apply(chunk.networkId());
        if (n == null) {
            drops.count(Drop.UNKNOWN_NETWORK);
            return Handled.IGNORED;
        }
        if (AdHocConfig.isAdHoc(n.id())) {
            drops.count(Drop.NOT_BELIEVED);
            return Handled.IGNORED;
        }
        ConfigAssembly.Arrival arrival =
                of(n).assembly.arrive(chunk, packet.source, packetId, signer -> signer(n, signer, nowMs));
        return switch (arrival) {
            case ConfigAssembly.Arrival.Waiting waiting -> Handled.HOLD;
            case ConfigAssembly.Arrival.Ignored ignored -> {
                drops.count(Drop.NOT_BELIEVED);
                yield Handled.IGNORED;
            }
            case ConfigAssembly.Arrival.Taken taken -> {
                passOn(n, chunk, packet, nowMs);
                yield Handled.DONE;
            }
            case ConfigAssembly.Arrival.Complete complete -> {
                passOn(n, chunk, packet, nowMs);
                if (isNoReplay(n, complete.dictionary(), packet.source)) {
                    accept(n, complete.dictionary(), nowMs);
                }
                if (pushed) {
                    acknowledge(packet, n, complete.updateId(), nowMs);
                }
                yield packet.source == n.controller() ? Handled.TRUSTED : Handled.DONE;
            }
        };
    }

    private Identity signer(Network n, long address, long nowMs) {
        return n.signer(address, other -> underlay.identityOf(other, nowMs));
    }

    /** A chunk marked for fast propagation goes to all members we know, before anything else is done with it. */
    private void passOn(Network n, ConfigChunk chunk, Received packet, long nowMs) {
        if (!chunk.isFastPropagating()) {
            return;
        }
        if (!of(n).passingOn.mayGo(chunk, nowMs)) {
            drops.count(Drop.REPLAYED);
            return;
        }
        byte[] payload = chunk.toBytes();
        for (Member member : n.members()) {
            if (member.address() != packet.source && member.address() != n.controller()) {
                underlay.send(
                        member.address(), Verb.NETWORK_CONFIG, payload, 0, payload.length, Underlay.COMPRESS, nowMs);
            }
        }
    }

    /** Not a plain reply: the verb named is not that of the packet. */
    private void acknowledge(Received packet, Network n, long updateId, long nowMs) {
        WireWriter ok = new WireWriter(32)
                .u8(Wire.CONFIG_ACK_IN_RE)
                .u64(packet.packetId)
                .u64(n.id())
                .u64(updateId);
        underlay.send(packet.source, Verb.OK, ok.buffer(), ok.offset(), ok.length(), 0, nowMs);
    }

    /** Only the controller itself may take us back in time: what others pass on may be an old configuration replayed. */
    private boolean isNoReplay(Network n, byte[] dictionary, long source) {
        NetworkConfig config = read(n, dictionary);
        boolean older = config != null
                && n.config() != null
                && config.timestamp() < n.config().timestamp();
        if (older && source != n.controller()) {
            drops.count(Drop.REPLAYED);
            return false;
        }
        return true;
    }

    /**
     * A whole dictionary from a trusted source: assembled, from our own controller, or from disk.
     *
     * @return false if it is not for us or does not parse; nothing is changed then
     */
    public boolean accept(Network n, byte[] dictionary, long nowMs) {
        NetworkConfig config = read(n, dictionary);
        if (config == null) {
            drops.count(Drop.MALFORMED);
            return false;
        }
        of(n).acceptedMs = nowMs;
        boolean changed = !config.equals(n.config());
        boolean wasOk = n.status() == NetworkStatus.OK;
        n.status(NetworkStatus.OK);
        if (changed) {
            n.configure(config, nowMs);
            out.configured(n, dictionary, nowMs);
        } else if (!wasOk) {
            out.statusChanged(n);
        }
        return true;
    }

    /** A configuration kept on disk is in force at once, and still due for refresh. */
    public boolean acceptCached(Network n, byte[] dictionary, long nowMs) {
        NetworkConfig config = AdHocConfig.isAdHoc(n.id()) ? null : read(n, dictionary);
        if (config == null) {
            return false;
        }
        n.status(NetworkStatus.OK);
        n.configure(config, nowMs);
        return true;
    }

    private static NetworkConfig read(Network n, byte[] dictionary) {
        try {
            NetworkConfig config = NetworkConfig.read(dictionary);
            return config.networkId() == n.id() && config.issuedTo() == n.self() ? config : null;
        } catch (MalformedException e) {
            return null;
        }
    }

    /** ERROR(NETWORK_CONFIG_REQUEST): believed from the controller only. */
    public Handled onError(Received packet, int code, long nowMs) {
        WireReader in = packet.reader();
        Network n = joined.apply(in.u64());
        NetworkStatus status =
                switch (code) {
                    case ErrorCode.OBJECT_NOT_FOUND, ErrorCode.UNSUPPORTED_OPERATION -> NetworkStatus.NOT_FOUND;
                    case ErrorCode.NETWORK_ACCESS_DENIED -> NetworkStatus.ACCESS_DENIED;
                    case ErrorCode.NETWORK_AUTHENTICATION_REQUIRED -> NetworkStatus.AUTHENTICATION_REQUIRED;
                    default -> null;
                };
        if (n == null || status == null) {
            return Handled.IGNORED;
        }
        if (packet.source != NetworkIds.controllerOf(n.id())) {
            drops.count(Drop.NOT_BELIEVED);
            return Handled.IGNORED;
        }
        refused(n, status);
        return Handled.DONE;
    }

    /** The controller said no. The configuration stays, and its credentials run out as the others' move on. */
    public void refused(Network n, NetworkStatus status) {
        of(n).acceptedMs = Member.NEVER; // so it is asked for again at every check
        if (n.status() != status) {
            n.status(status);
            out.statusChanged(n);
        }
    }

    public void forget(long networkId) {
        conversations.remove(networkId);
    }

    private Conversation of(Network n) {
        return conversations.computeIfAbsent(n.id(), any -> new Conversation());
    }
}
