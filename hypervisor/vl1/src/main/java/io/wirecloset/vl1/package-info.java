/** VL1, the wire between nodes: {@link io.wirecloset.vl1.PacketSwitch} on the lanes, {@link io.wirecloset.vl1.Vl1} on the control loop. */
package io.wirecloset.vl1;
