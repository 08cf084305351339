/** A whole node put together, and the plain programs {@code wirecloset node|root|controller|idtool}. */
package io.wirecloset.node;
