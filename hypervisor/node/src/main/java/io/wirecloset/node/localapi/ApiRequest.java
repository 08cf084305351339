package io.wirecloset.node.localapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/**
 * One authorised request of the local API.
 *
 * @param method GET, POST or DELETE; PUT arrives as POST
 * @param path the segments between the slashes, at least one
 * @param body the bytes as they came, at most {@link LocalApiServer#MAX_BODY_BYTES}
 */
public record ApiRequest(String method, List<String> path, byte[] body) {
    static final ObjectMapper JSON = new ObjectMapper();

    public boolean is(String wanted) {
        return method.equals(wanted);
    }

    /** Segment i, or the empty text when the path is shorter. */
    public String segment(int i) {
        return i < path.size() ? path.get(i) : "";
    }

    /**
     * The body as a JSON object.
     *
     * @throws BadRequest when it is none
     */
    public ObjectNode json() {
        try {
            JsonNode node = JSON.readTree(body);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw new BadRequest("expected a JSON object in the body");
        } catch (JsonProcessingException e) {
            throw new BadRequest("body is no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new BadRequest("body cannot be read: " + e.getMessage());
        }
    }

    /** The body as a JSON object, or an empty one where the stock service tolerates anything. */
    public ObjectNode jsonOrEmpty() {
        try {
            return json();
        } catch (BadRequest e) {
            return JSON.createObjectNode();
        }
    }

    /** The stock service answers these with status 500 and a description. */
    public static final class BadRequest extends RuntimeException {
        public BadRequest(String message) {
            super(message, null, false, false);
        }
    }
}
