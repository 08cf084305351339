package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the node's agent says of itself. */
@JsonClassDescription("What the node's agent says of itself.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public final class ZeroTierNodeStatus {
    @Min(0)
    @JsonPropertyDescription("The metadata.generation that the agent has carried out.")
    public Long observedGeneration;

    @Pattern("^[0-9a-f]{10}$")
    @JsonPropertyDescription("The node's address.")
    public String address;

    @Pattern("^[0-9a-f]{10}:0:[0-9a-f]{128}$")
    @JsonPropertyDescription(
            "The node's full public identity, made on the node. The operator admits it to the networks by this.")
    public String identity;

    @Size(max = 64)
    @JsonPropertyDescription("Where the node's sockets are bound, as ip/port.")
    public List<String> endpoints = new ArrayList<>();

    @Size(max = 16)
    @JsonPropertyDescription(
            "Where others see the node, and what routers let through to it, as ip/port. Kept while nobody says: other"
                    + " nodes look for it here and at its endpoints when no root answers.")
    public List<String> surface = new ArrayList<>();

    @Size(max = 64)
    @JsonPropertyDescription("Version of the agent.")
    public String version;

    @JsonPropertyDescription("How the node reaches its peers.")
    public Paths paths;

    @Size(max = 128)
    @JsonPropertyDescription("How the node does on each of its networks.")
    @ListKeys("network")
    public List<OnNetwork> networks = new ArrayList<>();

    @Size(max = 16)
    @JsonPropertyDescription("Ready: the agent serves pods on this node; else the reason and the cure.")
    @ListKeys("type")
    public List<Condition> conditions = new ArrayList<>();

    /** A count of peers by kind of path. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Paths {
        @Min(0)
        @JsonPropertyDescription("Peers reached directly.")
        public int direct;

        @Min(0)
        @JsonPropertyDescription("Peers reached through a root.")
        public int relayed;
    }

    /** What the controller of a network has said to this node. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class OnNetwork {
        @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Name of the ZeroTierNetwork.")
        public String network;

        @Required
        @Pattern("^[A-Z_]{1,32}$")
        @JsonPropertyDescription(
                "How far its membership is, in the words of zerotier-cli: OK, REQUESTING_CONFIGURATION (no answer yet),"
                        + " ACCESS_DENIED (the controller does not admit the node), NOT_FOUND (the controller knows no such"
                        + " network) and others.")
        public String state;

        @Size(max = 32)
        @JsonPropertyDescription("Addresses that the controller gave the node, without prefix length.")
        public List<String> addresses = new ArrayList<>();

        @Size(max = 32)
        @JsonPropertyDescription("Ranges that are on-link for every member, as the controller says.")
        public List<String> onLink = new ArrayList<>();

        @Override
        public boolean equals(Object o) {
            return o instanceof OnNetwork n
                    && Objects.equals(network, n.network)
                    && Objects.equals(state, n.state)
                    && Objects.equals(addresses, n.addresses)
                    && Objects.equals(onLink, n.onLink);
        }

        @Override
        public int hashCode() {
            return Objects.hash(network, state, addresses, onLink);
        }
    }
}
