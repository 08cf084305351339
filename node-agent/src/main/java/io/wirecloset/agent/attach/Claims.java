package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.AttachException.Reason;
import io.wirecloset.transport.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What attachments hold of a node's addresses and ports at one moment, and what can be had beside them. */
final class Claims {
    private final PodNetwork network;
    private final Collection<Attachment> attachments;
    private final long nowS;
    private final Set<InetAddress> inUse = new HashSet<>();
    private final Map<InetAddress, Long> freedS = new HashMap<>();

    private Claims(PodNetwork network, Collection<Attachment> attachments, long nowS) {
        this.network = network;
        this.attachments = attachments;
        this.nowS = nowS;
    }

    static Claims of(PodNetwork network, Collection<Attachment> attachments, long nowS) {
        Claims claims = new Claims(network, attachments, nowS);
        claims.inUse.addAll(network.addresses());
        for (Attachment a : attachments) {
            if (a.holdsAddresses()) {
                claims.inUse.addAll(a.addresses());
            } else {
                a.addresses().forEach(ip -> claims.freedS.merge(ip, a.changedS(), Math::max));
            }
        }
        return claims;
    }

    /**
     * @param block null = the network gives none of this family
     * @param first offset of the first address of the block that pods may have
     * @param wanted addresses of any family; the one of this family is taken
     * @return null without a block
     */
    InetAddress pick(IpPrefix block, int first, List<InetAddress> wanted) throws AttachException {
        if (block == null) {
            return null;
        }
        Optional<InetAddress> one = wanted.stream()
                .filter(ip -> IpPrefix.host(ip).isV4() == block.isV4())
                .findFirst();
        if (one.isPresent()) {
            return checked(one.get(), block, first);
        }
        InetAddress picked = AddressPool.pick(block, first, inUse, freedS, nowS);
        if (picked == null) {
            throw new AttachException(
                    Reason.NO_ADDRESS_LEFT,
                    "network " + network.name() + ": all addresses of this node's block " + block.network()
                            + " are in use: delete pods here, or let new ones run on other nodes. A later network may have"
                            + " larger blocks, spec.ipv4.nodeBlockPrefixLength");
        }
        return picked;
    }

    private InetAddress checked(InetAddress wanted, IpPrefix block, int first) throws AttachException {
        if (!AddressPool.mayBeGiven(block, first, wanted)) {
            throw new AttachException(
                    Reason.ADDRESS_REFUSED,
                    "network " + network.name() + ": " + wanted.getHostAddress()
                            + " is not among the addresses for pods in this node's block " + block.network());
        }
        if (inUse.contains(wanted)) {
            throw new AttachException(
                    Reason.ADDRESS_REFUSED,
                    "network " + network.name() + ": " + wanted.getHostAddress() + " is taken by " + holder(wanted));
        }
        return wanted;
    }

    private String holder(InetAddress ip) {
        return attachments.stream()
                .filter(a -> a.holdsAddresses() && a.addresses().contains(ip))
                .findFirst()
                .map(Claims::named)
                .orElse("this node");
    }

    private static String named(Attachment a) {
        return a.pod() + " (sandbox " + a.key().containerId() + ")";
    }

    /** Addresses of a family of which this node gives none. */
    void refuseWithoutBlock(List<InetAddress> wanted) throws AttachException {
        for (InetAddress ip : wanted) {
            boolean v4 = IpPrefix.host(ip).isV4();
            if ((v4 ? network.block() : network.block6()) == null) {
                throw new AttachException(
                        Reason.ADDRESS_REFUSED,
                        "network " + network.name() + ": " + ip.getHostAddress() + " cannot be had, this node has no "
                                + (v4 ? "IPv4" : "IPv6") + " block in it");
            }
        }
    }

    void refuseTaken(List<PortMapping> wanted) throws AttachException {
        for (PortMapping port : wanted) {
            for (Attachment a : attachments) {
                if (a.holdsAddresses() && a.options().ports().stream().anyMatch(port::meets)) {
                    throw new AttachException(Reason.PORT_TAKEN, "host port " + port + " is taken by " + named(a));
                }
            }
        }
    }
}
