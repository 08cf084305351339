package io.wirecloset.controller;

import io.wirecloset.controller.model.Member;

/** Told what happened that somebody may want to show. Called on the control loop; nothing depends on it. */
public interface Listener {
    /** A member asked for the first time, came back, or asks with other software or from elsewhere; or it fell silent. */
    void memberSeen(long networkId, long address);

    /** A member's own request changed what is kept of it: it was pinned, given an address, or let into a public network. */
    void memberChanged(Member member);

    /** Somebody unknown asked to join a private network. */
    void strangerAsked(Stranger stranger);

    /** For those who do not want to know. */
    Listener NOBODY = new Listener() {
        @Override
        public void memberSeen(long networkId, long address) {}

        @Override
        public void memberChanged(Member member) {}

        @Override
        public void strangerAsked(Stranger stranger) {}
    };
}
