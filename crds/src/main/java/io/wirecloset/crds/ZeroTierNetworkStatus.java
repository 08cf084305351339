package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.ArrayList;
import java.util.List;

/** What the operator found and did. Everything here can be computed anew. */
@JsonClassDescription("What the operator found and did; it can be computed anew.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public final class ZeroTierNetworkStatus {
    @Min(0)
    @JsonPropertyDescription("The metadata.generation that this status speaks of.")
    public Long observedGeneration;

    @Pattern("^[0-9a-f]{16}$")
    @JsonPropertyDescription("The 16-digit id that devices join; given in spec.networkId or derived from the name.")
    public String networkId;

    @Pattern("^[0-9a-f]{10}$")
    @JsonPropertyDescription("Address of the controller that serves the network: the first ten digits of its id.")
    public String controller;

    @Min(0)
    @JsonPropertyDescription("How many members are authorized. Nothing of a joined network.")
    public Integer authorizedMembers;

    @Min(0)
    @JsonPropertyDescription(
            "How many members the controller has heard within the last two minutes. Nothing of a joined network.")
    public Integer onlineMembers;

    @Min(0)
    @JsonPropertyDescription("How many nodes of the cluster hold a block of this network.")
    public Integer nodes;

    @Size(max = 16)
    @JsonPropertyDescription("Addresses of devices that asked to join and have no ZeroTierMember, the newest 16.")
    public List<String> pending = new ArrayList<>();

    @Size(max = 262144)
    @JsonPropertyDescription(
            "While the present spec is refused and members go on with the one before: that spec, as JSON. The operator"
                    + " serves it after a restart too.")
    public String specInForce;

    @Size(max = 16)
    @JsonPropertyDescription(
            "Ready: the controller serves the network as specified, or every node is on the joined one; else the reason"
                    + " and the cure. RulesCompiled: what became of spec.rules. AddressesAvailable: whether a new member finds an IPv4"
                    + " address. BlocksAvailable: whether every node has a block. PodsReachable: whether a joined network is as this cluster's pods need it.")
    @ListKeys("type")
    public List<Condition> conditions = new ArrayList<>();
}
