package io.wirecloset.vl2;

import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Ndp;

/**
 * Answers to "who has this address", written over the question. Each lane and the control loop keep one, for the few
 * bytes of the question that the answer needs elsewhere. Slots must have the room of a whole answer behind a question:
 * 8 bytes more than the shortest one.
 */
final class NeighbourAnswers {
    private static final int IP = 16;

    // target, then asker
    private final byte[] addresses = new byte[2 * IP];

    /** Whether the frame asks for an address this node answers for (design: a pod behind the tap). */
    static boolean isForLocalNeighbour(LocalNeighbours local, int ethertype, byte[] slot, int data, int length) {
        return switch (ethertype) {
            case Ethertype.ARP -> Arp.isRequest(slot, data, length) && local.hasV4(Arp.targetIp(slot, data));
            case Ethertype.IPV6 ->
                Ndp.isSolicitation(slot, data, length)
                        && (slot[data + Ndp.HOP_LIMIT] & 0xff) == 255
                        && slot[data + Ndp.CODE] == 0
                        && local.hasV6(slot, data + Ndp.TARGET)
                        && Ndp.checksumIsRight(slot, data, length);
            default -> false;
        };
    }

    /**
     * Turns a question for a local neighbour into the answer to whoever asked, from and with this node's MAC.
     *
     * @param at the question's Ethernet header; the answer's afterwards
     * @return the answer's length, Ethernet header included
     */
    int answer(long ownMac, byte[] slot, int at) {
        int data = at + EthernetFrame.HEADER_LENGTH;
        long asker = EthernetFrame.source(slot, at);
        if (EthernetFrame.ethertype(slot, at) == Ethertype.ARP) {
            int asked = Arp.targetIp(slot, data);
            int askerIp = Arp.senderIp(slot, data);
            Arp.putReply(slot, data, ownMac, asked, asker, askerIp);
            EthernetFrame.put(slot, at, asker, ownMac, Ethertype.ARP);
            return EthernetFrame.HEADER_LENGTH + Arp.LENGTH;
        }
        keep(slot, data + Ndp.TARGET, 0);
        keep(slot, data + Ndp.SOURCE, IP);
        int flags = Ndp.OVERRIDE | (askerHasNoAddressYet() ? toAllNodes() : Ndp.SOLICITED);
        Ndp.putAdvertisement(slot, data, flags, addresses, 0, addresses, IP, ownMac);
        EthernetFrame.put(slot, at, asker, ownMac, Ethertype.IPV6);
        return EthernetFrame.HEADER_LENGTH + Ndp.LENGTH;
    }

    /**
     * Makes up the advertisement of a node whose address follows from its id (vl2.md 10), over a solicitation from the
     * tap.
     *
     * @param from the own address that matched, 16 bytes
     * @param nodeMac the MAC of the node behind the target
     * @return the answer's length, Ethernet header included
     */
    int emulate(byte[] from, long nodeMac, byte[] slot, int at) {
        int data = at + EthernetFrame.HEADER_LENGTH;
        long asker = EthernetFrame.source(slot, at);
        keep(slot, data + Ndp.TARGET, 0);
        Ndp.putAdvertisement(slot, data, Ndp.SOLICITED | Ndp.OVERRIDE, addresses, 0, from, 0, nodeMac);
        EthernetFrame.put(slot, at, asker, nodeMac, Ethertype.IPV6);
        return EthernetFrame.HEADER_LENGTH + Ndp.LENGTH;
    }

    private void keep(byte[] slot, int at, int into) {
        System.arraycopy(slot, at, addresses, into, IP);
    }

    /** Duplicate address detection asks from ::. */
    private boolean askerHasNoAddressYet() {
        for (int i = IP; i < 2 * IP; i++) {
            if (addresses[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** ff02::1, and no "solicited" flag: how RFC 4861 7.2.4 answers one without an address. */
    private int toAllNodes() {
        addresses[IP] = (byte) 0xff;
        addresses[IP + 1] = 0x02;
        addresses[2 * IP - 1] = 0x01;
        return 0;
    }
}
