/** The kernel's packet filter, spoken to in JSON through libnftables. */
package io.wirecloset.transport.nftables;
