/** A network in memory: datagrams, NATs, loss, virtual time. Knows nothing of ZeroTier. */
package io.wirecloset.simnet;
