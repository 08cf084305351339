package io.wirecloset.controller.store;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;
import java.util.List;

/**
 * Where a controller keeps its networks, members and the mark of its signing clock. Asynchronous: the controller signs
 * only what a completion has confirmed, so a store may take its time, and answers while it is away cost nothing but new
 * joins.
 *
 * <p>Called on the control loop; must not block it. Completions come back on the control loop, during the call or later.
 * The controller has at most one change of a network (its members included) and one of the clock on the way, so a store
 * need not order them. It must not apply a change after it has reported it failed; a change it has not answered for
 * {@code Timing.COMMIT_TIMEOUT_MS} counts as failed, and may be followed by another of the same object.
 */
public interface Store {
    /** Reads everything, once, before the first change. */
    void load(Loading loading);

    /** Makes the change durable, then calls {@code done}. */
    void commit(Change change, Completion completion);

    /** Takes what was stored. One of the two is called, once, on the control loop. */
    interface Loading {
        void loaded(Contents contents);

        void failed(String why);
    }

    /**
     * Everything there is.
     *
     * @param members of these networks; others are ignored
     * @param reservedUntilMs the last {@link Change.ReserveTimestamps}, 0 for none
     */
    record Contents(List<Network> networks, List<Member> members, long reservedUntilMs) {
        public static final Contents EMPTY = new Contents(List.of(), List.of(), 0);

        public Contents {
            networks = List.copyOf(networks);
            members = List.copyOf(members);
        }
    }
}
