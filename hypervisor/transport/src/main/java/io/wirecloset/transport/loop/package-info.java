/** Threads, clocks and randomness: what drives an engine in production. */
package io.wirecloset.transport.loop;
