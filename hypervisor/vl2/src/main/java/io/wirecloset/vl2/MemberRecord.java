package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.PeerRef;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl2.rule.Party;

/**
 * What a lane must know of one member of one network. Immutable.
 *
 * @param address its 40-bit address
 * @param mac its derived MAC on this network (vl2.md 2.1)
 * @param identity who it is that was judged, null while nobody was
 * @param peer its place in VL1, null while VL1 does not know it
 * @param admitted that identity passed the gate (vl2.md 7.4) under our present configuration
 * @param activeBridge the configuration lets it carry frames of foreign MACs
 * @param credentialsGoodUntilMs before this time nothing need be pushed ahead of a frame to it (vl2.md 7.2); monotonic
 * @param party the member as the rules see it: its credentials that count now; another one for every change
 */
public record MemberRecord(
        long address,
        long mac,
        Identity identity,
        PeerRef peer,
        boolean admitted,
        boolean activeBridge,
        long credentialsGoodUntilMs,
        Party party) {
    /** Whether this peer is the one that was admitted, and not somebody else who came to have its address. */
    boolean admits(PeerRecord who) {
        return admitted && (identity == who.identity || who.identity.equals(identity));
    }
}
