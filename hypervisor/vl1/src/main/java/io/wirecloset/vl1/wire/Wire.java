package io.wirecloset.vl1.wire;

/** Sizes and numbers that the protocol fixes. Header layouts: {@link PacketHeader}, {@link FragmentHeader}; verbs: {@link Verb}. */
public final class Wire {
    /** What we speak: the last one of the 1.x line, and the first with {@link #SUITE_AES_GMAC_SIV}. */
    public static final int PROTOCOL_VERSION = 12;
    /** Peers that speak less are refused. */
    public static final int PROTOCOL_VERSION_MIN = 4;
    /** First version that answers ECHO. */
    public static final int PROTOCOL_VERSION_ECHO = 5;
    /** First version that understands {@link #SUITE_AES_GMAC_SIV}. */
    public static final int PROTOCOL_VERSION_AES = 12;

    public static final int DEFAULT_PORT = 9993;

    public static final int ADDRESS_BYTES = 5;
    public static final long ADDRESS_MASK = 0xff_ffff_ffffL;
    /** First byte of reserved addresses; where a source address would stand it marks a fragment. */
    public static final int RESERVED_ADDRESS_PREFIX = 0xff;

    public static final int MAC_BYTES = 8;
    public static final int SESSION_KEY_BYTES = 48;
    public static final int PUBLIC_KEY_BYTES = 64;
    public static final int SECRET_KEY_BYTES = 64;
    public static final int SIGNATURE_BYTES = 96;
    /** Identity on the wire, without and with its secret. */
    public static final int IDENTITY_BYTES = 71;

    public static final int IDENTITY_WITH_SECRET_BYTES = 135;
    public static final int IDENTITY_TYPE = 0;

    /** UDP payload a path is assumed to carry. */
    public static final int DEFAULT_MTU = 1432;

    public static final int MIN_MTU = 1400;
    public static final int MAX_MTU = 10_324;
    /** Most pieces of one packet, head included. */
    public static final int MAX_FRAGMENTS = 7;
    /** Largest packet, all fragments together. */
    public static final int MAX_PACKET_BYTES = MAX_FRAGMENTS * DEFAULT_MTU;
    /** Largest payload of a packet, also after decompression. */
    public static final int MAX_PAYLOAD_BYTES = MAX_PACKET_BYTES - PacketHeader.LENGTH;
    /** Payloads up to this size are never compressed. */
    public static final int COMPRESS_ABOVE_BYTES = 64;

    /** Relays drop what was relayed this often already. */
    public static final int RELAY_MAX_HOPS = 3;

    /** Authenticated, not encrypted. */
    public static final int SUITE_POLY1305 = 0;

    public static final int SUITE_SALSA_POLY1305 = 1;
    /** Neither authenticated nor encrypted: for physical networks configured as trusted. */
    public static final int SUITE_TRUSTED_PATH = 2;

    public static final int SUITE_AES_GMAC_SIV = 3;

    /** OK and ERROR begin with verb (1) and packet id (8) of what they answer. */
    public static final int IN_RE_BYTES = 9;

    public static final int WORLD_MAX_ROOTS = 4;
    public static final int WORLD_MAX_ENDPOINTS = 32;

    public static final int ENDPOINT_MAX_BYTES = 19;

    private Wire() {}
}
