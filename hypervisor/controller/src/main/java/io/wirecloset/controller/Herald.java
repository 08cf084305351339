package io.wirecloset.controller;

import io.wirecloset.controller.issue.ConfigIssuer;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Revocation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Signs and sends: configurations that were asked for, configurations pushed, revocations. Signs only what is stored. */
final class Herald {
    /** Whose configuration is to be sent without being asked for. */
    record Push(long networkId, long address) {}

    private final Hosting hosting;
    private final SigningClock clock;
    private final ConfigIssuer issuer;
    private final Sender sender;
    private final RandomSource random;
    private final Set<Push> pushes = new LinkedHashSet<>();
    private int pushedThisTurn;
    private int signedThisTurn;

    Herald(Hosting hosting, SigningClock clock, ConfigIssuer issuer, Sender sender, RandomSource random) {
        this.hosting = hosting;
        this.clock = clock;
        this.issuer = issuer;
        this.sender = sender;
        this.random = random;
    }

    /** @param requestPacketId what it answers; 0 for a push */
    void configure(long networkId, long address, long requestPacketId) {
        clock.stamp(timestamp -> send(networkId, address, requestPacketId, timestamp));
    }

    /** If the member is still one when its turn with the clock comes. */
    private void send(long networkId, long address, long requestPacketId, long timestamp) {
        HostedNetwork network = hosting.network(networkId);
        Member member = network == null ? null : network.member(address);
        Session session = network == null ? null : network.session(address);
        if (member == null || session == null || !member.authorized() || member.identity() == null) {
            return;
        }
        NetworkConfig config = issuer.issue(
                network.network(), member, network.activeBridges(), session.info.evaluatesRules(), timestamp);
        signedThisTurn += ConfigIssuer.signatures(config);
        session.configuredMs = hosting.nowMs();
        sender.config(address, requestPacketId, networkId, config.toBytes());
    }

    /** Has the member's configuration sent in one of the next turns, once. */
    void push(long networkId, long address) {
        pushes.add(new Push(networkId, address));
    }

    /** Begins a turn of the control loop, with its share of pushes and signatures. */
    void turn() {
        pushedThisTurn = 0;
        signedThisTurn = 0;
    }

    /** Takes the next push that is to be sent in this turn; null when there is none, or the turn has done its share. */
    Push nextPush() {
        if (pushes.isEmpty()
                || pushedThisTurn == Limits.PUSHES_PER_TURN
                || signedThisTurn >= Limits.SIGNATURES_PER_TURN) {
            return null;
        }
        pushedThisTurn++;
        Push next = pushes.iterator().next();
        pushes.remove(next);
        return next;
    }

    boolean hasPushes() {
        return !pushes.isEmpty();
    }

    /** Voids the member's certificates, and tells everybody who is there, the one concerned included. */
    void revoke(long networkId, long address, List<Long> online) {
        if (online.isEmpty()) {
            return;
        }
        List<Long> recipients = List.copyOf(online);
        clock.stampSurely(timestamp -> {
            Revocation revocation = issuer.revoke(networkId, address, timestamp, random.nextLong() & 0xffff_ffffL);
            recipients.forEach(member -> sender.revocation(member, revocation));
        });
    }
}
