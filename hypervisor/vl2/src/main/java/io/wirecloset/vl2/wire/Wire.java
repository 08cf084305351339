package io.wirecloset.vl2.wire;

import io.wirecloset.vl2.ethernet.Mac;

/** Numbers fixed by the protocol (vl2.md). Sizes are in bytes. */
public final class Wire {
    public static final int NETWORK_ID_BYTES = 8;
    public static final int ADDRESS_BYTES = 5;
    public static final long ADDRESS_MASK = 0xff_ffff_ffffL;
    /** A network id's top byte when nobody controls it (vl2.md 4.6). */
    public static final int ADHOC_PREFIX = 0xff;

    public static final int SIGNATURE_BYTES = 96;
    public static final int SIGNATURE_ED25519 = 1;
    /** Stands before and behind the message of every signature but the COM's. */
    public static final long SIGNATURE_GUARD = 0x7f7f7f7f7f7f7f7fL;

    public static final int MTU_DEFAULT = 2800;
    public static final int MTU_MIN = 1280;
    public static final int MTU_MAX = 10_000;

    /** Configuration dictionaries: what we write, and the oldest we read. */
    public static final int CONFIG_VERSION = 7;

    public static final int CONFIG_VERSION_MIN = 6;

    /** Largest piece of a dictionary a controller puts into one chunk. */
    public static final int CHUNK_BYTES = 9740;

    public static final int CHUNK_FLAG_FAST_PROPAGATE = 0x01;

    /** In-re verb of the OK that acknowledges a pushed configuration: ECHO's, as stock nodes send it. */
    public static final int CONFIG_ACK_IN_RE = 0x08;

    // flags of EXT_FRAME and MULTICAST_FRAME
    public static final int EXT_FRAME_COM_ATTACHED = 0x01;
    public static final int EXT_FRAME_ACKNOWLEDGE = 0x10;
    public static final int MULTICAST_COM_ATTACHED = 0x01;
    public static final int MULTICAST_GATHER_LIMIT = 0x02;
    public static final int MULTICAST_SOURCE_MAC = 0x04;
    public static final int MULTICAST_REPLICATE = 0x08;
    public static final int GATHER_COM_ATTACHED = 0x01;

    /** Bytes of {@code network id | MAC | ADI}, the unit of MULTICAST_LIKE. */
    public static final int LIKE_BYTES = NETWORK_ID_BYTES + Mac.LENGTH + 4;

    private Wire() {}
}
