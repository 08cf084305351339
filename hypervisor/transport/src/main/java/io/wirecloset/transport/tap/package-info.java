/** TAP devices: where a network's frames meet the host. */
package io.wirecloset.transport.tap;
