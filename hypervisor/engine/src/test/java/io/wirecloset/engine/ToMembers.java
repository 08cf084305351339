package io.wirecloset.engine;

import io.wirecloset.controller.Sender;
import io.wirecloset.vl2.credential.Revocation;
import java.util.function.LongSupplier;

/** What a controller says goes out by the engine it runs on. */
record ToMembers(Engine engine, LongSupplier nowMs) implements Sender {
    @Override
    public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
        engine.vl2().sendConfig(member, requestPacketId, networkId, dictionary, nowMs.getAsLong());
    }

    @Override
    public void error(long member, long requestPacketId, long networkId, int code) {
        engine.vl2().sendConfigError(member, requestPacketId, networkId, code, nowMs.getAsLong());
    }

    @Override
    public void revocation(long member, Revocation revocation) {
        engine.vl2().sendRevocation(member, revocation, nowMs.getAsLong());
    }
}
