/** The shim, driven from outside as a container runtime drives it. */
package io.wirecloset.cni;
