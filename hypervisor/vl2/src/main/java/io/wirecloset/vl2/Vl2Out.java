package io.wirecloset.vl2;

/** What leaves VL2 towards the host. */
public interface Vl2Out {
    /** An Ethernet frame for the network's tap; borrowed. */
    void toTap(long networkId, byte[] frame, int offset, int length);

    /** Status, configuration or both changed. */
    void changed(long networkId, NetworkView view);

    /** What to find again after a restart; null: nothing any more. */
    void save(long networkId, byte[] dictionary);
}
