package io.wirecloset.node.home;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.wire.InetCidr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * {@code local.conf} (vl1-behavior.md section 10): what of it this node acts on, and the whole of it as read, for the
 * local API. A file that is no JSON object is refused with its name; unknown keys are kept and ignored.
 */
public final class LocalConf {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode whole;

    private LocalConf(ObjectNode whole) {
        this.whole = whole;
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

    public ObjectNode json() {
        return whole.deepCopy();
    }

    /** settings.primaryPort; 0 asks for any free one. */
    public int primaryPort(int otherwise) {
        return settings().path("primaryPort").asInt(otherwise);
    }

    /** settings.bind: local addresses to bind instead of those of all interfaces. */
    public List<String> bind() {
        return texts("bind");
    }

    public List<String> interfacePrefixBlacklist() {
        return texts("interfacePrefixBlacklist");
    }

    /** settings.allowManagementFrom: networks that may use the local API besides loopback. */
    public List<InetCidr> allowManagementFrom() {
        return cidrs(texts("allowManagementFrom"));
    }

    /** physical.<network>.blacklist: addresses never used as paths nor bound. */
    public List<InetCidr> blacklisted() {
        List<String> networks = new ArrayList<>();
        whole.path("physical").properties().forEach(e -> {
            if (e.getValue().path("blacklist").asBoolean(false)) {
                networks.add(e.getKey());
            }
        });
        return cidrs(networks);
    }

    private JsonNode settings() {
        return whole.path("settings");
    }

    private List<String> texts(String key) {
        List<String> out = new ArrayList<>();
        settings().path(key).forEach(n -> out.add(n.asText()));
        return out;
    }

    private static List<InetCidr> cidrs(List<String> texts) {
        Function<String, InetCidr> parse =
                t -> InetCidr.parse(t.contains("/") ? t : t + (t.contains(":") ? "/128" : "/32"));
        return texts.stream().map(parse).toList();
    }
}
