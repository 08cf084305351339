package io.wirecloset.transport.netlink;

/**
 * What the kernel says of a TUN or TAP device beyond what every interface has.
 *
 * @param isTap carries Ethernet frames, not IP packets
 * @param persistent stays when nobody has it open
 * @param vnetHeader its frames have one in front
 * @param queues that processes hold open now
 */
public record Tun(boolean isTap, boolean persistent, boolean multiQueue, boolean vnetHeader, int queues) {}
