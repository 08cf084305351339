package io.wirecloset.operator.host;

import java.util.List;

/**
 * A member as the controller treats it.
 *
 * @param address 40 bits
 * @param identity full public identity as text, or null: whoever proves to own the address first is pinned
 * @param ipAssignments without prefix length, in the order of the resource
 */
public record HostedMember(
        long networkId,
        long address,
        String identity,
        boolean authorized,
        boolean noAutoAssignIps,
        List<String> ipAssignments) {}
