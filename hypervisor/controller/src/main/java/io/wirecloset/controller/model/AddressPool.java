package io.wirecloset.controller.model;

/**
 * A range from which members get addresses. The end is given out only when it is the start too (controller.md 7).
 *
 * @param start first address
 * @param end last address, of the same family; before the start the pool is empty
 */
public record AddressPool(IpAddress start, IpAddress end) {
    /** @throws IllegalArgumentException for ends of different families */
    public AddressPool {
        if (start.isV4() != end.isV4()) {
            throw new IllegalArgumentException("a pool from " + start + " to " + end + " mixes address families");
        }
    }
}
