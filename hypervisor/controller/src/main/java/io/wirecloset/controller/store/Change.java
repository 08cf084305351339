package io.wirecloset.controller.store;

import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.Network;

/** One thing to be stored, whole: applying it twice is applying it once. */
public sealed interface Change {
    /** The network, new or in place of what was stored under its id. */
    record PutNetwork(Network network) implements Change {}

    /** The network and all its members are gone. */
    record DeleteNetwork(long networkId) implements Change {}

    /** The member, new or in place of what was stored under its network and address. */
    record PutMember(Member member) implements Change {}

    record DeleteMember(long networkId, long address) implements Change {}

    /** No timestamp above this one has been, or will be, signed before a higher mark is stored. Never goes down. */
    record ReserveTimestamps(long untilMs) implements Change {}
}
