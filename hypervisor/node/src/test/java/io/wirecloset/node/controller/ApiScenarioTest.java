package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.localapi.ApiRequest;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.vl1.identity.Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the recorded scenarios of a stock controller against the API and compares every answer's status and JSON. What
 * is sent to members because of it is compared in the controller's own test.
 */
@DisplayName("Controller checklist 3 to 8, 11 to 14, 21, 34: answers of the JSON API as a stock controller gives them")
class ApiScenarioTest {
    /** Asked for in some; refused, with the field's name, until it is served. */
    private static final Set<String> NOT_SERVED = Set.of("rules", "capabilities", "tags", "authTokens");

    private static final Set<String> NOT_SERVED_AS_NAMED =
            Set.of("rules", "capabilities", "tags", "authTokens", "v6AssignMode");

    /** Known here as soon as a member has asked; for a stock controller when it was first answered. */
    private static final Set<String> VERSIONS = Set.of("vMajor", "vMinor", "vRev", "vProto");

    @TempDir
    Path folder;

    private SectionRig rig;

    static Stream<Named<JsonNode>> scenarios() {
        return SectionRig.SCENARIOS.stream().map(one -> Named.of(one.get("name").asText(), one));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void answersAsRecorded(JsonNode scenario) {
        rig = new SectionRig(folder);
        for (JsonNode step : scenario.get("steps")) {
            if (step.has("request")) {
                rig.ask(
                        Identity.parse(step.get("request").asText()),
                        step.get("networkId").asText(),
                        step.get("metadata").asText(),
                        step.get("clockAdvanceMsBefore").asLong() + 130);
            } else if (asksForWhatIsNotServed(step)) {
                ApiResponse answer = play(step);
                assertThat(answer.status()).as("%s", step).isEqualTo(400);
                assertThat(NOT_SERVED_AS_NAMED)
                        .contains(answer.body().get("description").asText().split(":")[0]);
                return;
            } else {
                compare(withoutRemoteTrace(step));
            }
        }
    }

    private static boolean asksForWhatIsNotServed(JsonNode step) {
        JsonNode body = step.path("body");
        return body.at("/v6AssignMode/zt").asBoolean()
                || NOT_SERVED.stream().anyMatch(name -> body.path(name).isContainerNode());
    }

    /** Not served either, but the rest of these steps is worth comparing. */
    private static JsonNode withoutRemoteTrace(JsonNode step) {
        if (!step.path("body").has("remoteTraceLevel")) {
            return step;
        }
        ObjectNode without = step.deepCopy();
        List<String> trace = List.of("remoteTraceTarget", "remoteTraceLevel");
        ((ObjectNode) without.get("body")).remove(trace);
        ObjectNode response = (ObjectNode) without.get("response");
        response.put("remoteTraceLevel", 0).putNull("remoteTraceTarget");
        return without;
    }

    private ApiResponse play(JsonNode step) {
        String method = step.get("http").asText();
        JsonNode body = step.path("body");
        String text = body.isMissingNode() ? "" : body.isTextual() ? body.asText() : body.toString();
        try {
            ApiResponse answer = rig.section.answer(new ApiRequest(
                    method.equals("PUT") ? "POST" : method,
                    List.of(step.get("path").asText().substring(1).split("/")),
                    text.getBytes(StandardCharsets.UTF_8)));
            rig.poll();
            return answer == null ? ApiResponse.status(404) : answer;
        } catch (ApiRequest.BadRequest e) {
            // The server's own answer to what is no JSON.
            return ApiResponse.status(500);
        }
    }

    private void compare(JsonNode step) {
        ApiResponse answer = play(step);
        assertThat(answer.status()).as("%s", step).isEqualTo(step.get("status").asInt());
        JsonNode expected = step.get("response");
        if (expected.isContainerNode()) {
            assertThat(comparable(answer.body(), expected)).as("%s", step).isEqualTo(comparable(expected, expected));
        } else {
            assertThat(answer.body()).as("%s", step).isNull();
        }
    }

    /** Without what may differ: times, our own object, and what stock controllers count as a member's change. */
    private JsonNode comparable(JsonNode answer, JsonNode expected) {
        if (answer.isArray()) {
            var list = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < answer.size(); i++) {
                list.add(comparable(answer.get(i), expected.path(i)));
            }
            return list;
        }
        if (!answer.isObject()) {
            return answer.isNumber() ? JsonNodeFactory.instance.numberNode(answer.asLong()) : answer;
        }
        ObjectNode same = Json.object();
        answer.properties().forEach(field -> {
            JsonNode wanted = expected.path(field.getKey());
            boolean isTime = wanted.asText().equals("<time>") && answersTime(field.getValue());
            boolean notYetTold = VERSIONS.contains(field.getKey()) && wanted.asInt() == -1;
            if (!field.getKey().equals(Own.FIELD) && !notYetTold) {
                same.set(field.getKey(), isTime ? wanted : comparable(field.getValue(), wanted));
            }
        });
        if (answer.path("objtype").asText().equals("member")) {
            same.remove("revision");
        }
        return same;
    }

    private boolean answersTime(JsonNode value) {
        return value.isTextual() || Math.abs(value.asLong() - rig.wallMs) < 60_000;
    }
}
