package io.wirecloset.node.home;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.path.PathPolicy.Physical;
import io.wirecloset.vl1.path.PathPolicy.Virtual;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code local.conf} (notes on behaviour, section 10): what of it this node acts on, and the whole of it as read, for the
 * local API. A file that is no JSON object is refused with its name. Nothing in it is passed over in silence: what this
 * node does not do, does not know, or cannot make sense of stands in {@link #notices}.
 */
public final class LocalConf {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PORT_MAX = 65_535;
    private static final int PHYSICAL_NETWORKS_MAX = 32;

    private static final Set<String> SECTIONS = Set.of("physical", "virtual", "settings");
    private static final Set<String> OF_A_NETWORK = Set.of("blacklist", "trustedPathId", "mtu");
    private static final Set<String> OF_A_PEER = Set.of("try", "blacklist");
    private static final Set<String> SETTINGS = Set.of(
            "primaryPort",
            "secondaryPort",
            "allowSecondaryPort",
            "bind",
            "interfacePrefixBlacklist",
            "allowManagementFrom");

    /** Settings of the stock service that this node does not have, and why that need not trouble, or must. */
    private static final Map<String, String> NOT_DONE = Map.ofEntries(
            Map.entry("tertiaryPort", "ports of routers are not mapped"),
            Map.entry("portMappingEnabled", "ports of routers are not mapped"),
            Map.entry("allowTcpFallbackRelay", "there is no fallback to TCP"),
            Map.entry("forceTcpRelay", "there is no fallback to TCP"),
            Map.entry("tcpFallbackRelay", "there is no fallback to TCP"),
            Map.entry("lowBandwidthMode", "there is no such mode"),
            Map.entry("multicoreEnabled", "the program chooses its lanes"),
            Map.entry("concurrency", "the program chooses its lanes"),
            Map.entry("cpuPinningEnabled", "lanes are not pinned"),
            Map.entry("defaultBondingPolicy", "paths are not bonded"),
            Map.entry("policies", "paths are not bonded"),
            Map.entry("peerSpecificBonds", "paths are not bonded"),
            Map.entry("softwareUpdate", "it does not update itself"),
            Map.entry("softwareUpdateChannel", "it does not update itself"),
            Map.entry("softwareUpdateDist", "it does not update itself"),
            Map.entry("controllerDbPath", "the controller's files are in controller.d"),
            Map.entry("ssoRedirectURL", "there is no single sign-on"),
            Map.entry("enableWebServer", "there is no web server"));

    private final ObjectNode whole;
    private final JsonNode settings;
    private final Wishes wishes = new Wishes();

    private final int primaryPort;
    private final int secondaryPort;
    private final boolean allowSecondaryPort;
    private final List<Endpoint> bind;
    private final List<String> interfacePrefixBlacklist;
    private final List<InetCidr> allowManagementFrom;
    private final List<Physical> physical = new ArrayList<>();
    private final Map<Long, Virtual> virtual = new HashMap<>();

    private LocalConf(ObjectNode whole) {
        this.whole = whole;
        unknown("", whole, SECTIONS);
        settings = section("settings");
        settings.properties().forEach(setting -> noteIfNotDone(setting.getKey(), setting.getValue()));
        primaryPort = wishes.number(settings.path("primaryPort"), "settings.primaryPort", 0, PORT_MAX, -1);
        secondaryPort = wishes.number(settings.path("secondaryPort"), "settings.secondaryPort", 0, PORT_MAX, -1);
        allowSecondaryPort =
                wishes.flag(settings.path("allowSecondaryPort"), "settings.allowSecondaryPort", secondaryPort > 0);
        bind = wishes.ips(settings.path("bind"), "settings.bind");
        interfacePrefixBlacklist =
                wishes.texts(settings.path("interfacePrefixBlacklist"), "settings.interfacePrefixBlacklist");
        allowManagementFrom = wishes.networks(settings.path("allowManagementFrom"), "settings.allowManagementFrom");
        section("physical").properties().forEach(one -> addPhysical(one.getKey(), one.getValue()));
        section("virtual").properties().forEach(one -> addVirtual(one.getKey(), one.getValue()));
    }

    public static LocalConf empty() {
        return new LocalConf(JSON.createObjectNode());
    }

    /** @throws IllegalArgumentException with what is wrong and where */
    public static LocalConf parse(byte[] text) {
        if (text.length == 0) {
            return empty();
        }
        try {
            JsonNode node = JSON.readTree(text);
            if (node instanceof ObjectNode object) {
                return new LocalConf(object);
            }
            throw new IllegalArgumentException("local.conf: expected a JSON object");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "local.conf, line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("local.conf: " + e.getMessage(), e);
        }
    }

    /** Adds what the file "trustedpaths" says, an older form: lines of {@code hexid=network/bits}. */
    public LocalConf withTrustedPaths(byte[] file) {
        for (String line : new String(file, StandardCharsets.US_ASCII).split("[\r\n]+")) {
            String[] sides = line.trim().split("=", 2);
            if (sides.length == 2 && sides[0].matches("[0-9a-fA-F]{1,16}")) {
                long id = Long.parseUnsignedLong(sides[0], 16);
                wishes.network(sides[1].trim(), "trustedpaths")
                        .ifPresent(network -> physical.add(new Physical(network, false, id, 0)));
            } else if (!line.isBlank() && !line.startsWith("#")) {
                wishes.note("trustedpaths", "is ignored in part: \"" + line + "\" is not hexid=network/bits");
            }
        }
        return this;
    }

    // ---- settings

    /** Everything of it that has no effect, line by line, for people. */
    public List<String> notices() {
        return wishes.notices();
    }

    public ObjectNode json() {
        return whole.deepCopy();
    }

    /** One object, indented for people. */
    public byte[] toBytes() {
        return whole.toPrettyString().getBytes(StandardCharsets.UTF_8);
    }

    /** With these fields in its settings, in place of those of the same names. */
    public LocalConf withSettings(ObjectNode fields) {
        ObjectNode changed = json();
        if (!(changed.get("settings") instanceof ObjectNode)) {
            changed.putObject("settings");
        }
        ((ObjectNode) changed.get("settings")).setAll(fields);
        return new LocalConf(changed);
    }

    /** 0 asks for any free one. */
    public int primaryPort(int otherwise) {
        return primaryPort < 0 ? otherwise : primaryPort;
    }

    /**
     * A second port to bind beside the first. Unlike the stock service this node has none unless local.conf asks for it:
     * every HELLO would go out twice.
     *
     * @return empty for none; 0 asks for any free one
     */
    public Optional<Integer> secondaryPort() {
        return allowSecondaryPort ? Optional.of(Math.max(0, secondaryPort)) : Optional.empty();
    }

    /** Local addresses to bind instead of those of all interfaces; their ports mean nothing. */
    public List<Endpoint> bind() {
        return bind;
    }

    public List<String> interfacePrefixBlacklist() {
        return interfacePrefixBlacklist;
    }

    /** Networks that may use the local API besides loopback. */
    public List<InetCidr> allowManagementFrom() {
        return allowManagementFrom;
    }

    private void noteIfNotDone(String name, JsonNode value) {
        String where = "settings." + name;
        if (NOT_DONE.containsKey(name)) {
            if (!asksForNothing(value)) {
                wishes.note(where, "has no effect: " + NOT_DONE.get(name));
            }
        } else if (!SETTINGS.contains(name)) {
            wishes.note(where, "is not known");
        }
    }

    private static boolean asksForNothing(JsonNode value) {
        return value.isNull()
                || value.isBoolean() && !value.booleanValue()
                || value.isContainerNode() && value.isEmpty()
                || Set.of("", "none", "disable").contains(value.asText("?"));
    }

    // ---- paths

    /** What is said of physical networks and of peers. */
    public PathPolicy paths() {
        return new PathPolicy(physical, virtual);
    }

    /** Networks never used for paths nor bound. */
    public List<InetCidr> blacklisted() {
        return physical.stream()
                .filter(Physical::blacklisted)
                .map(Physical::network)
                .toList();
    }

    private void addPhysical(String network, JsonNode says) {
        String where = "physical." + network;
        if (physical.size() == PHYSICAL_NETWORKS_MAX) {
            wishes.note(where, "is ignored: there are more than " + PHYSICAL_NETWORKS_MAX + " networks");
            return;
        }
        unknown(where, says, OF_A_NETWORK);
        boolean blacklisted = wishes.flag(says.path("blacklist"), where + ".blacklist", false);
        long trustedPathId = wishes.trustedPathId(says.path("trustedPathId"), where + ".trustedPathId");
        boolean usualMtu = says.path("mtu").asInt(-1) == 0;
        int mtu = wishes.number(
                usualMtu ? MissingNode.getInstance() : says.path("mtu"), where + ".mtu", Wire.MIN_MTU, Wire.MAX_MTU, 0);
        wishes.network(network, where)
                .ifPresent(cidr -> physical.add(new Physical(cidr, blacklisted, trustedPathId, mtu)));
    }

    private void addVirtual(String address, JsonNode says) {
        String where = "virtual." + address;
        unknown(where, says, OF_A_PEER);
        Virtual one = new Virtual(
                wishes.endpoints(says.path("try"), where + ".try"),
                wishes.networks(says.path("blacklist"), where + ".blacklist"));
        wishes.address(address, where).ifPresent(peer -> virtual.put(peer, one));
    }

    private JsonNode section(String name) {
        JsonNode section = whole.path(name);
        if (!section.isMissingNode() && !section.isObject()) {
            wishes.note(name, "is ignored: it is no object");
            return MissingNode.getInstance();
        }
        return section;
    }

    private void unknown(String where, JsonNode object, Set<String> known) {
        object.properties().forEach(one -> {
            if (!known.contains(one.getKey())) {
                wishes.note(where.isEmpty() ? one.getKey() : where + "." + one.getKey(), "is not known");
            }
        });
    }
}
