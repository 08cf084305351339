package io.wirecloset.kindtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.Buffer;
import io.fabric8.mockwebserver.http.Headers;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What fabric8's CRUD server does not do and a Kubernetes client counts on:
 *
 * <ul>
 *   <li>server-side apply: made where missing, else merged like a JSON merge patch. Who owns which field is not kept,
 *       so a field that an applier no longer sends stays;
 *   <li>merge patches after RFC 7386, lists replaced and not appended to;
 *   <li>what the server chokes on is answered with status 400, not with silence until the client's time-out;
 *   <li>requests are not kept for a test to look at, so that the server may run for hours.
 * </ul>
 */
final class ApiDispatcher extends KubernetesCrudDispatcher {
    private static final String VERSION = "{\"major\":\"1\",\"minor\":\"34\",\"gitVersion\":\"v1.34.0-in-memory\"}";

    private final MockWebServer web;

    ApiDispatcher(MockWebServer web) {
        this.web = web;
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
        try {
            forgetRequests();
            if (request.getPath().equals("/version")) {
                return json(200, VERSION);
            }
            MockResponse response = super.dispatch(request);
            return response != null ? response : status(405, "MethodNotAllowed", request + " is not served");
        } catch (RuntimeException e) {
            return status(400, "BadRequest", request + ": " + e);
        }
    }

    /** Writes come one at a time, so that what a patch was merged with is what it replaces. */
    @Override
    public synchronized MockResponse handleCreate(RecordedRequest request) {
        return super.handleCreate(request);
    }

    @Override
    public synchronized MockResponse handleUpdate(RecordedRequest request) {
        return super.handleUpdate(request);
    }

    @Override
    public synchronized MockResponse handleDelete(String path) {
        return super.handleDelete(path);
    }

    @Override
    public synchronized MockResponse handlePatch(RecordedRequest request) {
        String type = String.valueOf(request.getHeader("Content-Type"));
        boolean apply = type.startsWith("application/apply-patch");
        if (!apply && !type.startsWith("application/merge-patch")) {
            return super.handlePatch(request);
        }
        JsonNode patch = Serialization.unmarshal(request.getUtf8Body(), JsonNode.class);
        String path = request.getPath().replaceFirst("\\?.*", "");
        MockResponse present = handleGet(path.replaceFirst("/status$", ""));
        if (present.code() == 200) {
            JsonNode now = Serialization.unmarshal(present.getBody().readUtf8(), JsonNode.class);
            return super.handleUpdate(as(HttpMethod.PUT, path, merged(now, patch)));
        }
        if (!apply || path.endsWith("/status")) {
            return status(404, "NotFound", path + " does not exist");
        }
        if (patch.at("/metadata").has("uid")) {
            return status(409, "Conflict", path + " with this uid does not exist");
        }
        return super.handleCreate(as(HttpMethod.POST, path.substring(0, path.lastIndexOf('/')), patch));
    }

    /** RFC 7386: objects merge, null removes, everything else replaces. (The library appends to lists.) */
    private static JsonNode merged(JsonNode now, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode result = now instanceof ObjectNode object
                ? object.deepCopy()
                : Serialization.jsonMapper().createObjectNode();
        changes.properties().forEach(e -> {
            if (e.getValue().isNull()) {
                result.remove(e.getKey());
            } else {
                result.set(e.getKey(), merged(result.get(e.getKey()), e.getValue()));
            }
        });
        return result;
    }

    private static RecordedRequest as(HttpMethod method, String path, JsonNode body) {
        return new RecordedRequest(
                "HTTP_1_1",
                method,
                path,
                Headers.builder().add("Content-Type", "application/json").build(),
                new Buffer(body.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private void forgetRequests() {
        try {
            while (web.takeRequest(0, TimeUnit.MILLISECONDS) != null) {
                // one at a time, until none is left
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static MockResponse status(int code, String reason, String message) {
        return json(
                code,
                Serialization.asJson(new StatusBuilder()
                        .withStatus("Failure")
                        .withCode(code)
                        .withReason(reason)
                        .withMessage(message)
                        .build()));
    }

    private static MockResponse json(int code, String body) {
        return new MockResponse().setResponseCode(code).setBody(body);
    }
}
