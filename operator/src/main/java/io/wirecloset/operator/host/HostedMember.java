package io.wirecloset.operator.host;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * A member as the controller treats it.
 *
 * @param address 40 bits
 * @param identity full public identity as text, or null: whoever proves to own the address first is pinned
 * @param ipAssignments without prefix length, in the order of the resource
 * @param bridge whether it may send under other MACs than its own
 * @param tags id to value, the network's defaults included
 * @param capabilities ids, the network's defaults included
 */
public record HostedMember(
        long networkId,
        long address,
        String identity,
        boolean authorized,
        boolean noAutoAssignIps,
        List<String> ipAssignments,
        boolean bridge,
        SortedMap<Long, Long> tags,
        SortedSet<Long> capabilities) {
    /** The same member, after what the controller decided by itself has been written down. */
    public HostedMember with(String newIdentity, List<String> newIpAssignments) {
        return new HostedMember(
                networkId,
                address,
                newIdentity,
                authorized,
                noAutoAssignIps,
                List.copyOf(newIpAssignments),
                bridge,
                tags,
                capabilities);
    }
}
