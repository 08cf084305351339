package io.wirecloset.engine;

import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl2.NetworkView;

/** What the program around the engine gets to know. On the control loop, which waits; who has something to do then posts it. */
public interface Events {
    /** Something about the node as a whole. */
    void onNode(NodeEvent event);

    /** Status or configuration of a network changed. */
    void onNetwork(long networkId, NetworkView view);

    /** To be kept over a restart; null: to be forgotten. */
    void onSave(long networkId, byte[] dictionary);
}
