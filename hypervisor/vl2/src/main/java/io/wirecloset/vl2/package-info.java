/** The Ethernet on top of VL1: {@link io.wirecloset.vl2.FrameSwitch} carries frames in the lanes, {@link io.wirecloset.vl2.Vl2} decides on the control loop. */
package io.wirecloset.vl2;
