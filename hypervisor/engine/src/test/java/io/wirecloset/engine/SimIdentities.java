package io.wirecloset.engine;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl1.wire.Addresses;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Identities for networks of more nodes than there are genuine test identities: real keys, but addresses that are counted
 * instead of derived from them, which would take most of a second each. In the simulator nobody checks that.
 */
final class SimIdentities {
    private static final long FIRST_ADDRESS = 0x10_0000_0000L;
    private static final int HALF_BYTES = 32;
    private static final HexFormat HEX = HexFormat.of();

    private SimIdentities() {}

    /** @param index of a leaf: the first are the genuine ones, but for those of the roots and the controller */
    static Identity leaf(int index) {
        return index < 60 ? TestIdentities.get(2 + index) : made(index);
    }

    private static Identity made(int index) {
        SplittableRandom random = new SplittableRandom(index);
        byte[] secret = new byte[2 * HALF_BYTES];
        for (int i = 0; i < secret.length; i++) secret[i] = (byte) random.nextInt();
        byte[] open = new byte[2 * HALF_BYTES];
        X25519.generatePublicKey(secret, 0, open, 0);
        Ed25519.generatePublicKey(secret, HALF_BYTES, open, HALF_BYTES);
        long address = FIRST_ADDRESS + index * 0x1_0001L;
        return Identity.parse(Addresses.format(address) + ":0:" + HEX.formatHex(open) + ":" + HEX.formatHex(secret));
    }
}
