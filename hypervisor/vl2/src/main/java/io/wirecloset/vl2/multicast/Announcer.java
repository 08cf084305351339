package io.wirecloset.vl2.multicast;

import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.network.Member;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.network.Underlay;
import io.wirecloset.vl2.wire.MulticastLike;
import io.wirecloset.vl2.wire.Timing;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** Tells others which groups we listen to (vl2.md 11.1). */
public final class Announcer {
    /** Likes in one packet: split before it would reach the largest packet. */
    private static final int LIKES_PER_PACKET = (Wire.MAX_PAYLOAD_BYTES - 1) / io.wirecloset.vl2.wire.Wire.LIKE_BYTES;

    private final Underlay underlay;

    public Announcer(Underlay underlay) {
        this.underlay = underlay;
    }

    /** All groups to those who answer gathers: every {@link Timing#MULTICAST_ANNOUNCE_MS}. */
    public void announceToGatherers(Network n, long nowMs) {
        Collection<MulticastGroup> groups = n.groups();
        for (long gatherer : gatherers(n)) {
            send(n, gatherer, groups, nowMs);
        }
    }

    /** All groups to the members who pass the gate and were told {@link Timing#MULTICAST_ANNOUNCE_MS} ago or never. */
    public void announceToMembers(Network n, long nowMs) {
        Collection<MulticastGroup> groups = n.groups();
        for (Member member : n.members()) {
            if (member.isAdmitted() && nowMs - member.groupsAnnouncedMs() >= Timing.MULTICAST_ANNOUNCE_MS) {
                send(n, member.address(), groups, nowMs);
                member.groupsAnnounced(nowMs);
            }
        }
    }

    /** All groups to one member that just passed the gate, if it is due. */
    public void announceIfDue(Network n, Member member, long nowMs) {
        if (nowMs - member.groupsAnnouncedMs() >= Timing.MULTICAST_ANNOUNCE_MS) {
            send(n, member.address(), n.groups(), nowMs);
            member.groupsAnnounced(nowMs);
        }
    }

    /** New groups, at once to everybody concerned. */
    public void announceNew(Network n, Collection<MulticastGroup> groups, long nowMs) {
        Set<Long> everybody = gatherers(n);
        for (Member member : n.members()) {
            if (member.isAdmitted()) {
                everybody.add(member.address());
            }
        }
        for (long address : everybody) {
            send(n, address, groups, nowMs);
        }
    }

    private Set<Long> gatherers(Network n) {
        Set<Long> gatherers = new LinkedHashSet<>(n.gatherers());
        for (long upstream : underlay.upstreams()) {
            gatherers.add(upstream);
        }
        gatherers.remove(n.self());
        return gatherers;
    }

    private void send(Network n, long to, Collection<MulticastGroup> groups, long nowMs) {
        WireWriter likes = new WireWriter(256);
        int count = 0;
        for (MulticastGroup group : groups) {
            new MulticastLike(n.id(), group).write(likes);
            if (++count == LIKES_PER_PACKET) {
                flush(to, likes, nowMs);
                count = 0;
            }
        }
        if (count > 0) {
            flush(to, likes, nowMs);
        }
    }

    private void flush(long to, WireWriter likes, long nowMs) {
        underlay.send(
                to, Verb.MULTICAST_LIKE, likes.buffer(), likes.offset(), likes.length(), Underlay.COMPRESS, nowMs);
        likes.reset();
    }
}
