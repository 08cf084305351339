/** The control loop, the lanes, what crosses between them, and the ports to UDP and TAPs. No threads, sockets or clocks. */
package io.wirecloset.engine;
