package io.wirecloset.transport.tap;

import io.wirecloset.engine.FramePort;
import io.wirecloset.engine.Tap;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Errno;
import io.wirecloset.transport.linux.LinuxException;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The TAP of one network: an Ethernet device of the host whose cable we hold, with a queue for each lane.
 *
 * <p>Opened, changed and closed by one thread, which may have to wait some milliseconds; each queue is used by its lane, the
 * control port by the control loop. A persistent device is not deleted by closing; who opens it again by its name and in its
 * namespace finds it with all its addresses and routes.
 */
public final class TapDevice implements Tap, AutoCloseable {
    private final String name;
    private final int index;
    private final NetworkNamespace namespace;
    private final MulticastSubscriptions subscriptions;
    private final List<Descriptor> queues;
    private final TapPort[] ports;
    private final ControlTapPort control;

    private TapDevice(
            String name,
            int index,
            NetworkNamespace namespace,
            MulticastSubscriptions subscriptions,
            List<Descriptor> queues) {
        this.name = name;
        this.index = index;
        this.namespace = namespace;
        this.subscriptions = subscriptions;
        this.queues = queues;
        this.ports = queues.stream().map(TapPort::new).toArray(TapPort[]::new);
        this.control = new ControlTapPort(queues.getFirst());
    }

    /**
     * Makes the device, or takes a persistent one that nobody holds, and sets it up.
     *
     * @param namespace stays the caller's
     * @throws IOException also when the name belongs to something else, and says to what
     */
    public static TapDevice open(NetworkNamespace namespace, TapSettings settings) throws IOException {
        return namespace.run(() -> {
            try (Netlink netlink = Netlink.open()) {
                refuseOthers(netlink.link(settings.name()), settings.name());
                List<Descriptor> queues = new ArrayList<>();
                try {
                    for (int i = 0; i < settings.queues(); i++) {
                        queues.add(TapCalls.openQueue(settings.name()));
                    }
                    return complete(namespace, netlink, settings, queues);
                } catch (IOException | RuntimeException e) {
                    queues.forEach(Descriptor::close);
                    throw e;
                }
            }
        });
    }

    /**
     * Goes on with the queues of a device that somebody else opened; frames that wait in them are not lost. When their number
     * is not the one wanted, or the device is gone, they are closed and it is opened anew.
     *
     * @param namespace stays the caller's
     * @param queues by {@link #duplicateQueues}, the new device's from now on
     */
    public static TapDevice adopt(NetworkNamespace namespace, TapSettings settings, List<Descriptor> queues)
            throws IOException {
        TapDevice adopted = null;
        try {
            adopted = namespace.run(() -> {
                try (Netlink netlink = Netlink.open()) {
                    boolean fits = queues.size() == settings.queues()
                            && netlink.link(settings.name())
                                    .filter(link -> link.tun() != null)
                                    .isPresent();
                    return fits ? complete(namespace, netlink, settings, List.copyOf(queues)) : null;
                }
            });
        } finally {
            if (adopted == null) {
                queues.forEach(Descriptor::close);
            }
        }
        return adopted == null ? open(namespace, settings) : adopted;
    }

    /** All queues once more, in the order of the lanes, for whoever goes on with them; the caller's to close. */
    public List<Descriptor> duplicateQueues() throws LinuxException {
        List<Descriptor> copies = new ArrayList<>();
        try {
            for (Descriptor queue : queues) {
                copies.add(queue.duplicate());
            }
            return copies;
        } catch (LinuxException | RuntimeException e) {
            copies.forEach(Descriptor::close);
            throw e;
        }
    }

