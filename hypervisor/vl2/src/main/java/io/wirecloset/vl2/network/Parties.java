package io.wirecloset.vl2.network;

import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.ethernet.DerivedAddresses;
import io.wirecloset.vl2.rule.Party;
import java.util.Arrays;

/** Ourselves and other members as the rules see them (rules.md 3): pure functions of configuration and credentials. */
final class Parties {
    /** Bytes that the derived addresses of all members of a network have in common (vl2.md 2.2). */
    private static final int SIX_PLANE_COMMON = DerivedAddresses.SIX_PLANE_PREFIX / 8;

    private static final int RFC4193_COMMON = DerivedAddresses.RFC4193_PREFIX / 8;

    private Parties() {}

    /** What our configuration gives us. */
    static Party own(NetworkConfig config) {
        Party.Builder party = Party.builder();
        config.tags().forEach(tag -> party.tag(tag.id(), tag.value()));
        config.capabilities().forEach(capability -> party.capability(capability.id(), capability.rules()));
        config.ownerships().forEach(ownership -> addThings(party, ownership));
        party.unknownMatches((config.flags() & NetworkConfig.FLAG_UNKNOWN_MATCHES_ARE_TRUE) != 0);
        if (config.ndpEmulation()) {
            addEmulated(
                    party, config, DerivedAddresses.sixPlane(config.networkId(), config.issuedTo()), SIX_PLANE_COMMON);
            addEmulated(party, config, DerivedAddresses.rfc4193(config.networkId(), config.issuedTo()), RFC4193_COMMON);
        }
        return party.build();
    }

    private static void addEmulated(Party.Builder party, NetworkConfig config, byte[] derived, int common) {
        for (InetCidr address : config.staticAddresses()) {
            if (Arrays.equals(address.ip(), derived)) {
                party.emulates(derived, common);
                return;
            }
        }
    }

    /** What counts now of what a member has shown: inside the window around our configuration, and not revoked. */
    static Party of(Membership membership, NetworkConfig config) {
        if (config == null || membership.holdsNothing()) {
            return Party.NONE;
        }
        Party.Builder party = Party.builder();
        for (Credential credential : membership.valid(config.timestamp(), config.credentialWindowMs())) {
            switch (credential) {
                case Tag tag -> party.tag(tag.id(), tag.value());
                case Capability capability -> party.capability(capability.id(), capability.rules());
                case CertificateOfOwnership ownership -> addThings(party, ownership);
                default -> {}
            }
        }
        return party.build();
    }

    private static void addThings(Party.Builder party, CertificateOfOwnership ownership) {
        for (CertificateOfOwnership.Thing thing : ownership.things()) {
            switch (thing.type()) {
                case CertificateOfOwnership.Thing.TYPE_MAC -> party.ownsMac(mac(thing.value()));
                case CertificateOfOwnership.Thing.TYPE_IPV4, CertificateOfOwnership.Thing.TYPE_IPV6 ->
                    party.owns(thing.value());
                default -> {} // of a kind nobody can own today
            }
        }
    }

    private static long mac(byte[] six) {
        return (long) Bytes.u16(six, 0) << 32 | Bytes.u32(six, 2) & 0xffff_ffffL;
    }
}
