package io.wirecloset.transport.udp;

import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.wire.Endpoint;
import java.util.List;

/**
 * Which sockets there shall be.
 *
 * @param ports each is bound on each address
 * @param bind addresses to bind instead of those of the interfaces, loopback allowed; empty = look at the interfaces
 * @param skippedPrefixes interfaces whose name begins so are left alone, beside {@link #NEVER}
 * @param forbidden addresses that must not be bound, such as those of the virtual networks
 * @param lanes descriptors per logical socket; above 1 the kernel spreads the senders over them
 * @param namespace where to open them; null = that of the thread that opens
 * @param inherited sockets that are open already: those that are wanted are used, the others closed
 */
public record UdpSettings(
        List<Integer> ports,
        List<Endpoint> bind,
        List<String> skippedPrefixes,
        AddressFilter forbidden,
        int lanes,
        NetworkNamespace namespace,
        List<OpenSocket> inherited) {

    /** Interfaces that never lead to other nodes, or only through a tunnel. */
    public static final List<String> NEVER = List.of("lo", "zt", "tun", "tap");

    /** Says which of this machine's addresses to leave alone. */
    public interface AddressFilter {
        /** @param endpoint the address; its port means nothing */
        boolean forbids(String interfaceName, Endpoint endpoint);
    }

    public UdpSettings {
        ports = List.copyOf(ports);
        bind = List.copyOf(bind);
        skippedPrefixes = List.copyOf(skippedPrefixes);
        inherited = List.copyOf(inherited);
    }

    /** One lane, every usable address of every interface. */
    public static UdpSettings onPorts(Integer... ports) {
        return new UdpSettings(List.of(ports), List.of(), List.of(), (name, endpoint) -> false, 1, null, List.of());
    }

    /** @param addresses their ports mean nothing */
    public UdpSettings bindingTo(Endpoint... addresses) {
        return new UdpSettings(ports, List.of(addresses), skippedPrefixes, forbidden, lanes, namespace, inherited);
    }

    public UdpSettings skipping(List<String> prefixes) {
        return new UdpSettings(ports, bind, prefixes, forbidden, lanes, namespace, inherited);
    }

    public UdpSettings forbidding(AddressFilter filter) {
        return new UdpSettings(ports, bind, skippedPrefixes, filter, lanes, namespace, inherited);
    }

    public UdpSettings withLanes(int wanted) {
        return new UdpSettings(ports, bind, skippedPrefixes, forbidden, wanted, namespace, inherited);
    }

    public UdpSettings in(NetworkNamespace wanted) {
        return new UdpSettings(ports, bind, skippedPrefixes, forbidden, lanes, wanted, inherited);
    }

    public UdpSettings inheriting(List<OpenSocket> sockets) {
        return new UdpSettings(ports, bind, skippedPrefixes, forbidden, lanes, namespace, sockets);
    }
}
