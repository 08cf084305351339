package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;

/** Who the member is and what it gets. */
@JsonClassDescription("Who the member is and what it gets.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "has(self.address) || has(self.identity)",
        message = "a member needs an address (10 digits) or a full identity")
@ValidationRule(
        value = "!has(self.address) || !has(self.identity) || self.identity.startsWith(self.address + ':')",
        message = "address and identity name different devices",
        fieldPath = ".identity")
@ValidationRule(
        value = "!has(oldSelf.address) || (has(self.address) && self.address == oldSelf.address)",
        message = "address cannot be changed: delete this member and create another",
        fieldPath = ".address",
        reason = "FieldValueForbidden")
@ValidationRule(
        value = "!has(oldSelf.identity) || (has(self.identity) && self.identity == oldSelf.identity)",
        message = "identity cannot be changed once pinned: delete this member and create another",
        fieldPath = ".identity",
        reason = "FieldValueForbidden")
public final class ZeroTierMemberSpec {
    @Required
    @Size(min = 1, max = 253)
    @ValidationRule(
            value = "self == oldSelf",
            message = "network cannot be changed: delete this member and create another",
            reason = "FieldValueForbidden")
    @JsonPropertyDescription("Name of the ZeroTierNetwork. Cannot be changed.")
    public String network;

    @Size(max = 10)
    @Pattern("^[0-9a-f]{10}$")
    @JsonPropertyDescription(
            "The device's 10-digit address. Enough to admit it; whoever first proves to own the address is"
                    + " pinned by full identity. Cannot be changed.")
    public String address;

    @Size(max = 141)
    @Pattern("^[0-9a-f]{10}:0:[0-9a-f]{128}$")
    @JsonPropertyDescription(
            "The device's full public identity (address:0:128 digits), as its identity.public file has it. Safer"
                    + " than the address alone. When left out, the operator writes it here after the first request."
                    + " Cannot be changed once set.")
    public String identity;

    @Default("true")
    @JsonPropertyDescription(
            "Whether the member gets a configuration. Setting it to false revokes what it has. Default true.")
    public boolean authorized = true;

    @Size(max = 127)
    @JsonPropertyDescription("A name for people; no meaning to the network.")
    public String name;

    @Default("false")
    @JsonPropertyDescription(
            "Whether to assign only what ipAssignments lists, and nothing from the network's range. Default"
                    + " false.")
    public boolean noAutoAssignIps;

    @Size(max = 32)
    @JsonPropertyDescription(
            "IP addresses of the member in this network, without prefix length. Those given here are kept;"
                    + " those that the controller assigns are added by server-side apply, so they survive a restore of the"
                    + " resource. At most 32.")
    @ListKeys
    public List<String> ipAssignments = new ArrayList<>();
}
