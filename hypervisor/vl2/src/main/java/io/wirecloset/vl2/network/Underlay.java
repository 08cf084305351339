package io.wirecloset.vl2.network;

import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.SendOptions;
import io.wirecloset.vl1.identity.Identity;

/** What VL2 needs of VL1: its methods of the same names, so that tests of VL2 need no more of VL1 than this. */
public interface Underlay {
    /** Who we are, with the secret. */
    Identity self();

    /** @return the identity of a node, or null when it is not known yet; it is asked for then */
    Identity identityOf(long address, long nowMs);

    /**
     * Sends, or queues while the way to the destination is being found.
     *
     * @param options {@link #COMPRESS}, {@link #EXPECT_REPLY}
     * @return the id of the packet on the wire, 0 if it was queued
     */
    long send(long destination, int verb, byte[] payload, int offset, int length, int options, long nowMs);

    /**
     * Answers on the path of the request, during the call that brought it.
     *
     * @param okOrError the verb OK or ERROR
     * @param payload what follows the in-re fields
     */
    void reply(Received to, int okOrError, byte[] payload, int offset, int length, long nowMs);

    /** Addresses of all roots and moons but ourselves. */
    long[] upstreams();

    /** The one of them to ask first; 0 if there is none. */
    long bestUpstream(long nowMs);

    /** Round-trip time to a node that we reach directly, very large when it was not measured yet; -1 if we do not. */
    int latencyMs(long address, long nowMs);

    /** Whether we are an upstream to others. */
    boolean isRoot();

    /** The lanes' view of the peers; the same instance while no peer comes or goes. */
    PeerTable peers();

    /** The payload shrinks if that helps. */
    int COMPRESS = SendOptions.COMPRESS;

    /** An OK to this packet will be believed. */
    int EXPECT_REPLY = SendOptions.EXPECT_REPLY;
}
