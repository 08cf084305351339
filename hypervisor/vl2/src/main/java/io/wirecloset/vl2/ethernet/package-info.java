/** Ethernet as VL2 sees it: MACs made from ids, multicast groups, derived IPv6 addresses, ARP and NDP in place. */
package io.wirecloset.vl2.ethernet;
