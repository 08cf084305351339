/** The other end of the shim's socket: reads CNI calls, has them carried out, and says results in the version asked for. */
package io.wirecloset.agent.cni;
