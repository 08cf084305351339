package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Wire;

/**
 * Where a sealed packet is cut that exceeds its path's MTU (notes on packets, section 7). A receiver does not care where
 * the cuts lie, so they are laid to give datagrams of one length, which the kernel takes in one call. All static: the
 * sender walks over the pieces, from the head on, and sends each before it asks for the next:
 *
 * <pre>
 *  packet    |head ...... n|....... n-16 |....... n-16 |...|
 *  datagrams |head ...... n|
 *                      |hdr|....... n-16 |                    the header goes over bytes that are sent already
 *                                    |hdr|....... n-16 |
 * </pre>
 */
public final class Fragmenter {
    private Fragmenter() {}

    /** Datagrams for a packet of this length; 1 if it fits. More than {@link Wire#MAX_FRAGMENTS} cannot be sent. */
    public static int pieces(int length, int mtu) {
        if (length <= mtu) {
            return 1;
        }
        int each = mtu - FragmentHeader.LENGTH;
        return (length - FragmentHeader.LENGTH + each - 1) / each;
    }

    /**
     * Bytes of each datagram but the last, which may be shorter by less than {@code pieces}. Never above the MTU from
     * which {@code pieces} was computed. The stock node uses the MTU itself instead.
     */
    public static int pieceBytes(int length, int pieces) {
        return (length + FragmentHeader.LENGTH * (pieces - 1) + pieces - 1) / pieces;
    }

    /** Where datagram {@code number} begins in the slot of a packet that begins at {@code at}; the head is number 0. */
    public static int datagramAt(int at, int pieceBytes, int number) {
        return at + number * (pieceBytes - FragmentHeader.LENGTH);
    }

    /** Bytes of datagram {@code number}, its header included. */
    public static int datagramBytes(int length, int pieceBytes, int number) {
        return Math.min(pieceBytes, length - number * (pieceBytes - FragmentHeader.LENGTH));
    }

    /**
     * Writes the header of fragment {@code number} (from 1) over the end of the piece before it, which must have been
     * sent. The packet's own header at {@code at} must still stand.
     */
    public static void putHeader(byte[] slot, int at, int pieceBytes, int pieces, int number) {
        FragmentHeader.put(
                slot,
                datagramAt(at, pieceBytes, number),
                PacketHeader.packetId(slot, at),
                PacketHeader.destination(slot, at),
                pieces,
                number);
    }
}
