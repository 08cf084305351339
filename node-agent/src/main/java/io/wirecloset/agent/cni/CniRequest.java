package io.wirecloset.agent.cni;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wirecloset.agent.attach.AttachmentKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One call, as the shim hands it on. A request that exists is well-formed: what is required for its verb is there and has
 * an allowed form.
 *
 * @param key null for GC and STATUS
 * @param network name of the ZeroTierNetwork wanted; null = the primary one
 * @param previous the result so far in a chain of plugins, or what ADD said; null when there is none
 * @param valid for GC: the attachments that shall stay
 * @param podConfig what is asked for beyond an interface
 * @param trace W3C trace parent of the runtime's span; empty when there is none
 */
record CniRequest(
        Verb verb,
        CniVersion version,
        String cniName,
        AttachmentKey key,
        String netnsPath,
        CniArgs args,
        String network,
        JsonNode previous,
        List<AttachmentKey> valid,
        PodConfig podConfig,
        String trace) {

    /** What may be asked. */
    enum Verb {
        ADD(CniVersion.V0_1_0, true),
        DEL(CniVersion.V0_1_0, true),
        CHECK(CniVersion.V0_4_0, true),
        GC(CniVersion.V1_1_0, false),
        STATUS(CniVersion.V1_1_0, false);

        final CniVersion since;
        final boolean namesAttachment;

        Verb(CniVersion since, boolean namesAttachment) {
            this.since = since;
            this.namesAttachment = namesAttachment;
        }
    }

    /** As the shim's. A GC names every pod of a node, 99 bytes each, and libcni does so twice. */
    static final int LIMIT_BYTES = 512 * 1024;

    private static final int PROTOCOL_VERSION = 1;
    private static final int VALID_LIMIT = 2048;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,252}");
    /** Keys of ours in a configuration begin so; the rest may be anybody's. */
    private static final String OWN_PREFIX = "wirecloset";

    private static final JsonMapper JSON = JsonMapper.builder(new com.fasterxml.jackson.core.JsonFactoryBuilder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxStringLength(LIMIT_BYTES)
                            .maxNumberLength(64)
                            .build())
                    .disable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                    .build())
            .build();

    static CniRequest read(byte[] bytes) throws CniException {
        JsonNode json = parse(bytes);
        if (json.path("version").asInt() != PROTOCOL_VERSION) {
            throw new CniException(
                    CniException.INTERNAL,
                    "the shim speaks another version of the agent's protocol than this agent",
                    "the shim in the CNI directory and the agent must be of one release");
        }
        JsonNode config = json.path("config");
        if (!config.isObject()) {
            throw new CniException(CniException.DECODING_FAILURE, "the configuration is not a JSON object");
        }
        CniVersion version = version(config);
        Verb verb = verb(text(json, "command"), version);
        refuseUnknown(config);
        CniArgs args = CniArgs.parse(text(json, "args"));
        return new CniRequest(
                verb,
                version,
                name(config, "name"),
                verb.namesAttachment ? key(text(json, "containerId"), text(json, "ifname")) : null,
                text(json, "netns"),
                args,
                config.has("network") ? name(config, "network") : null,
                config.path("prevResult").isObject() ? config.path("prevResult") : null,
                verb == Verb.GC ? valid(config) : List.of(),
                verb == Verb.ADD ? PodConfig.read(config, json.path("ipam"), args) : PodConfig.NOTHING,
                text(json, "traceparent"));
    }

    /** The version an error about this request should be told in, as far as can be seen. */
    static CniVersion versionOf(byte[] bytes) {
        try {
            CniVersion version =
                    CniVersion.of(parse(bytes).path("config").path("cniVersion").asText());
            return version == null ? CniVersion.NEWEST : version;
        } catch (CniException e) {
            return CniVersion.NEWEST;
        }
    }

    private static JsonNode parse(byte[] bytes) throws CniException {
        try {
            JsonNode json = JSON.readTree(bytes);
            if (json != null && json.isObject()) {
                return json;
            }
        } catch (IOException e) {
            // the reason would quote the input; that it is not JSON is all a person needs
        }
        throw new CniException(CniException.DECODING_FAILURE, "the configuration on stdin is not valid JSON");
    }

    private static CniVersion version(JsonNode config) throws CniException {
        CniVersion version = CniVersion.of(config.path("cniVersion").asText());
        if (version == null) {
            throw new CniException(
                    CniException.INCOMPATIBLE_VERSION,
                    "cniVersion of the configuration is not supported",
                    "supported: " + List.of(CniVersion.values()));
        }
        return version;
    }

    private static Verb verb(String command, CniVersion version) throws CniException {
        for (Verb verb : Verb.values()) {
            if (verb.name().equals(command)) {
                if (!version.isAtLeast(verb.since)) {
                    throw new CniException(
                            CniException.INCOMPATIBLE_VERSION,
                            command + " needs cniVersion " + verb.since + " or newer");
                }
                return verb;
            }
        }
        throw new CniException(CniException.BAD_ENVIRONMENT, "CNI_COMMAND is unknown");
    }

    private static void refuseUnknown(JsonNode config) throws CniException {
        for (Iterator<String> keys = config.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            if (key.startsWith(OWN_PREFIX)) {
                throw new CniException(
                        CniException.UNSUPPORTED_FIELD,
                        "the configuration has a key that is not known here: " + key,
                        config.path(key).toString());
            }
        }
    }

    private static AttachmentKey key(String containerId, String ifname) throws CniException {
        try {
            return new AttachmentKey(containerId, ifname);
        } catch (IllegalArgumentException e) {
            throw new CniException(CniException.BAD_ENVIRONMENT, e.getMessage());
        }
    }

    private static List<AttachmentKey> valid(JsonNode config) throws CniException {
        JsonNode listed = config.has("cni.dev/valid-attachments")
                ? config.path("cni.dev/valid-attachments")
                : config.path("cni.dev/attachments");
        if (listed.isNull()) {
            return List.of(); // how a Go program says "none"
        }
        if (!listed.isArray() || listed.size() > VALID_LIMIT) {
            // without a list nothing would be valid; freeing all pods is never what was meant
            throw new CniException(
                    CniException.BAD_CONFIG, "cni.dev/valid-attachments is not a list of at most " + VALID_LIMIT);
        }
        List<AttachmentKey> keys = new ArrayList<>();
        // behind another plugin ours has another name than the one the runtime knows
        String named = text(config, "interface");
        for (JsonNode one : listed) {
            keys.add(key(text(one, "containerID"), named.isEmpty() ? text(one, "ifname") : named));
        }
        return keys;
    }

    private static String name(JsonNode config, String key) throws CniException {
        String name = text(config, key);
        if (!NAME.matcher(name).matches()) {
            throw new CniException(CniException.BAD_CONFIG, key + " is missing or has characters that are not allowed");
        }
        return name;
    }

    private static String text(JsonNode json, String key) {
        JsonNode value = json.path(key);
        return value.isTextual() ? value.textValue() : "";
    }
}
