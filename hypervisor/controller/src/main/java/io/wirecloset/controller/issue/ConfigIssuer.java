package io.wirecloset.controller.issue;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.RemoteTrace;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.CertificateOfOwnership.Thing;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import java.util.List;

/** Makes and signs what members get (controller.md 6): configurations with their credentials, and revocations. */
public final class ConfigIssuer {
    private static final long OWNERSHIP_ID = 1;
    private static final int CHAIN_OF_ONE = 1;

    private final Identity controller;

    /** @param controller with its secret */
    public ConfigIssuer(Identity controller) {
        this.controller = controller;
    }

    /**
     * A member's configuration.
     *
     * @param member authorized, its identity known
     * @param activeBridges addresses of the network's active bridges, ascending
     * @param evaluatesRules whether the member can; one that cannot is told to accept, and gets nothing rules look at
     * @param timestamp of the configuration and of everything signed in it
     */
    public NetworkConfig issue(
            Network network, Member member, long[] activeBridges, boolean evaluatesRules, long timestamp) {
        NetworkSpec spec = network.spec();
        RemoteTrace trace =
                member.spec().remoteTrace().hasTarget() ? member.spec().remoteTrace() : spec.remoteTrace();
        List<InetCidr> addresses = Addressing.staticAddresses(spec, member);
        return NetworkConfig.builder(network.id(), member.address())
                .timestamp(timestamp)
                .credentialWindowMs(spec.credentialWindowMs())
                .revision(network.revision())
                .remoteTrace(trace.address(), trace.level())
                .flags(flags(spec, member))
                .multicastLimit(spec.multicastLimit())
                .isPublic(!spec.isPrivate())
                .name(spec.name())
                .mtu(spec.mtu())
                .membership(CertificateOfMembership.issue(
                        timestamp, spec.credentialWindowMs(), network.id(), member.identity(), controller))
                .capabilities(evaluatesRules ? capabilities(spec, member, timestamp) : List.of())
                .tags(evaluatesRules ? tags(member, timestamp) : List.of())
                .ownerships(ownerships(network.id(), member.address(), addresses, timestamp))
                .specialists(specialists(activeBridges))
                .routes(spec.routes())
                .staticAddresses(addresses)
                .rules(evaluatesRules ? spec.rules() : RuleTable.ACCEPT)
                .dns(spec.dns())
                .build();
    }

    /** How many signatures went into it. */
    public static int signatures(NetworkConfig config) {
        return 1
                + config.capabilities().size()
                + config.tags().size()
                + config.ownerships().size();
    }

    private static long flags(NetworkSpec spec, Member member) {
        return (spec.broadcast() ? NetworkConfig.FLAG_BROADCAST : 0)
                | (Addressing.hasDerivedAddress(spec, member) ? NetworkConfig.FLAG_NDP_EMULATION : 0);
    }

    /** Those it was given that the network defines. It may not pass them on. */
    private List<Capability> capabilities(NetworkSpec spec, Member member, long timestamp) {
        return spec.capabilities().stream()
                .filter(definition -> member.spec().capabilities().contains(definition.id()))
                .limit(Limits.CAPABILITIES)
                .map(definition -> Capability.issue(
                        member.networkId(),
                        timestamp,
                        definition.id(),
                        definition.rules(),
                        CHAIN_OF_ONE,
                        member.address(),
                        controller))
                .toList();
    }

    private List<Tag> tags(Member member, long timestamp) {
        return member.spec().tags().entrySet().stream()
                .limit(Limits.TAGS)
                .map(tag -> Tag.issue(
                        member.networkId(), timestamp, tag.getKey(), tag.getValue(), member.address(), controller))
                .toList();
    }

    private List<CertificateOfOwnership> ownerships(
            long networkId, long address, List<InetCidr> addresses, long timestamp) {
        if (addresses.isEmpty()) {
            return List.of();
        }
        List<Thing> things = addresses.stream()
                .limit(Limits.THINGS_PER_OWNERSHIP)
                .map(ip -> Thing.ip(ip.ip()))
                .toList();
        return List.of(CertificateOfOwnership.issue(networkId, timestamp, OWNERSHIP_ID, things, address, controller));
    }

    private static long[] specialists(long[] activeBridges) {
        long[] specialists = new long[Math.min(activeBridges.length, Limits.SPECIALISTS)];
        for (int i = 0; i < specialists.length; i++) {
            specialists[i] = activeBridges[i] | NetworkConfig.ROLE_ACTIVE_BRIDGE;
        }
        return specialists;
    }

    /**
     * Voids a member's certificates of membership up to the timestamp; members tell each other.
     *
     * @param id random
     */
    public Revocation revoke(long networkId, long member, long timestamp, long id) {
        return Revocation.issue(
                id, networkId, Credential.TYPE_COM, 0, timestamp, Revocation.FLAG_FAST_PROPAGATE, member, controller);
    }
}
