/** What the cluster says that concerns this node, kept on disk, and what this node says of itself. */
package io.wirecloset.agent.kube;
