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

/** What the controller knows of the member. Written now and then, not at each request. */
@JsonClassDescription("What the controller knows of the member; written now and then, not at each request.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public final class ZeroTierMemberStatus {
    @Min(0)
    @JsonPropertyDescription("The metadata.generation that this status speaks of.")
    public Long observedGeneration;

    @Pattern("^[0-9a-f]{16}$")
    @JsonPropertyDescription("The id of the network.")
    public String networkId;

    @Pattern("^[0-9a-f]{10}$")
    @JsonPropertyDescription("The member's address.")
    public String address;

    @Pattern("^([0-9a-f]{2}:){5}[0-9a-f]{2}$")
    @JsonPropertyDescription("The member's MAC in this network; it follows from address and network id.")
    public String mac;

    @Size(max = 40)
    @JsonPropertyDescription("All its addresses in this network with prefix length, those derived from ids included.")
    public List<String> addresses = new ArrayList<>();

    @Size(max = 1024)
    @Items(maxLength = 140)
    @JsonPropertyDescription("Its tags as name=value, those that it has by default included.")
    public List<String> tags = new ArrayList<>();

    @Size(max = 1024)
    @Items(maxLength = 64)
    @JsonPropertyDescription("Names of its capabilities, those that it has by default included.")
    public List<String> capabilities = new ArrayList<>();

    @JsonPropertyDescription("Whether the controller heard it within the last two minutes.")
    public Boolean online;

    @Size(max = 64)
    @JsonPropertyDescription("When it last asked for its configuration (RFC 3339, UTC), at most a minute behind.")
    public String lastSeen;

    @Size(max = 64)
    @JsonPropertyDescription("From where it last asked, ip/port; that of a root when the request was relayed.")
    public String endpoint;

    @Pattern("^(Direct|Relayed)$")
    @JsonPropertyDescription(
            "How the controller reaches it: Direct, or Relayed by a root. Members reach each other in ways of their own.")
    public String path;

    @Min(0)
    @JsonPropertyDescription("Round trip between the controller and it in milliseconds, as of lastSeen.")
    public Integer latencyMs;

    @Size(max = 32)
    @JsonPropertyDescription("The version of its software.")
    public String version;

    @Size(max = 16)
    @JsonPropertyDescription(
            "Ready: the controller knows this member as specified; else the reason and the cure. ResolvedRefs, while false:"
                    + " tags or capabilities that the network's rules do not define. AddressAssigned, while false: the"
                    + " network has no IPv4 address left for it.")
    @ListKeys("type")
    public List<Condition> conditions = new ArrayList<>();
}
