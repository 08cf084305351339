/** The virtual Ethernets as a running node has them: persistent TAPs, membership, neighbours answered for. */
package io.wirecloset.agent.overlay;
