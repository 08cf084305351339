package io.wirecloset.agent;

import io.wirecloset.agent.cni.CniServer;
import java.io.IOException;

/** Hears all that an agent tells the process around it, and does nothing about it. */
class Audience implements Succession.Stage, CniServer.Observer {
    @Override
    public void leads(NodeAgent agent) throws IOException {}

    @Override
    public void rests() {}

    @Override
    public void successor(boolean waits) {}

    @Override
    public void answered(String verb, int code, long nanos) {}

    @Override
    public void refused(String why) {}
}
