package io.wirecloset.vl2.wire;

import io.wirecloset.vl2.ethernet.Bytes;

/**
 * Steps over a certificate of membership that old senders put into the middle of a packet, without taking it apart.
 * Shape: {@code u8 1 | u16 count | count x 24 | a[5] signer | a[96] signature unless the signer is zero} (vl2.md 6.2).
 */
public final class AttachedMembership {

    private static final int QUALIFIER_BYTES = 24;

    private AttachedMembership() {}

    /**
     * @param at where the certificate begins
     * @param end where the packet ends
     * @return its length, or -1 if it has none of the right shape
     */
    public static int length(byte[] packet, int at, int end) {
        if (end - at < 3 || packet[at] != 1) {
            return -1;
        }
        int count = Bytes.u16(packet, at + 1);
        if (count > Limits.COM_QUALIFIERS) {
            return -1;
        }
        int signer = 3 + count * QUALIFIER_BYTES;
        if (end - at < signer + Wire.ADDRESS_BYTES) {
            return -1;
        }
        boolean signed = packet[at + signer] != 0 || Bytes.u32(packet, at + signer + 1) != 0;
        int length = signer + Wire.ADDRESS_BYTES + (signed ? Wire.SIGNATURE_BYTES : 0);
        return length <= end - at ? length : -1;
    }
}
