package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.identity.IdentityGenerator;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Who the node is: the identity in its home directory, made when there is none yet. */
final class OwnIdentity {
    private OwnIdentity() {}

    /** @throws IOException when the file holds no identity with its secret: a new one would be another node */
    static Identity loadOrMake(HomeDirectory home, RandomSource random) throws IOException {
        Optional<String> text = home.identitySecret();
        if (text.isEmpty()) {
            return keep(home, new IdentityGenerator().generate(random));
        }
        String file = home.path().resolve("identity.secret").toString();
        try {
            Identity identity = Identity.parse(text.get().trim());
            if (!identity.secretMatches()) {
                throw new IOException(
                        file + ": the secret does not belong to the public key; restore the file, or remove"
                                + " it and the node gets a new address");
            }
            return keep(home, identity);
        } catch (MalformedException e) {
            throw new IOException(
                    file + " holds no identity (" + e.getMessage()
                            + "); restore the file, or remove it and the node gets a new address",
                    e);
        }
    }

    static Identity keep(HomeDirectory home, Identity identity) {
        home.saveIdentity(identity.toSecretText(), identity.toPublicText());
        return identity;
    }

    /** Waits for a check that takes a while; everything else was started meanwhile. */
    static void mustBe(Future<Boolean> valid, Identity identity, HomeDirectory home) throws IOException {
        try {
            if (!valid.get()) {
                throw new IOException("identity " + Addresses.format(identity.address()) + " of " + home.path()
                        + " is not valid: its address does not follow from its key; remove identity.secret and the node"
                        + " gets a new one");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
