/** The payloads of VL2's packets: offsets to write frames into head room, records for control messages, the numbers. */
package io.wirecloset.vl2.wire;
