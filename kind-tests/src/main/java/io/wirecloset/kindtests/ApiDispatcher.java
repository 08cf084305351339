package io.wirecloset.kindtests;

import com.fasterxml.jackson.databind.JsonNode;
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

    @Override
    public MockResponse handlePatch(RecordedRequest request) {
        String type = request.getHeader("Content-Type");
        if (type == null || !type.startsWith("application/apply-patch")) {
            return super.handlePatch(request);
        }
        JsonNode applied = Serialization.unmarshal(request.getUtf8Body(), JsonNode.class);
        String path = request.getPath().replaceFirst("\\?.*", "");
        boolean exists = handleGet(path.replaceFirst("/status$", "")).code() == 200;
        if (exists) {
            return super.handlePatch(as(HttpMethod.PATCH, path, "application/merge-patch+json", applied));
        }
        if (path.endsWith("/status")) {
            return status(404, "NotFound", path + " does not exist");
        }
        String collection = path.substring(0, path.lastIndexOf('/'));
        return super.handleCreate(as(HttpMethod.POST, collection, "application/json", applied));
    }

    private static RecordedRequest as(HttpMethod method, String path, String contentType, JsonNode body) {
        return new RecordedRequest(
                "HTTP_1_1",
                method,
                path,
                Headers.builder().add("Content-Type", contentType).build(),
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
