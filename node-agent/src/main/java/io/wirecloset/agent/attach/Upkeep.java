package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.Attachment.State;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the records and the kernel agree: after a start, after somebody else changed something, and for good at the end.
 * Driven by {@link Attachments}, which lets nothing else touch the kernel meanwhile.
 */
final class Upkeep {
    private static final Logger LOG = System.getLogger(Upkeep.class.getName());

    private final AttachmentStore records;
    private final Boot boot;
    private final Networks networks;
    private final Overlay overlay;
    private final Netlink netlink;
    private final HostFilter filter;
    private final HostRoutes routes;
    private final Removal removal;
    private final HostForwarding forwarding = new HostForwarding();

    Upkeep(
            AttachmentStore records,
            Boot boot,
            Networks networks,
            Overlay overlay,
            Netlink netlink,
            HostFilter filter,
            HostRoutes routes,
            Removal removal) {
        this.records = records;
        this.boot = boot;
        this.networks = networks;
        this.overlay = overlay;
        this.netlink = netlink;
        this.filter = filter;
        this.routes = routes;
        this.removal = removal;
    }

    /**
     * After a start: makes records and kernel agree. Records of another boot are void; what was being added is undone,
     * what was being removed is finished; an attachment whose interface is gone is freed; an interface without a record
     * gets one from what the kernel knows, or goes.
     */
    void reconcile() throws IOException {
        for (Attachment a : records.all()) {
            if (!a.bootId().equals(boot.id())) {
                records.delete(a.key()); // speaks of what a reboot removed; nothing in the kernel is touched
            }
        }
        Map<AttachmentKey, Link> links = podLinks();
        for (Attachment a : records.all()) {
            settle(a, links.containsKey(a.key()));
        }
        links.keySet().removeIf(key -> records.get(key) != null);
        if (!links.isEmpty()) {
            Map<InetAddress, List<PortMapping>> ports = filter.ports();
            for (Map.Entry<AttachmentKey, Link> orphan : links.entrySet()) {
                adoptOrRemove(orphan.getKey(), orphan.getValue(), ports);
            }
        }
        removeNamelessLinks();
        removal.forgetOldTombstones();
        repair();
    }

    private void settle(Attachment a, boolean linkExists) throws IOException {
        switch (a.state()) {
            case ADDING -> removal.undo(a);
            case REMOVING -> removal.remove(a);
            case ATTACHED -> {
                if (!linkExists) {
                    removal.remove(a);
                }
            }
            case REMOVED -> {
                // nothing of it exists
            }
        }
    }

    private void adoptOrRemove(AttachmentKey key, Link link, Map<InetAddress, List<PortMapping>> ports)
            throws IOException {
        Optional<Attachment> recovered = recoverFromKernel(key, link, ports);
        if (recovered.isPresent()) {
            LOG.log(Level.WARNING, "{0}: its record was lost; taken up again from its interface", key);
            records.putAnyway(recovered.get());
        } else {
            netlink.deleteLink(link.index());
        }
    }

    /** An attempt cut off between making the link and naming it has no record any more only if its undoing was cut off too. */
    private void removeNamelessLinks() throws IOException {
        for (Link link : netlink.links()) {
            boolean ourName = link.name().matches(AttachmentKey.HOST_LINK_PREFIX + "[0-9a-f]{12}");
            if (ourName && link.kind().equals("veth") && link.alias().isEmpty()) {
                netlink.deleteLink(link.index());
            }
        }
    }

    /** @return what the kernel tells of an interface without a record; empty when there is none, or not enough is left */
    Optional<Attachment> recoverFromKernel(AttachmentKey key) throws IOException {
        Optional<Link> link = netlink.link(key.hostLink()).filter(l -> key.equals(AttachmentKey.ofAlias(l.alias())));
        return link.isEmpty() ? Optional.empty() : recoverFromKernel(key, link.get(), filter.ports());
    }

