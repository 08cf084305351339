package io.wirecloset.transport.tap;

/**
 * What a TAP shall be like.
 *
 * @param name of the interface
 * @param mac low 48 bits
 * @param mtuBytes of the packets in the frames
 * @param queues one for each lane
 * @param persistent the device, its addresses and its routes stay when the process ends, to be found again by the name
 */
public record TapSettings(String name, long mac, int mtuBytes, int queues, boolean persistent) {
    private static final int NAME_LIMIT_BYTES = 15;
    /** The kernel's. */
    private static final int QUEUES_LIMIT = 256;

    private static final long GROUP_BIT = 1L << 40;

    public TapSettings {
        // a percent sign would make the kernel choose a number
        if (!name.matches("[!-~]{1," + NAME_LIMIT_BYTES + "}") || name.matches(".*[/%:].*|\\.\\.?")) {
            throw new IllegalArgumentException("not an interface name: \"" + name + "\"");
        }
        if (mac >>> 48 != 0 || (mac & GROUP_BIT) != 0 || mac == 0) {
            throw new IllegalArgumentException("not a MAC of one device: " + Long.toHexString(mac));
        }
        if (queues < 1 || queues > QUEUES_LIMIT) {
            throw new IllegalArgumentException("from 1 to " + QUEUES_LIMIT + " queues, not " + queues);
        }
    }
}
