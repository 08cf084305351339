/** Who a node is: its keys, the address that follows from them, and what can be done with the secret half. */
package io.wirecloset.vl1.identity;
