package io.wirecloset.vl2.credential;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * NETWORK_CREDENTIALS (vl2.md 7.1): credentials of any networks, pushed from one node to another.
 *
 * <pre>certificates of membership, each beginning with 1 | u8 0 | u16 n, capabilities | u16 n, tags
 * | u16 n, revocations | u16 n, certificates of ownership</pre>
 *
 * It may end behind any section. How many there are is bounded by the packet that carries them.
 */
public record CredentialsMessage(
        List<CertificateOfMembership> memberships,
        List<Capability> capabilities,
        List<Tag> tags,
        List<Revocation> revocations,
        List<CertificateOfOwnership> ownerships) {

    private static final int MEMBERSHIP_FOLLOWS = 1;

    public CredentialsMessage {
        memberships = List.copyOf(memberships);
        capabilities = List.copyOf(capabilities);
        tags = List.copyOf(tags);
        revocations = List.copyOf(revocations);
        ownerships = List.copyOf(ownerships);
    }

    /** A message with one revocation and nothing else. */
    public static CredentialsMessage of(Revocation revocation) {
        return new CredentialsMessage(List.of(), List.of(), List.of(), List.of(revocation), List.of());
    }

    /** @throws MalformedException */
    public static CredentialsMessage read(WireReader in) {
        List<CertificateOfMembership> memberships = new ArrayList<>(1);
        while (in.hasRemaining() && in.buffer()[in.offset()] == MEMBERSHIP_FOLLOWS) {
            memberships.add(CertificateOfMembership.read(in));
        }
        if (in.hasRemaining() && in.u8() != 0) {
            throw new MalformedException("neither a certificate nor the end of them");
        }
        return new CredentialsMessage(
                memberships,
                readSection(in, Capability::read),
                readSection(in, Tag::read),
                readSection(in, Revocation::read),
                readSection(in, CertificateOfOwnership::read));
    }

    private static <C> List<C> readSection(WireReader in, Function<WireReader, C> one) {
        List<C> section = new ArrayList<>();
        if (in.hasRemaining()) {
            int count = in.u16();
            for (int i = 0; i < count; i++) {
                section.add(one.apply(in));
            }
        }
        return section;
    }

    public void write(WireWriter out) {
        memberships.forEach(one -> one.write(out));
        out.u8(0);
        writeSection(out, capabilities);
        writeSection(out, tags);
        writeSection(out, revocations);
        writeSection(out, ownerships);
    }

    private static void writeSection(WireWriter out, List<? extends Credential> section) {
        out.u16(section.size());
        section.forEach(one -> one.write(out));
    }

    public byte[] toBytes() {
        WireWriter out = new WireWriter(1024);
        write(out);
        return out.toByteArray();
    }
}
