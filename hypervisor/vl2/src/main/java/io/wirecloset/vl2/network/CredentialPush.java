package io.wirecloset.vl2.network;

import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Tag;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Our own credentials as the payloads that show them to another member (vl2.md 7.2). A pure function. */
final class CredentialPush {
    /** Room that stock nodes want free before one more of a kind goes into a packet: its largest size and then some. */
    private static final int CAPABILITY_ROOM = 2864 + 16;

    private static final int TAG_ROOM = 136 + 16;
    private static final int OWNERSHIP_ROOM = 416 + 16;
    /** The empty message: end of certificates and four counts. */
    private static final int EMPTY_LENGTH = 1 + 4 * 2;

    private CredentialPush() {}

    /** Payloads of NETWORK_CREDENTIALS; none if the configuration gave us no credentials. The first has the certificate of membership. */
    static List<byte[]> payloads(NetworkConfig config) {
        Deque<Capability> capabilities = new ArrayDeque<>(config.capabilities());
        Deque<Tag> tags = new ArrayDeque<>(config.tags());
        Deque<CertificateOfOwnership> ownerships = new ArrayDeque<>(config.ownerships());
        List<CertificateOfMembership> memberships =
                config.membership() == null ? List.of() : List.of(config.membership());
        List<byte[]> payloads = new ArrayList<>();
        while (!memberships.isEmpty() || !capabilities.isEmpty() || !tags.isEmpty() || !ownerships.isEmpty()) {
            int size = PacketHeader.LENGTH + EMPTY_LENGTH + length(memberships);
            List<Capability> someCapabilities = take(capabilities, CAPABILITY_ROOM, size);
            size += length(someCapabilities);
            List<Tag> someTags = take(tags, TAG_ROOM, size);
            size += length(someTags);
            List<CertificateOfOwnership> someOwnerships = take(ownerships, OWNERSHIP_ROOM, size);
            payloads.add(new CredentialsMessage(memberships, someCapabilities, someTags, List.of(), someOwnerships)
                    .toBytes());
            memberships = List.of();
        }
        return payloads;
    }

    private static <C extends Credential> List<C> take(Deque<C> from, int room, int size) {
        List<C> taken = new ArrayList<>();
        while (!from.isEmpty() && size + room < Wire.MAX_PACKET_BYTES) {
            C one = from.removeFirst();
            size += one.toBytes().length;
            taken.add(one);
        }
        return taken;
    }

    private static int length(List<? extends Credential> credentials) {
        return credentials.stream().mapToInt(one -> one.toBytes().length).sum();
    }
}
