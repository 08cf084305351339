package io.wirecloset.transport.tap;

/**
 * What stands before every frame at the kernel's side: how it is to be cut, and which checksum is still to be finished.
 * Numbers are in the machine's order. All zero is a plain, finished frame.
 */
final class VnetHeader {
    static final int FLAGS = 0; // 1
    static final int GSO_TYPE = 1; // 1  top bit: the first segment says that congestion was reduced
    static final int HEADER_BYTES = 2; // 2  a hint only; the kernel writes what it happens to hold in one piece
    static final int GSO_BYTES = 4; // 2  payload of each segment but the last
    static final int CHECKSUM_START = 6; // 2  from the start of the frame
    static final int CHECKSUM_OFFSET = 8; // 2  from there; holds the sum of the pseudo header
    static final int LENGTH = 10;

    static final int NEEDS_CHECKSUM = 1;

    static final int GSO_NONE = 0;
    static final int GSO_TCP_V4 = 1;
    static final int GSO_TCP_V6 = 4;
    static final int GSO_UDP_L4 = 5;
    static final int GSO_ECN = 0x80;

    private VnetHeader() {}
}
