package io.wirecloset.vl1;

import io.wirecloset.vl1.peer.Fragmenter;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;

/** Sends a sealed packet as one datagram or, if the path cannot carry that, in pieces of equal size. */
final class DatagramCutter {
    interface Out {
        /** The bytes are copied before return. */
        void datagram(int socket, Endpoint to, byte[] slot, int at, int length);
    }

    private DatagramCutter() {}

    /** Can a packet of this length be sent at all over a path with this MTU? */
    static boolean fits(int length, int mtu) {
        return length <= Wire.MAX_PACKET_BYTES && Fragmenter.pieces(length, mtu) <= Wire.MAX_FRAGMENTS;
    }

    /**
     * Sends the pieces, one right after the other. The header of each is written over the end of the piece before it,
     * which is why that must have been copied; the packet is spoiled thereby.
     */
    static void send(Out out, int socket, Endpoint to, int mtu, byte[] slot, int at, int length) {
        if (length <= mtu) {
            out.datagram(socket, to, slot, at, length);
            return;
        }
        int pieces = Fragmenter.pieces(length, mtu);
        int pieceBytes = Fragmenter.pieceBytes(length, pieces);
        out.datagram(socket, to, slot, at, pieceBytes);
        for (int number = 1; number < pieces; number++) {
            Fragmenter.putHeader(slot, at, pieceBytes, pieces, number);
            int pieceAt = Fragmenter.datagramAt(at, pieceBytes, number);
            out.datagram(socket, to, slot, pieceAt, Fragmenter.datagramBytes(length, pieceBytes, number));
        }
    }
}
