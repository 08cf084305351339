/** Who listens to which group, how that is told, and how one frame reaches many. */
package io.wirecloset.vl2.multicast;
