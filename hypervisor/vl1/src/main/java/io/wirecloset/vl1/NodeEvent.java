package io.wirecloset.vl1;

import io.wirecloset.vl1.world.World;

/** What happened to the node as a whole. */
public sealed interface NodeEvent {
    /** An upstream says that our address belongs to another identity: the node is of no use any more. */
    record IdentityCollision() implements NodeEvent {}

    /** A newer edition of our planet, or of a moon we know, was taken; worth storing. */
    record WorldUpdated(World world) implements NodeEvent {}

    /** We hear an upstream, or no longer do. */
    record Online(boolean online) implements NodeEvent {}
}
