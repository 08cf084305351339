package io.wirecloset.agent.attach;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * One pod interface: everything needed to recognise it, to say it again, and to undo it.
 *
 * @param cniName name of the CNI configuration it was asked for under; empty when it is not known any more
 * @param network name of the ZeroTierNetwork
 * @param netnsPath as the runtime named it; for people and results, never opened again
 * @param netnsInode of the namespace; 0 when it is not known any more
 * @param bootId of the boot in which it was made; in every other boot it is void
 * @param ipv4 null when the network gives none
 * @param ipv6 null when the network gives none
 * @param pod for people; empty strings when the runtime did not say
 * @param changedS when the state was last changed, in seconds since boot
 * @param options what this pod wants beyond an interface
 */
public record Attachment(
        AttachmentKey key,
        State state,
        String cniName,
        String network,
        long networkId,
        String netnsPath,
        long netnsInode,
        String bootId,
        InetAddress ipv4,
        InetAddress ipv6,
        int mtuBytes,
        Pod pod,
        long changedS,
        Options options) {

    /** How far it is. An interface exists in the first three only. */
    public enum State {
        /** Being made; may have any part of its kernel objects. */
        ADDING,
        /** Made; has all of them. */
        ATTACHED,
        /** Being undone; may have any part of them. */
        REMOVING,
        /** Gone. Kept for a while so that an ADD which comes late is recognised, and its addresses rest. */
        REMOVED
    }

    /** Whose interface it is. */
    public record Pod(String namespace, String name, String uid) {
        public static final Pod UNKNOWN = new Pod("", "", "");

        @Override
        public String toString() {
            return name.isEmpty() ? "an unnamed pod" : namespace + "/" + name;
        }
    }

    /**
     * What goes beyond an interface with addresses.
     *
     * @param ports of the node that lead here
     * @param besideOthers the sandbox had a default route already, which stays
     */
    public record Options(List<PortMapping> ports, boolean besideOthers) {
        public static final Options NONE = new Options(List.of(), false);

        public Options {
            ports = List.copyOf(ports);
        }
    }

    /** One whose ports lead here no more. */
    Attachment withoutPorts() {
        return with(state, changedS, new Options(List.of(), options.besideOthers));
    }

    public Attachment in(State wanted, long nowS) {
        return with(wanted, nowS, options);
    }

    private Attachment with(State wanted, long nowS, Options with) {
        return new Attachment(
                key,
                wanted,
                cniName,
                network,
                networkId,
                netnsPath,
                netnsInode,
                bootId,
                ipv4,
                ipv6,
                mtuBytes,
                pod,
                nowS,
                with);
    }

    /** Its addresses, IPv4 first. */
    public List<InetAddress> addresses() {
        return Stream.of(ipv4, ipv6).filter(ip -> ip != null).toList();
    }

    public String hostLink() {
        return key.hostLink();
    }

    /** Whether its addresses may be on an interface still. */
    public boolean holdsAddresses() {
        return state != State.REMOVED;
    }
}
