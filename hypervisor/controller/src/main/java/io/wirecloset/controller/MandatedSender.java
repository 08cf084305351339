package io.wirecloset.controller;

import io.wirecloset.vl2.credential.Revocation;

/** Says nothing without the mandate: it may have ended between a signature and here. */
record MandatedSender(Sender wire, Mandate mandate) implements Sender {
    @Override
    public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
        if (mandate.holds()) {
            wire.config(member, requestPacketId, networkId, dictionary);
        }
    }

    @Override
    public void error(long member, long requestPacketId, long networkId, int code) {
        if (mandate.holds()) {
            wire.error(member, requestPacketId, networkId, code);
        }
    }

    @Override
    public void revocation(long member, Revocation revocation) {
        if (mandate.holds()) {
            wire.revocation(member, revocation);
        }
    }
}
