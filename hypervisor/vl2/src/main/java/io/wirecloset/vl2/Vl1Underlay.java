package io.wirecloset.vl2;

import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Vl1;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl2.network.Underlay;

/** The real VL1, method by method. */
record Vl1Underlay(Vl1 vl1) implements Underlay {
    @Override
    public Identity self() {
        return vl1.self();
    }

    @Override
    public Identity identityOf(long address, long nowMs) {
        return vl1.identityOf(address, nowMs);
    }

    @Override
    public long send(long destination, int verb, byte[] payload, int offset, int length, int options, long nowMs) {
        return vl1.send(destination, verb, payload, offset, length, options, nowMs);
    }

    @Override
    public void reply(Received to, int okOrError, byte[] payload, int offset, int length, long nowMs) {
        vl1.reply(to, okOrError, payload, offset, length, nowMs);
    }

    @Override
    public long[] upstreams() {
        return vl1.upstreams();
    }

    @Override
    public long bestUpstream(long nowMs) {
        return vl1.bestUpstream(nowMs);
    }

    @Override
    public int latencyMs(long address, long nowMs) {
        return vl1.latencyMs(address, nowMs);
    }

    @Override
    public boolean isRoot() {
        return vl1.isRoot();
    }

    @Override
    public PeerTable peers() {
        return vl1.peers();
    }
}
