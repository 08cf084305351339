package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An overlay made of veths: the "TAP" of a network is one half, the other lies in a namespace that stands for the rest of
 * the network and is set up by the test. What it was told is kept.
 */
public final class FakeOverlay implements Overlay {
    private final NetworkNamespace host;
    private final NetworkNamespace outside;
    private final Map<Long, Status> statuses = new ConcurrentHashMap<>();
    public final Map<Long, Set<InetAddress>> neighbours = new ConcurrentHashMap<>();
    public final List<InetAddress> announced = new CopyOnWriteArrayList<>();

    public FakeOverlay(NetworkNamespace host, NetworkNamespace outside) {
        this.host = host;
        this.outside = outside;
    }

    @Override
    public void join(PodNetwork network) {
        if (statuses.putIfAbsent(network.id(), Status.USABLE) != null) {
            return;
        }
        try (Netlink netlink = Netlink.openIn(host)) {
            if (netlink.link(tap(network.id())).isEmpty()) {
                LinkSettings here = LinkSettings.named(tap(network.id())).withMtu(network.mtuBytes());
                LinkSettings there = LinkSettings.named(tap(network.id()))
                        .withMtu(network.mtuBytes())
                        .in(outside)
                        .setUp();
                netlink.setUp(netlink.createVeth(here, there));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the network unusable, or usable again. */
    public void status(long networkId, Status status) {
        statuses.put(networkId, status);
    }

    @Override
    public void leave(long networkId) {
        statuses.remove(networkId);
        try (Netlink netlink = Netlink.openIn(host)) {
            var link = netlink.link(tap(networkId));
            if (link.isPresent()) {
                netlink.deleteLink(link.get().index());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Status status(long networkId) {
        return statuses.getOrDefault(networkId, Status.missing("not joined"));
    }

    @Override
    public String tap(long networkId) {
        return "zt" + HexFormat.of().toHexDigits((int) networkId);
    }

    @Override
    public void localNeighbours(long networkId, Set<InetAddress> addresses) {
        neighbours.put(networkId, Set.copyOf(addresses));
    }

    @Override
    public void announce(long networkId, InetAddress address) {
        announced.add(address);
    }

    @Override
    public List<Long> joined() {
        return new ArrayList<>(new TreeMap<>(statuses).keySet());
    }
}
