package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the operator gives a node. Agents read all nodes' specs: they are the table of block routes. */
@JsonClassDescription("What the operator gives the node.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public final class ZeroTierNodeSpec {
    @Size(max = 128)
    @JsonPropertyDescription("One entry for each network that the node is on, by name. Written by the operator.")
    @ListKeys("network")
    public List<NodeNetwork> networks = new ArrayList<>();

    /** A node's share of one network. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class NodeNetwork {
        @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Name of the ZeroTierNetwork.")
        public String network;

        @Required
        @Pattern("^[0-9a-f]{16}$")
        @JsonPropertyDescription("Id of the network, for the agent to join.")
        public String networkId;

        @Size(max = 18)
        @JsonPropertyDescription(
                "The range from which this node's pods get IPv4 addresses, for example 10.80.128.0/24. Kept for"
                        + " the life of the node and a while longer.")
        public String block;

        @Size(max = 32)
        @JsonPropertyDescription(
                "The node's own addresses in the network without prefix length: where others send what is for"
                        + " its block.")
        public List<String> addresses = new ArrayList<>();

        @Override
        public boolean equals(Object o) {
            return o instanceof NodeNetwork n
                    && Objects.equals(network, n.network)
                    && Objects.equals(networkId, n.networkId)
                    && Objects.equals(block, n.block)
                    && Objects.equals(addresses, n.addresses);
        }

        @Override
        public int hashCode() {
            return Objects.hash(network, networkId, block, addresses);
        }
    }
}