    /**
     * Whose it is tells its alias, its addresses the host's routes to it, its ports the filter. How fast it may be stays
     * with the link itself.
     */
    private Optional<Attachment> recoverFromKernel(
            AttachmentKey key, Link link, Map<InetAddress, List<PortMapping>> ports) throws IOException {
        InetAddress ipv4 = null;
        InetAddress ipv6 = null;
        for (var route : netlink.routes(io.wirecloset.transport.netlink.Route.TABLE_MAIN)) {
            IpPrefix to = route.destination();
            if (route.link() == link.index() && to.equals(IpPrefix.host(to.ip()))) {
                ipv4 = to.isV4() ? to.ip() : ipv4;
                ipv6 = to.isV4() ? ipv6 : to.ip();
            }
        }
        List<PortMapping> found = new ArrayList<>();
        for (InetAddress ip : new InetAddress[] {ipv4, ipv6}) {
            found.addAll(ip == null ? List.of() : ports.getOrDefault(ip, List.of()));
        }
        InetAddress one = ipv4 != null ? ipv4 : ipv6;
        Optional<PodNetwork> network = one == null ? Optional.empty() : networkOf(one);
        if (network.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Attachment(
                key,
                State.ATTACHED,
                "",
                network.get().name(),
                network.get().id(),
                "",
                0,
                boot.id(),
                ipv4,
                ipv6,
                link.mtu(),
                Attachment.Pod.UNKNOWN,
                boot.uptimeS(),
                new Attachment.Options(found, false)));
    }

    private Optional<PodNetwork> networkOf(InetAddress pod) {
        return networks.all().stream()
                .filter(n -> covers(n.block(), pod) || covers(n.block6(), pod))
                .findFirst();
    }

    private static boolean covers(IpPrefix block, InetAddress ip) {
        return block != null
                && block.isV4() == IpPrefix.host(ip).isV4()
                && new IpPrefix(ip, block.length()).network().equals(block.network());
    }

    private Map<AttachmentKey, Link> podLinks() throws IOException {
        Map<AttachmentKey, Link> found = new HashMap<>();
        for (Link link : netlink.links()) {
            AttachmentKey key = AttachmentKey.ofAlias(link.alias());
            if (key != null && link.name().equals(key.hostLink())) {
                found.put(key, link);
            }
        }
        return found;
    }

    /**
     * Puts back what someone else removed or changed: forwarding, routes, addresses of TAPs, the filter, neighbours
     * answered for. Frees what belongs to a namespace that is gone.
     *
     * @return how many things were put right
     */
    int repair() throws IOException {
        records.catchUp();
        Map<AttachmentKey, Link> links = podLinks();
        for (Attachment a : records.all()) {
            boolean lost = a.state() == State.ATTACHED && !links.containsKey(a.key());
            if (lost || a.state() == State.REMOVING) {
                removal.remove(a);
            }
        }
        List<Attachment> up = records.all().stream()
                .filter(a -> a.state() == State.ATTACHED && links.containsKey(a.key()))
                .toList();
        int changes = keepForwarding();
        changes += routes.apply(networks.all(), taps(), up);
        changes += repairFilter(up);
        for (PodNetwork n : networks.all()) {
            removal.tellNeighbours(n.id(), null);
        }
        return changes;
    }

    private int keepForwarding() throws IOException {
        try (NetworkNamespace node = netlink.namespace()) {
            return node.visit(forwarding::enable);
        }
    }

    private int repairFilter(List<Attachment> up) throws IOException {
        List<FilterRules.Tapped> tapped = networks.all().stream()
                .map(n -> new FilterRules.Tapped(n, overlay.tap(n.id())))
                .toList();
        if (filter.isIntact(tapped, up)) {
            return 0;
        }
        filter.replaceAll(tapped, up);
        return 1;
    }

    private Map<Long, String> taps() {
        Map<Long, String> taps = new HashMap<>();
        networks.all().forEach(n -> taps.put(n.id(), overlay.tap(n.id())));
        return taps;
    }

    /** Undoes everything of ours on this host: pods' interfaces, routes, filter, records. */
    void uninstall() throws IOException {
        for (Link link : podLinks().values()) {
            netlink.deleteLink(link.index());
        }
        routes.removeAll(taps());
        filter.removeAll();
        for (Attachment a : records.all()) {
            records.delete(a.key());
        }
    }
}
