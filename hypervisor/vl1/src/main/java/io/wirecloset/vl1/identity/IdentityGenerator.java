package io.wirecloset.vl1.identity;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Wire;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** Makes new identities: tries agreement keys until one has an address, 15 times on average. Costs a good part of a second. */
public final class IdentityGenerator {
    private static final int HALF_BYTES = 32;

    private final AddressDerivation derivation = new AddressDerivation();

    public Identity generate(RandomSource random) {
        byte[] secret = new byte[Wire.SECRET_KEY_BYTES];
        byte[] open = new byte[Wire.PUBLIC_KEY_BYTES];
        random.fill(secret, HALF_BYTES, HALF_BYTES);
        Ed25519.generatePublicKey(secret, HALF_BYTES, open, HALF_BYTES);
        while (true) {
            random.fill(secret, 0, HALF_BYTES);
            X25519.generatePublicKey(secret, 0, open, 0);
            long address = derivation.derive(open);
            if (address != AddressDerivation.NO_ADDRESS) {
                return Identity.of(address, open, secret);
            }
        }
    }
}
