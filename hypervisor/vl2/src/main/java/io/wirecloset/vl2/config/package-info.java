/** A network's configuration for one member: asking for it, its chunks, the dictionary, and what that says. */
package io.wirecloset.vl2.config;
