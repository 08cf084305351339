package io.wirecloset.controller.store;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A store in memory, for controllers whose truth lives elsewhere, and for tests: it can be told to answer late, to
 * fail, and to lose changes. Belongs to the control loop.
 */
public final class MemoryStore implements Store {
    /** What becomes of the changes that come next. */
    public enum Mood {
        /** Stored and confirmed during the call. */
        PROMPT,
        /** Kept back until {@link #release}. */
        LATE,
        /** Refused. */
        FAILING,
        /** Stored, but never confirmed. */
        SILENT,
        /** Neither stored nor confirmed. */
        LOSING
    }

    private record MemberKey(long networkId, long address) {}

    private record Held(Change change, Completion completion) {}

    private final Map<Long, Network> networks = new TreeMap<>(Long::compareUnsigned);
    private final Map<MemberKey, Member> members =
            new TreeMap<>(Comparator.<MemberKey, Long>comparing(MemberKey::networkId, Long::compareUnsigned)
                    .thenComparing(MemberKey::address));
    private final Deque<Held> held = new ArrayDeque<>();
    private final List<Change> log = new ArrayList<>();
    private long reservedUntilMs;
    private Mood mood = Mood.PROMPT;

    public void mood(Mood next) {
        mood = next;
    }

    @Override
    public void load(Loading loading) {
        if (mood == Mood.FAILING) {
            loading.failed("the store was told to fail");
        } else {
            loading.loaded(contents());
        }
    }

    @Override
    public void commit(Change change, Completion completion) {
        switch (mood) {
            case PROMPT -> {
                apply(change);
                completion.done();
            }
            case LATE -> held.add(new Held(change, completion));
            case FAILING -> completion.failed("the store was told to fail");
            case SILENT -> apply(change);
            case LOSING -> {}
        }
    }

    /** Stores and confirms the oldest change kept back. @return false if there is none */
    public boolean release() {
        Held next = held.poll();
        if (next == null) {
            return false;
        }
        apply(next.change());
        next.completion().done();
        return true;
    }

    /** Refuses the oldest change kept back. @return false if there is none */
    public boolean refuse() {
        Held next = held.poll();
        if (next == null) {
            return false;
        }
        next.completion().failed("the store was told to fail");
        return true;
    }

    /** Changes kept back. */
    public int waiting() {
        return held.size();
    }

    /** Everything stored, as a restart would find it. */
    public Contents contents() {
        return new Contents(List.copyOf(networks.values()), List.copyOf(members.values()), reservedUntilMs);
    }

    /** All changes stored so far, in order. */
    public List<Change> log() {
        return List.copyOf(log);
    }

    private void apply(Change change) {
        log.add(change);
        switch (change) {
            case Change.PutNetwork put -> networks.put(put.network().id(), put.network());
            case Change.DeleteNetwork delete -> {
                networks.remove(delete.networkId());
                members.keySet().removeIf(key -> key.networkId() == delete.networkId());
            }
            case Change.PutMember put ->
                members.put(new MemberKey(put.member().networkId(), put.member().address()), put.member());
            case Change.DeleteMember delete -> members.remove(new MemberKey(delete.networkId(), delete.address()));
            case Change.ReserveTimestamps reserve -> reservedUntilMs = Math.max(reservedUntilMs, reserve.untilMs());
        }
    }
}
