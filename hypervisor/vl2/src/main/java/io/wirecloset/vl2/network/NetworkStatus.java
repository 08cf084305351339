package io.wirecloset.vl2.network;

/** How far the membership of a network is, in the words that the local API shows (vl2.md 4.1). */
public enum NetworkStatus {
    REQUESTING_CONFIGURATION,
    OK,
    ACCESS_DENIED,
    NOT_FOUND,
    PORT_ERROR,
    CLIENT_TOO_OLD,
    AUTHENTICATION_REQUIRED
}
