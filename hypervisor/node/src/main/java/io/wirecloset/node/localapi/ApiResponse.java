package io.wirecloset.node.localapi;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An answer of the local API.
 *
 * @param body JSON, or null for an empty body
 * @param text plain text instead of JSON, or null
 */
public record ApiResponse(int status, JsonNode body, String text) {
    public static ApiResponse ok(JsonNode body) {
        return new ApiResponse(200, body, null);
    }

    public static ApiResponse text(String text) {
        return new ApiResponse(200, null, text);
    }

    public static ApiResponse emptyObject(int status) {
        return new ApiResponse(status, ApiRequest.JSON.createObjectNode(), null);
    }

    public static ApiResponse status(int status) {
        return new ApiResponse(status, null, null);
    }
}
