package io.wirecloset.vl1.peer;

/** What an authentic packet's id says about it. */
public enum Verdict {
    /** Never seen. */
    NEW,
    /** Seen a moment ago: sent or relayed twice on purpose, perhaps over another path, which it proves alive. */
    COPY,
    /** Seen before, or too long ago to tell. */
    OLD,
    /** No id of the session the peer announced: it started anew, or somebody repeats what it said in another life. */
    STRANGE
}
