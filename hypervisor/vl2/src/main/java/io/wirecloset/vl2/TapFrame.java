package io.wirecloset.vl2;

import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.Ndp;
import io.wirecloset.vl2.wire.Limits;

/**
 * Where a frame from the tap goes: the questions of vl2.md 9 in their order. Asked by the lane and, with the same
 * answers, by the control loop; each keeps one of these, which holds nothing but the answer to its last question.
 */
final class TapFrame {
    enum Way {
        /** See {@link #why()}. */
        DROPPED,
        BACK_TO_TAP,
        /** A solicitation whose answer follows from the address: {@link #destination()} is the node behind it. */
        EMULATED,
        /** To the node {@link #destination()}. */
        MEMBER,
        /** To the group {@link #groupMac()}, {@link #groupAdi()}. */
        MULTICAST,
        BEHIND_BRIDGE
    }

    private Drop why;
    private long destination;
    private long groupMac;
    private long groupAdi;
    /** Which of our own addresses the emulated target matched. */
    private int emulatedFrom;

    private boolean bridged;

    /** @param at where the Ethernet header begins; borrowed */
    Way of(NetworkRecord n, byte[] slot, int at, int length) {
        if (length < EthernetFrame.HEADER_LENGTH) {
            return dropped(Drop.FRAME_TOO_SHORT);
        }
        if (length > Limits.TAP_FRAME_BYTES) {
            return dropped(Drop.FRAME_TOO_LONG);
        }
        if (!n.isConfigured()) {
            return dropped(Drop.NO_CONFIGURATION);
        }
        bridged = EthernetFrame.source(slot, at) != n.mac();
        if (bridged && !n.selfIsBridge()) {
            return dropped(Drop.BAD_SOURCE_MAC);
        }
        long to = EthernetFrame.destination(slot, at);
        if (Mac.isMulticast(to)) {
            return multicast(n, to, slot, at, length);
        }
        if (to == n.mac()) {
            return Way.BACK_TO_TAP;
        }
        if (!Mac.isMember(to, n.id())) {
            return Way.BEHIND_BRIDGE;
        }
        destination = Mac.addressOf(to, n.id());
        return Addresses.isReserved(destination) ? dropped(Drop.BAD_DESTINATION_MAC) : Way.MEMBER;
    }

    private Way multicast(NetworkRecord n, long to, byte[] slot, int at, int length) {
        int data = at + EthernetFrame.HEADER_LENGTH;
        int dataLength = length - EthernetFrame.HEADER_LENGTH;
        int ethertype = EthernetFrame.ethertype(slot, at);
        groupMac = to;
        groupAdi = 0;
        if (to == Mac.BROADCAST) {
            if (ethertype == Ethertype.ARP && Arp.isRequest(slot, data, dataLength)) {
                groupAdi = Arp.targetIp(slot, data) & 0xffff_ffffL;
            } else if (!n.broadcastAllowed()) {
                return dropped(Drop.BROADCAST_DISABLED);
            }
        } else if (ethertype == Ethertype.IPV6
                && n.emulatesNdp()
                && Ndp.isSolicitation(slot, data, dataLength)
                && isEmulated(n, slot, data)) {
            return Way.EMULATED;
        }
        return n.multicastAllowed() ? Way.MULTICAST : dropped(Drop.MULTICAST_LIMIT);
    }

    private boolean isEmulated(NetworkRecord n, byte[] slot, int data) {
        for (int i = 0; i < n.emulatedFromCount(); i++) {
            long node = n.nodeBehind(i, slot, data + Ndp.TARGET);
            if (node != 0) {
                destination = node;
                emulatedFrom = i;
                return node != n.self();
            }
        }
        return false;
    }

    private Way dropped(Drop reason) {
        why = reason;
        return Way.DROPPED;
    }

    Drop why() {
        return why;
    }

    long destination() {
        return destination;
    }

    long groupMac() {
        return groupMac;
    }

    long groupAdi() {
        return groupAdi;
    }

    /** Writes the advertisement that the solicitation calls for over it. @return the frame's length now */
    int emulate(NetworkRecord n, NeighbourAnswers answers, byte[] slot, int at) {
        return answers.emulate(n.emulatedFrom(emulatedFrom), n.macOf(destination), slot, at);
    }

    /** The source is a MAC behind us, not ours. */
    boolean isBridged() {
        return bridged;
    }
}
