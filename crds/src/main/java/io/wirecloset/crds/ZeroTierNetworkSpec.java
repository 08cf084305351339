package io.wirecloset.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.ArrayList;
import java.util.List;

/** What a user wants of a network. Defaults stand in the schema and, for servers without one, in the initializers. */
@JsonClassDescription("What the network shall be.")
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
@ValidationRule(
        value = "!has(oldSelf.networkId) || (has(self.networkId) && self.networkId == oldSelf.networkId)",
        message = "networkId cannot be changed or removed once set: members know the network by it."
                + " Make a new network instead",
        fieldPath = ".networkId",
        reason = "FieldValueForbidden")
@ValidationRule(
        value =
                "!self.primary || (has(self.ipv4) && has(self.ipv4.nodeBlocks)) || (has(self.ipv6) && self.ipv6.sixPlane)",
        message = "a primary network needs addresses for pods: ipv4.nodeBlocks, or ipv6.sixPlane",
        fieldPath = ".primary")
@ValidationRule(
        value = "self.controller != 'Joined' || has(self.networkId)",
        message = "a joined network needs networkId: the 16 digits that the controller serving it shows",
        fieldPath = ".networkId")
@ValidationRule(
        value = "self.controller != 'Joined' || self.private",
        message = "private is for the controller of a joined network to say: set it there",
        fieldPath = ".private")
@ValidationRule(
        value = "self.controller != 'Joined' || !has(self.ipv4) || !has(self.ipv4.members)",
        message = "ipv4.members is handed out by the controller of a joined network: set it there",
        fieldPath = ".ipv4.members")
@ValidationRule(
        value = "self.controller != 'Joined' || !has(self.routes) || self.routes.size() == 0",
        message = "routes are for the controller of a joined network to say: set them there",
        fieldPath = ".routes")
@ValidationRule(
        value = "self.controller != 'Joined' || !has(self.dns)",
        message = "dns is for the controller of a joined network to say: set it there",
        fieldPath = ".dns")
@ValidationRule(
        value = "self.controller != 'Joined' || self.multicastLimit == 32",
        message = "multicastLimit is for the controller of a joined network to say: set it there",
        fieldPath = ".multicastLimit")
@ValidationRule(
        value = "self.controller != 'Joined' || self.broadcast",
        message = "broadcast is for the controller of a joined network to say: set it there",
        fieldPath = ".broadcast")
@ValidationRule(
        value = "self.controller != 'Joined' || !has(self.rules)",
        message = "rules are for the controller of a joined network to say: set them there",
        fieldPath = ".rules")
@ValidationRule(
        value = "self.controller != 'Joined' || !has(self.access) || !has(self.access.members)"
                + " || self.access.members.size() == 0",
        message = "access.members is about members whom the controller of a joined network admits: set it there",
        fieldPath = ".access.members")
@ValidationRule(
        value = "!self.primary || !has(self.access) || !has(self.access.pods) || self.access.pods.size() == 0",
        message = "access.pods is about networks beside the primary one, on which every pod is: leave it out",
        fieldPath = ".access.pods")
public final class ZeroTierNetworkSpec {
    /** Whose network it is. */
    public enum Controller {
        /** This cluster's controller serves it. */
        @JsonProperty("Own")
        OWN,
        /** It exists already: another cluster's, or any other, controller serves it, and the nodes join it. */
        @JsonProperty("Joined")
        JOINED
    }

    @Default("Own")
    @JsonPropertyDescription(
            "Which controller serves the network. Own (default): this cluster's. Joined: another one, of another"
                    + " cluster for example; the nodes join it by networkId, are admitted and get their addresses there,"
                    + " and give their pods addresses of ipv4.nodeBlocks, which nobody else on the network may use."
                    + " What its controller decides (private, ipv4.members, routes, dns, multicastLimit, broadcast, rules,"
                    + " access.members) is then said there and not here.")
    public Controller controller = Controller.OWN;

    @Size(max = 16)
    @Pattern("^[0-9a-f]{16}$")
    @JsonPropertyDescription(
            "The 16-digit id of the network. Its first ten digits are the address of its controller: this cluster's"
                    + " (status.controller), unless the network is joined. When left out, it is derived from the"
                    + " controller's address and the resource's name, so the same name always gives the same id, also"
                    + " after a restore that lost every status. Cannot be changed once set.")
    public String networkId;

    @Default("true")
    @JsonProperty("private")
    @JsonPropertyDescription(
            "Whether a member must be authorized (true, the default), or whoever knows the id may join.")
    public boolean isPrivate = true;

    @JsonPropertyDescription("IPv4 in this network: the on-link range and what is handed out of it. Without it the"
            + " network has no IPv4 addresses.")
    public Ipv4 ipv4;

    @Default("{\"sixPlane\":false,\"rfc4193\":false}")
    @JsonPropertyDescription("IPv6 addresses that follow from member and network alone.")
    public Ipv6 ipv6 = new Ipv6();

