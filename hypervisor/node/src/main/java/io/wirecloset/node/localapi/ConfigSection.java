package io.wirecloset.node.localapi;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * /config of the local API: local.conf, and changes of its settings. They are written, and shown from then on; what of
 * them the node acts on, it acts on from its next start.
 */
public final class ConfigSection implements ApiSection {
    /** The first segment of the paths that it answers. */
    public static final String SEGMENT = "config";

    private final Supplier<ObjectNode> conf;
    private final Consumer<ObjectNode> change;

    /**
     * @param conf local.conf as it is now
     * @param change takes fields for its settings
     */
    public ConfigSection(Supplier<ObjectNode> conf, Consumer<ObjectNode> change) {
        this.conf = conf;
        this.change = change;
    }

    @Override
    public ApiResponse answer(ApiRequest r) {
        if (r.is("GET") && r.path().size() == 1) {
            return ApiResponse.ok(conf.get());
        }
        if (r.is("POST") && r.path().size() == 2 && r.segment(1).equals("settings")) {
            change.accept(r.json());
            return ApiResponse.ok(JsonNodeFactory.instance.objectNode());
        }
        return null;
    }
}
