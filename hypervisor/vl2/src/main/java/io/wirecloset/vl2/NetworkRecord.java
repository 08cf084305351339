package io.wirecloset.vl2;

import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.network.BridgeRoute;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.ArrayList;
import java.util.List;

/**
 * A joined network as a lane sees it. Immutable, but for the records that its member table leads to; replaced by the
 * control loop when the configuration, the local neighbours or the set of members change.
 */
public final class NetworkRecord {
    private final long id;
    private final int slot;
    private final long self;
    private final long mac;
    private final NetworkConfig config;
    private final Party party;
    private final LocalNeighbours neighbours;
    private final MemberTable members;
    private final LongTable<BridgeRoute> bridgeRoutes;

    // what the configuration means for every frame, worked out once
    private final boolean selfIsBridge;
    private final byte[][] emulatedFrom;
    private final int[] emulatedPrefix;

    /**
     * @param slot a small number that no other joined network has at the time, to find its tap by
     * @param self our node address
     * @param config what the controller said, or null before it has
     * @param party ourselves as the rules see us under that configuration
     */
    NetworkRecord(
            long id,
            int slot,
            long self,
            NetworkConfig config,
            Party party,
            LocalNeighbours neighbours,
            MemberTable members,
            LongTable<BridgeRoute> bridgeRoutes) {
        this.id = id;
        this.slot = slot;
        this.self = self;
        this.mac = Mac.of(self, id);
        this.config = config;
        this.party = party;
        this.neighbours = neighbours;
        this.members = members;
        this.bridgeRoutes = bridgeRoutes;
        this.selfIsBridge = config != null && config.isActiveBridge(self);
        List<InetCidr> derived = config == null ? List.of() : derivedAddresses(config);
        this.emulatedFrom = new byte[derived.size()][];
        this.emulatedPrefix = new int[derived.size()];
        for (int i = 0; i < emulatedFrom.length; i++) {
            emulatedFrom[i] = derived.get(i).ip();
            emulatedPrefix[i] = derived.get(i).prefixLength();
        }
    }

    private static List<InetCidr> derivedAddresses(NetworkConfig config) {
        List<InetCidr> derived = new ArrayList<>();
        for (InetCidr ip : config.staticAddresses()) {
            int prefix = ip.prefixLength();
            if (!ip.isV4()
                    && (prefix == DerivedAddresses.RFC4193_PREFIX || prefix == DerivedAddresses.SIX_PLANE_PREFIX)) {
                derived.add(ip);
            }
        }
        return derived;
    }

    public long id() {
        return id;
    }

    public int slot() {
        return slot;
    }

    public long self() {
        return self;
    }

    /** Our own MAC on this network. */
    public long mac() {
        return mac;
    }

    /** The configuration in use, or null. */
    public NetworkConfig config() {
        return config;
    }

    public MemberTable members() {
        return members;
    }

    /** The route to a foreign MAC, or null; perhaps forgotten or old. */
    BridgeRoute routeTo(long foreignMac) {
        return bridgeRoutes.find(foreignMac);
    }

    public LocalNeighbours neighbours() {
        return neighbours;
    }

    boolean isConfigured() {
        return config != null;
    }

    boolean selfIsBridge() {
        return selfIsBridge;
    }

    boolean broadcastAllowed() {
        return config.broadcastEnabled();
    }

    boolean emulatesNdp() {
        return config.ndpEmulation();
    }

    boolean multicastAllowed() {
        return config.multicastLimit() != 0;
    }

    long macOf(long address) {
        return Mac.of(address, id);
    }

    /** How many of our addresses let us answer for others (vl2.md 10). */
    int emulatedFromCount() {
        return emulatedFrom.length;
    }

    byte[] emulatedFrom(int i) {
        return emulatedFrom[i];
    }

    /** The node behind a solicited address by the {@code i}th of those, 0 if it says nothing. */
    long nodeBehind(int i, byte[] b, int at) {
        return DerivedAddresses.nodeBehind(id, emulatedFrom[i], emulatedPrefix[i], b, at);
    }

    RuleTable rules() {
        return config.rules();
    }

    /** Ourselves as the rules see us. */
    Party party() {
        return party;
    }
}
