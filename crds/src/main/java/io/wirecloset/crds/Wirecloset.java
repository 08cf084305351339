package io.wirecloset.crds;

/** Names that the operator, the agents and the users of the API agree on. */
public final class Wirecloset {
    public static final String GROUP = "wirecloset.io";
    public static final String VERSION = "v1alpha1";
    /** {@code kubectl get wirecloset} lists every kind of ours. */
    public static final String CATEGORY = "wirecloset";

    /** Holds a resource until the controller has forgotten what stands behind it. */
    public static final String FINALIZER = GROUP + "/controller";
    /** On members that the operator made for a node: the node's name. */
    public static final String LABEL_NODE = GROUP + "/node";
    /** On members that the operator made: the network's name. */
    public static final String LABEL_NETWORK = GROUP + "/network";

    private Wirecloset() {}
}
