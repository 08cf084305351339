package io.wirecloset.transport.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code struct tcmsg} with the one queueing discipline that is used: a token bucket, {@code tbf}. */
final class QdiscCodec {
    private static final int HANDLE = 1 << 16;
    /** Two {@code tc_ratespec} of 12 bytes, then limit, buffer and mtu. */
    private static final int PARAMETERS_BYTES = 36;

    private static final int LINK_LAYER = 1;
    private static final int RATE = 8;
    private static final int LIMIT = 24;
    private static final long RATE_MAX = 0xffff_ffffL;

    private QdiscCodec() {}

    static Request tokenBucket(int link, long bytesPerSecond, int burstBytes, int queueBytes) {
        ByteBuffer parameters = ByteBuffer.allocate(PARAMETERS_BYTES).order(ByteOrder.nativeOrder());
        // a kernel that knows the link layer needs no table of transmission times
        parameters.put(LINK_LAYER, (byte) Rtnetlink.TC_LINKLAYER_ETHERNET);
        parameters.putInt(RATE, (int) Math.min(bytesPerSecond, RATE_MAX));
        parameters.putInt(LIMIT, queueBytes);
        Request request = new Request(
                        Rtnetlink.RTM_NEWQDISC, Rtnetlink.NLM_F_ACK | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE)
                .u8(0)
                .u8(0)
                .u16(0)
                .u32(link)
                .u32(HANDLE)
                .u32(Rtnetlink.TC_H_ROOT)
                .u32(0)
                .put(Rtnetlink.TCA_KIND, "tbf");
        int options = request.begin(Rtnetlink.TCA_OPTIONS);
        request.put(Rtnetlink.TCA_TBF_PARMS, parameters.array());
        request.put(
                Rtnetlink.TCA_TBF_RATE64,
                ByteBuffer.allocate(Long.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putLong(bytesPerSecond)
                        .array());
        request.put(Rtnetlink.TCA_TBF_BURST, burstBytes);
        return request.end(options);
    }
}
