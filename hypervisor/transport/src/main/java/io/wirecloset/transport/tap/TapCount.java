package io.wirecloset.transport.tap;

/** What a queue of a TAP counts. */
public enum TapCount {
    /** From the host, as they went on: after cutting. */
    READ_FRAMES,
    READ_BYTES,
    /** System calls that brought something: single frames and super-frames. */
    READ_CALLS,
    /** From the host, but longer than a slot. */
    READ_TOO_LONG,
    /** From the host, but marked to be cut or summed in a way that does not fit the frame. */
    READ_NOT_UNDERSTOOD,
    /** To the host, as they came: before joining. */
    WRITTEN_FRAMES,
    WRITTEN_BYTES,
    WRITE_CALLS,
    /** Not for a wire: shorter than an Ethernet header or longer than a slot. */
    DROPPED_LENGTH,
    /** Lost: the device is down. */
    DROPPED_DOWN,
    /** Lost: the kernel has no room. */
    DROPPED_FULL,
    /** Lost: the kernel refused. */
    DROPPED_REFUSED,
    /** Lost: somebody deleted the device, or it was closed. */
    DROPPED_GONE
}
