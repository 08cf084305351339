/** From a cluster node to its address blocks and memberships; no client, no clock of its own. */
package io.wirecloset.operator.node;
