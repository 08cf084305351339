package io.wirecloset.vl2.network;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * What the controller has said about one peer on one network, as far as the peer and others have shown it to us
 * (vl2.md 7.3). Bounded by the same limits as a configuration; what comes beyond them is rejected.
 */
public final class Membership {
    /** What became of a credential shown to us. */
    public enum Stored {
        NEW,
        REDUNDANT,
        REJECTED,
        /** The controller's identity is not known yet: show it again. */
        WAIT
    }

    private CertificateOfMembership certificate;
    private long certificateThreshold;

    // tags, capabilities and ownerships, and the thresholds of those revoked, by type and id
    private final Map<Long, Credential> held = new HashMap<>();
    private final Map<Long, Long> thresholds = new HashMap<>();

    /** Stores a credential that was issued to this peer, or a revocation aimed at it. */
    public Stored add(Credential credential, LongFunction<Identity> identities) {
        return switch (credential) {
            case CertificateOfMembership com -> addCertificate(com, identities);
            case Revocation revocation -> addRevocation(revocation, identities);
            default -> addOther(credential, identities);
        };
    }

    private Stored addCertificate(CertificateOfMembership com, LongFunction<Identity> identities) {
        if (Long.compareUnsigned(com.timestamp(), certificateThreshold) <= 0) {
            return Stored.REJECTED;
        }
        if (certificate != null && Long.compareUnsigned(com.timestamp(), certificate.timestamp()) < 0) {
            return Stored.REJECTED;
        }
        if (com.equals(certificate)) {
            return Stored.REDUNDANT;
        }
        Stored verified = verify(com, identities);
        if (verified == Stored.NEW) {
            certificate = com;
        }
        return verified;
    }

    private Stored addOther(Credential credential, LongFunction<Identity> identities) {
        long key = key(credential.type(), credential.id());
        Credential before = held.get(key);
        if (before != null && Long.compareUnsigned(before.timestamp(), credential.timestamp()) > 0) {
            return Stored.REJECTED;
        }
        if (credential.equals(before)) {
            return Stored.REDUNDANT;
        }
        if (isRevoked(credential) || before == null && isFull(credential.type())) {
            return Stored.REJECTED;
        }
        Stored verified = verify(credential, identities);
        if (verified == Stored.NEW) {
            held.put(key, credential);
        }
        return verified;
    }

    private Stored addRevocation(Revocation revocation, LongFunction<Identity> identities) {
        Stored verified = verify(revocation, identities);
        if (verified != Stored.NEW) {
            return verified;
        }
        return switch (revocation.credentialType()) {
            case Credential.TYPE_COM -> raiseCertificateThreshold(revocation.threshold());
            case Credential.TYPE_CAPABILITY, Credential.TYPE_TAG, Credential.TYPE_OWNERSHIP ->
                raiseThreshold(revocation);
            default -> Stored.REJECTED;
        };
    }

    private Stored raiseCertificateThreshold(long threshold) {
        if (Long.compareUnsigned(threshold, certificateThreshold) <= 0) {
            return Stored.REDUNDANT;
        }
        certificateThreshold = threshold;
        return Stored.NEW;
    }

    private Stored raiseThreshold(Revocation revocation) {
        long key = key(revocation.credentialType(), revocation.credentialId());
        Long before = thresholds.get(key);
        if (before != null && Long.compareUnsigned(revocation.threshold(), before) <= 0) {
            return Stored.REDUNDANT;
        }
        if (before == null && thresholds.size() >= Limits.REVOCATIONS_PER_MEMBER) {
            return Stored.REJECTED;
        }
        thresholds.put(key, revocation.threshold());
        // stock nodes set, not raise, the certificate's threshold here; kept, so that all members decide alike
        certificateThreshold = revocation.threshold();
        return Stored.NEW;
    }

    private static Stored verify(Credential credential, LongFunction<Identity> identities) {
        return switch (credential.verify(identities)) {
            case OK -> Stored.NEW;
            case BAD -> Stored.REJECTED;
            case WAIT -> Stored.WAIT;
        };
    }

    /** Whether the peer may talk to the holder of {@code ours} (vl2.md 7.4). @param who the peer's real identity */
    public boolean agrees(CertificateOfMembership ours, Identity who) {
        return certificate != null
                && Long.compareUnsigned(certificate.timestamp(), certificateThreshold) > 0
                && ours.agreesWith(certificate, who);
    }

    /** No tag, capability or ownership, valid or not. */
    boolean holdsNothing() {
        return held.isEmpty();
    }

    /** The tags, capabilities and ownerships that count now: inside the window around our configuration, and not revoked. */
    public List<Credential> valid(long configTimestamp, long windowMs) {
        List<Credential> valid = new ArrayList<>();
        for (Credential credential : held.values()) {
            if (isInWindow(credential, configTimestamp, windowMs) && !isRevoked(credential)) {
                valid.add(credential);
            }
        }
        return valid;
    }

    /** Deletes what has left the window for good. */
    public void expire(long configTimestamp, long windowMs) {
        held.values()
                .removeIf(credential -> Long.compareUnsigned(credential.timestamp(), configTimestamp) < 0
                        && !isInWindow(credential, configTimestamp, windowMs));
    }

    private boolean isRevoked(Credential credential) {
        Long threshold = thresholds.get(key(credential.type(), credential.id()));
        return threshold != null && Long.compareUnsigned(credential.timestamp(), threshold) <= 0;
    }

    private boolean isFull(int type) {
        int limit =
                switch (type) {
                    case Credential.TYPE_TAG -> Limits.TAGS;
                    case Credential.TYPE_CAPABILITY -> Limits.CAPABILITIES;
                    default -> Limits.OWNERSHIPS;
                };
        return held.values().stream().filter(c -> c.type() == type).count() >= limit;
    }

    private static boolean isInWindow(Credential credential, long configTimestamp, long windowMs) {
        return Long.compareUnsigned(Math.abs(credential.timestamp() - configTimestamp), windowMs) <= 0;
    }

    private static long key(int type, long id) {
        return (long) type << 32 | id;
    }

    /** The peer's certificate, or null. */
    public CertificateOfMembership certificate() {
        return certificate;
    }

    /** Certificates of this timestamp and older are void; 0 if none was revoked. */
    public long certificateThreshold() {
        return certificateThreshold;
    }
}
