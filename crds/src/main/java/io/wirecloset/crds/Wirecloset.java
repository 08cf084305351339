package io.wirecloset.crds;

import java.util.List;

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

    /** How the names of pods' links begin on their node. */
    public static final String POD_LINK_PREFIX = "wc";
    /** How the names of networks' devices begin on a node. */
    public static final String TAP_PREFIX = "zw";
    /** What an agent makes on its node is no way to other nodes. */
    public static final List<String> LINK_PREFIXES = List.of(POD_LINK_PREFIX, TAP_PREFIX);

    private Wirecloset() {}
}