    private static void refuseOthers(Optional<Link> existing, String name) throws LinuxException {
        if (existing.isEmpty()) {
            return;
        }
        Link link = existing.get();
        String what = "open TAP " + name + ": there is a device of that name already, ";
        if (link.tun() == null) {
            throw new LinuxException(what + "a " + (link.kind().isEmpty() ? "real one" : link.kind()), Errno.EEXIST);
        }
        if (!link.tun().isTap() || !link.tun().multiQueue() || !link.tun().vnetHeader()) {
            throw new LinuxException(what + "somebody else's TUN or TAP: its flags are not ours", Errno.EEXIST);
        }
        if (link.tun().queues() > 0) {
            throw new LinuxException(what + "and a process has it open", Errno.EBUSY);
        }
    }

    /** Makes the device as it shall be; persistent only then, so that a failure leaves nothing behind. */
    private static TapDevice complete(
            NetworkNamespace namespace, Netlink netlink, TapSettings settings, List<Descriptor> queues)
            throws IOException {
        String name = settings.name();
        Descriptor first = queues.getFirst();
        TapCalls.offload(first, name);
        Link link = netlink.link(name)
                .orElseThrow(() -> new LinuxException("open TAP " + name + ": deleted meanwhile", Errno.ENODEV));
        if (link.mac() != settings.mac()) {
            netlink.setMac(link.index(), settings.mac());
        }
        if (link.mtu() != settings.mtuBytes()) {
            netlink.setMtu(link.index(), settings.mtuBytes());
        }
        if (!link.isUp()) {
            netlink.setUp(link.index());
        }
        TapCalls.persist(first, name, settings.persistent());
        MulticastSubscriptions subscriptions = MulticastSubscriptions.open();
        try {
            return new TapDevice(name, link.index(), namespace.duplicate(), subscriptions, List.copyOf(queues));
        } catch (IOException e) {
            subscriptions.close();
            throw e;
        }
    }

    public String name() {
        return name;
    }

    /** Of the interface, in its namespace. */
    public int index() {
        return index;
    }

    /** From now on the poller tells the lane when there is something to read. Before the lane uses the queue. */
    public void watchedBy(int lane, Poller poller) throws LinuxException {
        ports[lane].watchedBy(poller);
    }

    @Override
    public FramePort lane(int lane) {
        return lane < ports.length ? ports[lane] : null;
    }

    @Override
    public FramePort control() {
        return control;
    }

    /** Of all queues; any thread. */
    public long count(TapCount kind) {
        long sum = control.count(kind);
        for (TapPort port : ports) {
            sum += port.count(kind);
        }
        return sum;
    }

    /** Somebody deleted the device under us: close this and open it anew. Known when a lane has tried to read. */
    public boolean isGone() {
        for (TapPort port : ports) {
            if (port.isGone()) {
                return true;
            }
        }
        return false;
    }

    public void mtu(int mtuBytes) throws IOException {
        try (Netlink netlink = Netlink.openIn(namespace)) {
            netlink.setMtu(index, mtuBytes);
        }
    }

    /** Whether the host shall think that a cable is plugged in; so it does at first. */
    public void carrier(boolean wanted) throws IOException {
        TapCalls.carrier(queues.getFirst(), name, wanted);
    }

    /**
     * The multicast groups the host listens to on this device, those of its IPv4 addresses' resolution among them. The kernel
     * does not tell of changes: to be asked every now and then.
     */
    public Set<MulticastGroup> groups() throws IOException {
        Set<MulticastGroup> groups = subscriptions.of(index);
        try (Netlink netlink = Netlink.openIn(namespace)) {
            for (Address address : netlink.addresses(index)) {
                if (address.prefix().ip() instanceof Inet4Address ip) {
                    groups.add(MulticastGroup.resolutionOf(ip.getAddress()));
                }
            }
        }
        return groups;
    }

    /** Deletes the device, persistent or not. */
    public void delete() throws IOException {
        try {
            TapCalls.persist(queues.getFirst(), name, false);
        } finally {
            close();
        }
    }

    /** When no lane uses it any more. */
    @Override
    public void close() {
        for (TapPort port : ports) {
            port.unwatch();
        }
        queues.forEach(Descriptor::close);
        subscriptions.close();
        namespace.close();
    }

    @Override
    public String toString() {
        return "TAP " + name;
    }
}