    @Size(max = 127)
    @JsonPropertyDescription("Further routes that members install (the on-link range is one by itself). At most 127.")
    @ListKeys("target")
    public List<Route> routes = new ArrayList<>();

    @JsonPropertyDescription("Name servers for members that accept managed DNS.")
    public Dns dns;

    @Default("2800")
    @Min(1280)
    @Max(10000)
    @JsonPropertyDescription(
            "MTU of the network's interfaces in bytes, 1280 to 10000. Default 2800, what other controllers" + " use.")
    public int mtu = 2800;

    @Default("32")
    @Min(0)
    @Max(1024)
    @JsonPropertyDescription(
            "To how many members a multicast is sent at most. 0 switches multicast off, and with it IPv4"
                    + " address resolution. Default 32.")
    public int multicastLimit = 32;

    @Default("true")
    @JsonPropertyDescription(
            "Whether Ethernet broadcast is allowed. IPv4 address resolution works without. Default true.")
    public boolean broadcast = true;

    @Default("false")
    @JsonPropertyDescription("Whether this is the network of the pods' eth0. At most one network of the cluster is.")
    public boolean primary = false;

    @Size(max = 64)
    @JsonPropertyDescription(
            "Ports of the nodes that members of this network may reach. Empty: none; answers to the node's own"
                    + " connections and ICMP always pass.")
    @ListKeys({"protocol", "port"})
    public List<HostPort> hostAccess = new ArrayList<>();

    @Size(max = 65536)
    @JsonPropertyDescription(
            "Which frames may pass, in the rule language of docs/rules.md. Both ends of every frame enforce it,"
                    + " devices outside the cluster included; a pod counts as its node, and between pods of one node no"
                    + " rule is asked. Tags and capabilities that are defined here can be given to"
                    + " members by name. Left out: everything may pass. What does not compile is told, with line and"
                    + " column, by condition RulesCompiled, and the rules before stay in force.")
    public String rules;

    @Default("{\"members\":[],\"pods\":[]}")
    @JsonPropertyDescription("Who may use this network from inside the cluster.")
    public Access access = new Access();

    /** One on-link IPv4 range, of which two disjoint parts are handed out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    @ValidationRule(
            value = "!isCIDR(self.route) || !has(self.members) || !isCIDR(self.members)"
                    + " || cidr(self.route).containsCIDR(self.members)",
            message = "members must lie inside route",
            fieldPath = ".members")
    @ValidationRule(
            value = "!isCIDR(self.route) || !has(self.nodeBlocks) || !isCIDR(self.nodeBlocks)"
                    + " || cidr(self.route).containsCIDR(self.nodeBlocks)",
            message = "nodeBlocks must lie inside route",
            fieldPath = ".nodeBlocks")
    @ValidationRule(
            value = "!has(self.members) || !has(self.nodeBlocks) || !isCIDR(self.members) || !isCIDR(self.nodeBlocks)"
                    + " || (!cidr(self.members).containsCIDR(self.nodeBlocks)"
                    + " && !cidr(self.nodeBlocks).containsCIDR(self.members))",
            message = "members and nodeBlocks must not overlap",
            fieldPath = ".nodeBlocks")
    @ValidationRule(
            value = "!has(self.nodeBlocks) || !isCIDR(self.nodeBlocks)"
                    + " || self.nodeBlockPrefixLength >= cidr(self.nodeBlocks).prefixLength()",
            message = "nodeBlockPrefixLength must not be shorter than the prefix of nodeBlocks: one block has to fit",
            fieldPath = ".nodeBlockPrefixLength")
    public static final class Ipv4 {
        @Required
        @Size(max = 18)
        @Pattern(CIDR4)
        @ValidationRule(
                value = "isCIDR(self) && cidr(self) == cidr(self).masked()",
                message = "route must be an IPv4 range without host bits, for example 10.80.0.0/16")
        @JsonPropertyDescription(
                "The on-link range of the network, for example 10.80.0.0/16. Members reach everything in it"
                        + " directly. It must not overlap the node network, Services or other networks.")
        public String route;

        @Size(max = 18)
        @Pattern(CIDR4)
        @ValidationRule(
                value = "isCIDR(self) && cidr(self) == cidr(self).masked()",
                message = "members must be an IPv4 range without host bits, for example 10.80.0.0/24")
        @JsonPropertyDescription(
                "The part of route from which members (nodes, devices) get an address each, for example"
                        + " 10.80.0.0/24. Its first and last address are not handed out. Left out: members get only the"
                        + " addresses named in their own resource.")
        public String members;

        @Size(max = 18)
        @Pattern(CIDR4)
        @ValidationRule(
                value = "isCIDR(self) && cidr(self) == cidr(self).masked()",
                message = "nodeBlocks must be an IPv4 range without host bits, for example 10.80.128.0/17")
        @JsonPropertyDescription("The part of route that is cut into one block per node, for its pods, for example"
                + " 10.80.128.0/17. Left out: pods get no IPv4 address of this network.")
        public String nodeBlocks;

        @Default("24")
        @Min(16)
        @Max(30)
        @JsonPropertyDescription(
                "Size of one node's block as a prefix length, 16 to 30. Default 24: about 250 pods per node.")
        public int nodeBlockPrefixLength = 24;
    }

    /** Addresses computed from ids; nothing is handed out or stored. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Ipv6 {
        @Default("false")
        @JsonPropertyDescription(
                "6PLANE: each member owns a /80 of the network's private /40, resolved without any multicast; a"
                        + " node gives its pods addresses of it. Default false.")
        public boolean sixPlane;

        @Default("false")
        @JsonPropertyDescription("RFC4193: each member has one address in the network's private /88. Default false.")
        public boolean rfc4193;
    }

    /** A range that members reach through the network. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    @ValidationRule(
            value = "!has(self.via) || !isIP(self.via) || !isCIDR(self.target)"
                    + " || ip(self.via).family() == cidr(self.target).ip().family()",
            message = "via must be of the same family as target, IPv4 or IPv6",
            fieldPath = ".via")
    public static final class Route {
        @Required
        @Size(max = 43)
        @ValidationRule(
                value = "isCIDR(self) && cidr(self) == cidr(self).masked()",
                message = "target must be a range without host bits, for example 192.168.7.0/24")
        @JsonPropertyDescription("The range, IPv4 or IPv6, for example 192.168.7.0/24.")
        public String target;

        @Size(max = 39)
        @ValidationRule(value = "isIP(self)", message = "via must be an IP address without prefix length")
        @JsonPropertyDescription("Address of the member that forwards to the range. Left out: the range is on-link.")
        public String via;
    }

    /** Resolver settings handed to members. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Dns {
        @Required
        @Size(min = 1, max = 127)
        @JsonPropertyDescription("The domain that is asked there, for example corp.example.")
        public String domain;

        @Required
        @Size(min = 1, max = 4)
        @Items(maxLength = 39, rule = "isIP(self)", message = "a name server is an IP address")
        @ListKeys
        @JsonPropertyDescription("One to four addresses of name servers.")
        public List<String> servers = new ArrayList<>();
    }

    /** A port of the nodes, opened towards the network. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class HostPort {
        /** Transport protocols that have ports. */
        public enum Protocol {
            TCP,
            UDP,
            SCTP
        }

