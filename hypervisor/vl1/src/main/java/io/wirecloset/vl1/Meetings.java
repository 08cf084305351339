package io.wirecloset.vl1;

import io.wirecloset.vl1.peer.Peer;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.Timing;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Meets peers where a relay says they are: both sides send to each other at about the same time, each opening its NAT
 * for the other (notes on behaviour, section 6).
 *
 * <p>Two things go beyond what stock nodes do. A peer not known yet is met once its identity is; and an attempt is
 * repeated a few times, as the other side may have been later than we, or the packet lost.
 */
final class Meetings {
    private static final class Meeting {
        final long peer;
        final int socket;
        final Endpoint endpoint;
        final long beganMs;
        int attempts;

        Meeting(long peer, int socket, Endpoint endpoint, long beganMs) {
            this.peer = peer;
            this.socket = socket;
            this.endpoint = endpoint;
            this.beganMs = beganMs;
        }
    }

    private final Peers peers;
    private final Contacts contacts;
    private final Outbound outbound;
    private final Whois whois;
    private final DropCounters drops;
    private final ArrayDeque<Meeting> meetings = new ArrayDeque<>();

    Meetings(Peers peers, Contacts contacts, Outbound outbound, Whois whois, DropCounters drops) {
        this.peers = peers;
        this.contacts = contacts;
        this.outbound = outbound;
        this.whois = whois;
        this.drops = drops;
    }

    /** @param socket where the RENDEZVOUS came in: the one whose NAT mapping the relay knows */
    void onRendezvous(Rendezvous rendezvous, int socket, long nowMs) {
        meetings.removeIf(other -> other.peer == rendezvous.peer());
        if (meetings.size() >= Limits.MEETINGS) {
            meetings.poll();
            drops.count(Drop.QUEUE_FULL);
        }
        Meeting meeting = new Meeting(rendezvous.peer(), socket, rendezvous.endpoint(), nowMs);
        meetings.add(meeting);
        if (peers.find(rendezvous.peer()) == null) {
            whois.lookup(rendezvous.peer(), nowMs);
        } else {
            attempt(meeting, nowMs);
        }
    }

    /** A peer became known: perhaps somebody introduced it already. */
    void onPeerKnown(Peer peer, long nowMs) {
        for (Meeting meeting : meetings) {
            if (meeting.peer == peer.address() && meeting.attempts == 0) {
                attempt(meeting, nowMs);
            }
        }
    }

    /** Repeats what is due. @return when to be asked next */
    long poll(long nowMs) {
        long nextMs = Long.MAX_VALUE;
        for (Iterator<Meeting> each = meetings.iterator(); each.hasNext(); ) {
            Meeting meeting = each.next();
            Peer peer = peers.find(meeting.peer);
            boolean met = peer != null && peer.heardDirectlySince(meeting.beganMs);
            if (met || nowMs - meeting.beganMs >= Timing.MEETING_MS) {
                each.remove();
                continue;
            }
            long dueMs = meeting.beganMs + Timing.meetingAttemptMs(meeting.attempts);
            if (peer != null && dueMs <= nowMs) {
                attempt(meeting, nowMs);
                dueMs = meeting.beganMs + Timing.meetingAttemptMs(meeting.attempts);
            }
            nextMs = Math.min(nextMs, Math.max(dueMs, nowMs + 1));
        }
        return nextMs;
    }

    private void attempt(Meeting meeting, long nowMs) {
        meeting.attempts++;
        Peer peer = peers.find(meeting.peer);
        if (!contacts.isAllowed(peer, meeting.endpoint)) {
            drops.count(Drop.NOT_BELIEVED);
            return;
        }
        outbound.junk(meeting.socket, meeting.endpoint);
        contacts.contact(peer, meeting.socket, meeting.endpoint, nowMs);
    }
}
