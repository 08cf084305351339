package io.wirecloset.node;

import io.wirecloset.controller.Sender;
import io.wirecloset.engine.Engine;
import io.wirecloset.vl2.credential.Revocation;

/** A controller's voice: what it says goes out by the engine it runs on. On the control loop. */
record EngineSender(Engine engine) implements Sender {
    @Override
    public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
        engine.vl2().sendConfig(member, requestPacketId, networkId, dictionary, engine.nowMs());
    }

    @Override
    public void error(long member, long requestPacketId, long networkId, int code) {
        engine.vl2().sendConfigError(member, requestPacketId, networkId, code, engine.nowMs());
    }

    @Override
    public void revocation(long member, Revocation revocation) {
        engine.vl2().sendRevocation(member, revocation, engine.nowMs());
    }
}
