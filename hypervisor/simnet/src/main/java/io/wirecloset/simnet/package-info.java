/** A network in memory: hosts, NATs, loss and virtual time, one thread, one seed. Knows nothing of ZeroTier. */
package io.wirecloset.simnet;
