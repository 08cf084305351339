/** UDP as the engine wants it: logical sockets on every usable address, sent in trains and received in bunches. */
package io.wirecloset.transport.udp;
