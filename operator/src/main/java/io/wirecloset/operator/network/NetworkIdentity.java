package io.wirecloset.operator.network;

import io.wirecloset.crds.ZeroTierNetwork;
import io.wirecloset.crds.ZeroTierNetworkStatus;
import io.wirecloset.vl1.wire.NetworkIds;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A network's id: given, or derived from the controller's address (upper 40 bits) and the resource's name (lower 24,
 * the start of its SHA-256, never 0). Nothing else goes in, so a restore that lost every status finds the same ids.
 */
public final class NetworkIdentity {
    private static final long LOW_24_BITS = 0xff_ffff;

    private NetworkIdentity() {}

    public static long derive(long controllerAddress, String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            long low = (hash[0] & 0xffL) << 16 | (hash[1] & 0xffL) << 8 | hash[2] & 0xffL;
            return controllerAddress << 24 | (low == 0 ? LOW_24_BITS : low);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The id that a resource asks for, whether or not it gets it.
     *
     * @throws IllegalArgumentException when spec.networkId is not 16 hex digits
     */
    public static long wanted(ZeroTierNetwork network, long controllerAddress) {
        String given = network.getSpec() == null ? null : network.getSpec().networkId;
        if (given == null || given.isEmpty()) {
            return derive(controllerAddress, network.getMetadata().getName());
        }
        if (!given.matches("[0-9a-f]{16}")) {
            throw new IllegalArgumentException("\"" + given + "\" is not a network id (16 hex digits)");
        }
        return NetworkIds.parse(given);
    }

    /** The id that the status has recorded, or 0. */
    public static long recorded(ZeroTierNetwork network) {
        ZeroTierNetworkStatus status = network.getStatus();
        return status == null || status.networkId == null || !status.networkId.matches("[0-9a-f]{16}")
                ? 0
                : NetworkIds.parse(status.networkId);
    }
}
