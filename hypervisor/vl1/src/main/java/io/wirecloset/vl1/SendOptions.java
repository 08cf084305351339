package io.wirecloset.vl1;

/** How a packet of the control loop is to be sent; they add up. */
public final class SendOptions {
    /** Compress the payload if that makes the packet shorter. */
    public static final int COMPRESS = 1;
    /** An OK to this packet means something. Without it the OK is dropped. */
    public static final int EXPECT_REPLY = 2;

    private SendOptions() {}
}