        @Default("TCP")
        @JsonPropertyDescription("TCP (default), UDP or SCTP.")
        public Protocol protocol = Protocol.TCP;

        @Required
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription("Port number, 1 to 65535.")
        public int port;
    }

    /** What namespaces may do with the network. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class Access {
        @Size(max = 256)
        @JsonPropertyDescription(
                "Namespaces whose ZeroTierMember resources count for this network, and what they may ask for. The"
                        + " operator's own namespace needs no entry: its members may have everything. Empty: only those.")
        @ListKeys("namespace")
        public List<MemberGrant> members = new ArrayList<>();

        @Size(max = 256)
        @Items(maxLength = 63, pattern = NAMESPACE)
        @JsonPropertyDescription(
                "Namespaces whose pods may be attached to this network beside the primary one; \"*\" stands for all."
                        + " Pods of others get an error that says so. Empty: none. Not for the primary network, on which"
                        + " every pod is.")
        @ListKeys
        public List<String> pods = new ArrayList<>();
    }

    /** What the members of one namespace may be. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class MemberGrant {
        @Required
        @Size(min = 1, max = 63)
        @Pattern(NAMESPACE)
        @JsonPropertyDescription(
                "Name of the namespace; \"*\" stands for every namespace that has no entry of its own.")
        public String namespace;

        @Size(max = 64)
        @JsonPropertyDescription("Tags that members there may choose. Others they get by default only.")
        @ListKeys("name")
        public List<TagGrant> tags = new ArrayList<>();

        @Size(max = 64)
        @Items(maxLength = 64)
        @JsonPropertyDescription("Names of capabilities that members there may take. Others they get by default only.")
        @ListKeys
        public List<String> capabilities = new ArrayList<>();

        @Size(max = 64)
        @Items(
                maxLength = 43,
                rule = "isCIDR(self) && cidr(self) == cidr(self).masked()",
                message = "an entry of addresses is a range without host bits, for example 10.80.7.0/24")
        @JsonPropertyDescription(
                "Ranges in which members there may choose addresses of their own (ipAssignments), beside"
                        + " spec.ipv4.members, out of which everybody gets one. Never inside spec.ipv4.nodeBlocks.")
        @ListKeys
        public List<String> addresses = new ArrayList<>();

        @Default("false")
        @JsonPropertyDescription(
                "Whether members there may bridge, that is send under MACs of devices behind them. Default false.")
        public boolean bridge;
    }

    /** A tag that may be chosen. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static final class TagGrant {
        @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("Name of the tag in spec.rules.")
        public String name;

        @Size(max = 64)
        @Items(maxLength = 64)
        @JsonPropertyDescription("The values that may be chosen, by name or number. Empty: any.")
        @ListKeys
        public List<String> values = new ArrayList<>();
    }

    private static final String NAMESPACE = "^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$";
    private static final String CIDR4 = "^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$";
}
