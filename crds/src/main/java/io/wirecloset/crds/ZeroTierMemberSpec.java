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
    @ValidationRule(
            value = "!self.startsWith('ff') && self != '0000000000'",
            message = "no device has this address: 0000000000 and those that begin with ff are reserved")
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
    @Items(
            maxLength = 39,
            rule = "isIP(self)",
            message = "an entry of ipAssignments is an IP address without prefix length")
    @ListKeys
    public List<String> ipAssignments = new ArrayList<>();

    @Size(max = 64)
    @JsonPropertyDescription(
            "Values of tags that the network's rules define. A tag that is not listed has its default, if the rules"
                    + " give one; status.tags shows all.")
    @ListKeys("name")
    public List<Tag> tags = new ArrayList<>();

    @Size(max = 64)
    @Items(maxLength = 64)
    @JsonPropertyDescription(
            "Names of capabilities that the network's rules define, beside those that everybody has by default;"
                    + " status.capabilities shows all.")
    @ListKeys
    public List<String> capabilities = new ArrayList<>();

    @Default("false")
    @JsonPropertyDescription(
            "Whether the member bridges: it may send under MACs of devices behind it, and receives what nobody else"
                    + " is known to have. Default false.")
    public boolean bridge;

    /** A tag's value. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Tag {
        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("Name of the tag in the network's rules.")
        public String name;

        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("Its value: a name that the rules define for it, or a number.")
        public String value;

        public Tag() {}

        public Tag(String name, String value) {
            this.name = name;
            this.value = value;
        }
    }
}
