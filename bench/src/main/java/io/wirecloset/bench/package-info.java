/** What the pieces of the way of a frame cost, each alone and together, without a kernel. */
package io.wirecloset.bench;
