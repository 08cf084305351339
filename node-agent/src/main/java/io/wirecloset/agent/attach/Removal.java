package io.wirecloset.agent.attach;

import io.wirecloset.agent.attach.Attachment.State;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How an attachment ends: its interface undone in the reverse order of its making, its record turned into a tombstone,
 * and the network told which addresses are still here. Driven by whoever holds the attachment's lock; every step may be
 * repeated, so it does not matter at which of them an earlier attempt ended.
 */
final class Removal {
    /** A sandbox that was deleted does not come back within this time, whatever order its calls arrive in. */
    static final long TOMBSTONE_S = 300;
    /** So many tombstones are kept; then the oldest goes first. */
    static final int TOMBSTONE_LIMIT = 4096;

    private final AttachmentStore records;
    private final Boot boot;
    private final Overlay overlay;
    private final PodWiring wiring;
    private final CrashPoints crash;

    Removal(AttachmentStore records, Boot boot, Overlay overlay, PodWiring wiring, CrashPoints crash) {
        this.records = records;
        this.boot = boot;
        this.overlay = overlay;
        this.wiring = wiring;
        this.crash = crash;
    }

    /** Removes the interface and frees the addresses; the deletion is remembered. */
    void remove(Attachment found) throws IOException {
        finish(List.of(begin(found)));
    }

    /**
     * The part of a removal that its caller waits for: it is written down, and nobody is led to the pod any more. Its
     * addresses stay taken until {@link #finish}.
     */
    Attachment begin(Attachment found) throws IOException {
        Attachment removing = found.in(State.REMOVING, boot.uptimeS());
        records.putAnyway(removing);
        crash.pass(CrashPoints.DEL);
        tellNeighbours(removing.networkId(), null);
        crash.pass(CrashPoints.DEL);
        wiring.disconnect(removing);
        crash.pass(CrashPoints.DEL);
        return removing.options().ports().isEmpty() ? removing : portsFreed(removing);
    }

    /** The pod that takes its place may want the same ports at once. */
    private Attachment portsFreed(Attachment removing) {
        Attachment freed = removing.withoutPorts();
        records.putAnyway(freed);
        return freed;
    }

    /** The rest, for many at once. */
    void finish(Collection<Attachment> removing) throws IOException {
        for (PodWiring.Step step : wiring.steps().reversed()) {
            step.undo(removing);
            crash.pass(CrashPoints.DEL);
        }
        for (Attachment gone : removing) {
            records.putAnyway(gone.in(State.REMOVED, boot.uptimeS()));
        }
        forgetOldTombstones();
        crash.pass(CrashPoints.DEL);
    }

    /** Undoes an attempt as if it had never been. */
    void undo(Attachment attempt) throws IOException {
        for (PodWiring.Step step : wiring.steps().reversed()) {
            step.undo(List.of(attempt));
        }
        records.delete(attempt.key());
        tellNeighbours(attempt.networkId(), null);
    }

    /** Remembers that a sandbox was deleted of which nothing else is known. */
    void rememberDeleted(AttachmentKey key) {
        rememberDeleted(new Attachment(
                key,
                State.REMOVED,
                "",
                "",
                0,
                "",
                0,
                boot.id(),
                null,
                null,
                0,
                Attachment.Pod.UNKNOWN,
                boot.uptimeS(),
                Attachment.Options.NONE));
    }

    /** How long ago the sandbox was deleted, in seconds; -1 if it was not, or so long ago that it does not count. */
    long deletedAgoS(Attachment before) {
        if (before == null || (before.state() != State.REMOVED && before.state() != State.REMOVING)) {
            return -1;
        }
        long agoS = boot.uptimeS() - before.changedS();
        return agoS < TOMBSTONE_S ? agoS : -1;
    }

    private void rememberDeleted(Attachment gone) {
        records.putAnyway(gone.in(State.REMOVED, boot.uptimeS()));
        forgetOldTombstones();
    }

    void forgetOldTombstones() {
        long nowS = boot.uptimeS();
        List<Attachment> tombstones = new ArrayList<>(
                records.all().stream().filter(a -> a.state() == State.REMOVED).toList());
        tombstones.sort((a, b) -> Long.compare(a.changedS(), b.changedS()));
        int surplus = tombstones.size() - TOMBSTONE_LIMIT;
        for (int i = 0; i < tombstones.size(); i++) {
            if (i < surplus || nowS - tombstones.get(i).changedS() >= TOMBSTONE_S) {
                records.delete(tombstones.get(i).key());
            }
        }
    }

    /** @param coming an attachment whose record does not say yet that it is there; null for none */
    void tellNeighbours(long networkId, Attachment coming) {
        Set<InetAddress> addresses = new HashSet<>();
        for (Attachment a : records.all()) {
            if (a.networkId() == networkId && a.state() == State.ATTACHED) {
                addresses.addAll(a.addresses());
            }
        }
        if (coming != null) {
            addresses.addAll(coming.addresses());
        }
        overlay.localNeighbours(networkId, addresses);
    }
}
