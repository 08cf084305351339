package io.wirecloset.engine;

import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.ConfigRequests;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A controller that admits everybody and gives each member what the test says, on a node of a scene. */
final class HandmadeController implements ConfigRequests {
    private static final long WINDOW_MS = 1_800_000;

    private final SimNet net;
    private final SimNode node;
    private final Identity self;
    final long network;

    private final Map<Long, Identity> members = new LinkedHashMap<>();
    private final Map<Long, List<int[]>> tags = new HashMap<>();
    private final Map<Long, RuleTable> capabilities = new HashMap<>();
    private final List<Long> specialists = new ArrayList<>();
    private RuleTable rules = RuleTable.ACCEPT;
    private long revision = 1;

    HandmadeController(SimNet net, SimNode node, Identity self) {
        this.net = net;
        this.node = node;
        this.self = self;
        network = self.address() << 24 | 7;
        node.engine().post(() -> node.engine().vl2().controller(this));
    }

    void rules(Rule... table) {
        rules = RuleTable.of(List.of(table));
    }

    void tag(SimNode member, int id, int value) {
        tags.computeIfAbsent(member.address(), any -> new ArrayList<>()).add(new int[] {id, value});
    }

    void capability(SimNode member, Rule... table) {
        capabilities.put(member.address(), RuleTable.of(List.of(table)));
    }

    /** Also beside another role. */
    void bridge(SimNode member) {
        specialists.add(NetworkConfig.ROLE_ACTIVE_BRIDGE | member.address());
    }

    void replicator(SimNode member) {
        specialists.add(NetworkConfig.ROLE_MULTICAST_REPLICATOR | member.address());
    }

    /** Tells all members what changed. */
    void push() {
        revision++;
        node.engine().post(() -> members.values().forEach(member -> send(member, 0)));
    }

    /** Voids a tag as it is now, and has the word passed on. */
    void revokeTag(SimNode member, int id) {
        Revocation revocation =
                Revocation.issue(revision++, network, Credential.TYPE_TAG, id, wallMs(), 1, member.address(), self);
        node.engine().post(() -> members.keySet().forEach(to -> node.engine()
                .vl2()
                .sendRevocation(to, revocation, node.engine().nowMs())));
    }

    @Override
    public void onConfigRequest(ConfigRequest request, Identity from, Endpoint path, long packetId, long nowMs) {
        members.put(from.address(), from);
        send(from, packetId);
    }

    private void send(Identity member, long requestPacketId) {
        long now = wallMs();
        int number = new ArrayList<>(members.keySet()).indexOf(member.address()) + 1;
        NetworkConfig.Builder config = NetworkConfig.builder(network, member.address())
                .timestamp(now)
                .credentialWindowMs(WINDOW_MS)
                .revision(revision)
                .flags(NetworkConfig.FLAG_BROADCAST)
                .multicastLimit(32)
                .rules(rules)
                .specialists(specialists.stream().mapToLong(Long::longValue).toArray())
                .staticAddresses(List.of(InetCidr.parse("10.9.0." + number + "/24")))
                .membership(CertificateOfMembership.issue(now, WINDOW_MS, network, member, self))
                .tags(tags.getOrDefault(member.address(), List.of()).stream()
                        .map(tag -> Tag.issue(network, now, tag[0], tag[1], member.address(), self))
                        .toList());
        RuleTable grant = capabilities.get(member.address());
        if (grant != null) {
            config.capabilities(List.of(Capability.issue(network, now, 1, grant, 1, member.address(), self)));
        }
        node.engine()
                .vl2()
                .sendConfig(
                        member.address(),
                        requestPacketId,
                        network,
                        config.build().toBytes(),
                        node.engine().nowMs());
    }

    private long wallMs() {
        return net.wallMs();
    }

    @Override
    public boolean authorizedRecently(long networkId, long member, long nowMs) {
        return members.containsKey(member);
    }
}
