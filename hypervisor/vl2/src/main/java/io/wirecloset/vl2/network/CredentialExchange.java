package io.wirecloset.vl2.network;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.network.Membership.Stored;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** Shows our credentials to members and takes theirs (vl2.md 7). */
public final class CredentialExchange {
    private final Underlay underlay;
    private final LongFunction<Network> joined;
    private final DropCounters drops;
    private final Map<Long, Taken> taken = newestOnly();
    private final Map<Asked, Long> askedMs = newestOnly();

    /** A peer's last credentials; the packet's id lets one that had to wait pass the gate again. */
    private record Taken(long packetId, long atMs) {}

    /** Whom we asked for a certificate on which network. */
    private record Asked(long networkId, long address) {}

    private static <K, V> Map<K, V> newestOnly() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > Limits.RATE_GATED_PEERS;
            }
        };
    }

    /** @param joined the network with an id, or null */
    public CredentialExchange(Underlay underlay, LongFunction<Network> joined, DropCounters drops) {
        this.underlay = underlay;
        this.joined = joined;
        this.drops = drops;
    }

    /** Before each frame to a member: shows it our credentials if it may not know the present ones. */
    public void pushIfDue(Network n, Member to, long nowMs) {
        if (n.credentialsAreDue(to, nowMs)) {
            push(n, to, nowMs);
        }
    }

    private void push(Network n, Member to, long nowMs) {
        for (byte[] payload : CredentialPush.payloads(n.config())) {
            underlay.send(to.address(), Verb.NETWORK_CREDENTIALS, payload, 0, payload.length, Underlay.COMPRESS, nowMs);
        }
        to.credentialsPushed(nowMs);
        n.changed(to);
    }

    /**
     * Tells the sender of a packet that we lack its certificate: once a second, which is as often as stock nodes answer,
     * and not again for each retry of a packet that is held.
     */
    public void askForCertificate(Received packet, long networkId, long nowMs) {
        Asked key = new Asked(networkId, packet.source);
        Long before = askedMs.get(key);
        if (before != null && nowMs - before < Timing.CREDENTIALS_ASKED_MS) {
            return;
        }
        askedMs.put(key, nowMs);
        WireWriter error =
                new WireWriter(9).u8(ErrorCode.NEED_MEMBERSHIP_CERTIFICATE).u64(networkId);
        underlay.reply(packet, Verb.ERROR, error.buffer(), error.offset(), error.length(), nowMs);
    }

    /** A peer says that it lacks our certificate. */
    public Handled onNeedCertificate(Received packet, long nowMs) {
        Network n = joined.apply(packet.reader().u64());
        if (n == null || n.config() == null || n.config().membership() == null) {
            return Handled.IGNORED;
        }
        Member asking = n.memberOrNew(packet.source);
        boolean pushedLately = nowMs - asking.credentialsPushedMs() < Timing.CREDENTIALS_ASKED_MS
                && asking.credentialsPushedMs() >= n.configuredMs();
        if (pushedLately) {
            return Handled.IGNORED;
        }
        push(n, asking, nowMs);
        return Handled.DONE;
    }

    /** NETWORK_CREDENTIALS: stores what is new and passes fast-propagating revocations on. */
    public Handled onCredentials(Received packet, long nowMs) {
        if (!mayBeTaken(packet, nowMs)) {
            drops.count(Drop.RATE_LIMITED);
            return Handled.IGNORED;
        }
        CredentialsMessage message = CredentialsMessage.read(packet.reader());
        boolean trusted = false;
        for (Credential credential : inOrder(message)) {
            Stored stored = store(credential, packet, nowMs);
            if (stored == Stored.WAIT) {
                return Handled.HOLD;
            }
            trusted |= stored == Stored.NEW && isOwnOrControllers(credential, packet.source);
        }
        return trusted ? Handled.TRUSTED : Handled.DONE;
    }

    /** What somebody merely passes on says nothing about whoever passes it on. */
    private static boolean isOwnOrControllers(Credential credential, long sender) {
        return credential.issuedTo() == sender || NetworkIds.controllerOf(credential.networkId()) == sender;
    }

    private static List<Credential> inOrder(CredentialsMessage message) {
        List<Credential> all = new ArrayList<>(message.memberships());
        all.addAll(message.capabilities());
        all.addAll(message.tags());
        all.addAll(message.revocations());
        all.addAll(message.ownerships());
        return all;
    }

    private boolean mayBeTaken(Received packet, long nowMs) {
        Taken last = taken.get(packet.source);
        if (last != null && last.packetId != packet.packetId && nowMs - last.atMs < Timing.CREDENTIALS_TAKEN_MS) {
            return false;
        }
        if (last == null || last.packetId != packet.packetId) {
            taken.put(packet.source, new Taken(packet.packetId, nowMs));
        }
        return true;
    }

    /** A certificate that came inside another packet, from an old sender. @return null if there is no such network */
    public Stored storeAttached(CertificateOfMembership certificate, Received packet, long nowMs) {
        return store(certificate, packet, nowMs);
    }

    private Stored store(Credential credential, Received packet, long nowMs) {
        Network n = joined.apply(credential.networkId());
        if (n == null) {
            return Stored.REDUNDANT;
        }
        Member known = n.member(credential.issuedTo());
        Member holder = known != null ? known : n.stranger(credential.issuedTo());
        Stored stored = holder.membership()
                .add(credential, signer -> n.signer(signer, other -> underlay.identityOf(other, nowMs)));
        switch (stored) {
            case NEW -> {
                if (known == null) {
                    n.add(holder);
                }
                if (credential.type() != Credential.TYPE_COM) {
                    n.credentialsChanged(holder);
                }
                judge(n, holder, packet);
                if (credential instanceof Revocation revocation && revocation.isFastPropagating()) {
                    propagate(n, revocation, packet.source, nowMs);
                }
            }
            case REJECTED -> drops.count(Drop.BAD_CREDENTIAL);
            case REDUNDANT, WAIT -> {}
        }
        return stored;
    }

    /** The holder may pass the gate now, or not any more. */
    private void judge(Network n, Member holder, Received packet) {
        if (holder.address() == packet.source) {
            n.gate(holder, packet.from);
        } else if (holder.identity() != null) {
            n.gate(holder, holder.identity());
        }
    }

    private void propagate(Network n, Revocation revocation, long from, long nowMs) {
        byte[] payload = CredentialsMessage.of(revocation).toBytes();
        for (Member member : n.members()) {
            if (member.address() != from && member.address() != revocation.signer()) {
                underlay.send(
                        member.address(),
                        Verb.NETWORK_CREDENTIALS,
                        payload,
                        0,
                        payload.length,
                        Underlay.COMPRESS,
                        nowMs);
            }
        }
    }
}
