package io.wirecloset.vl1.wire;

/** Why a request was not answered with OK: the code in an ERROR packet. */
public final class ErrorCode {
    public static final int INVALID_REQUEST = 0x01;
    public static final int BAD_PROTOCOL_VERSION = 0x02;
    public static final int OBJECT_NOT_FOUND = 0x03;
    public static final int IDENTITY_COLLISION = 0x04;
    public static final int UNSUPPORTED_OPERATION = 0x05;
    public static final int NEED_MEMBERSHIP_CERTIFICATE = 0x06;
    public static final int NETWORK_ACCESS_DENIED = 0x07;
    public static final int UNWANTED_MULTICAST = 0x08;
    public static final int NETWORK_AUTHENTICATION_REQUIRED = 0x09;

    private ErrorCode() {}

    /** @return the protocol's name, or hex for numbers that have none */
    public static String name(int code) {
        return switch (code) {
            case INVALID_REQUEST -> "INVALID_REQUEST";
            case BAD_PROTOCOL_VERSION -> "BAD_PROTOCOL_VERSION";
            case OBJECT_NOT_FOUND -> "OBJECT_NOT_FOUND";
            case IDENTITY_COLLISION -> "IDENTITY_COLLISION";
            case UNSUPPORTED_OPERATION -> "UNSUPPORTED_OPERATION";
            case NEED_MEMBERSHIP_CERTIFICATE -> "NEED_MEMBERSHIP_CERTIFICATE";
            case NETWORK_ACCESS_DENIED -> "NETWORK_ACCESS_DENIED";
            case UNWANTED_MULTICAST -> "UNWANTED_MULTICAST";
            case NETWORK_AUTHENTICATION_REQUIRED -> "NETWORK_AUTHENTICATION_REQUIRED";
            default -> "0x" + Integer.toHexString(code);
        };
    }
}
