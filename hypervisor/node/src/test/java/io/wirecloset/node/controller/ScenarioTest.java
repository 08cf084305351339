package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.controller.SectionRig.Said;
import io.wirecloset.node.localapi.ApiRequest;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the recorded scenarios of a stock controller step by step, against the API over files: every answer's status and
 * JSON, and all that is sent to members, with its signatures.
 *
 * <p>Unasked pushes may be repeated or merged; here a member's own request is answered once, without a second, equal push,
 * and who knocked and is then let in gets its configuration without asking again.
 */
@DisplayName("Controller checklist 3 to 34: recorded scenarios of a stock controller")
class ScenarioTest {
    /** Known here as soon as a member has asked; for a stock controller when it was first answered. */
    private static final Set<String> VERSIONS = Set.of("vMajor", "vMinor", "vRev", "vProto");

    /** Stock controllers forget a member's level at its next request and then tell it 0; here it stays as it was set. */
    private static final String TRACED_MEMBER = "cf38fea004";

    private static final int LEVEL_OF_TRACED_MEMBER = 20;

    @TempDir
    Path folder;

    private SectionRig rig;

    static Stream<Named<JsonNode>> scenarios() {
        return SectionRig.SCENARIOS.stream().map(one -> Named.of(one.get("name").asText(), one));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void answersAndSendsAsRecorded(JsonNode scenario) {
        rig = new SectionRig(folder);
        for (JsonNode step : scenario.get("steps")) {
            rig.said.clear();
            if (step.has("request")) {
                ask(step);
            } else {
                compareAnswer(step);
            }
            compareSaid(step);
        }
    }

    private void ask(JsonNode step) {
        rig.ask(
                Identity.parse(step.get("request").asText()),
                step.get("networkId").asText(),
                step.get("requestPacketId").asLong(),
                step.get("metadata").asText(),
                step.get("clockAdvanceMsBefore").asLong() + 130);
    }

    // ---- answers of the API

    private void compareAnswer(JsonNode step) {
        ApiResponse answer = play(step);
        assertThat(answer.status()).as("%s", step).isEqualTo(step.get("status").asInt());
        JsonNode expected = step.get("response");
        if (expected.isContainerNode()) {
            assertThat(comparable(answer.body(), expected)).as("%s", step).isEqualTo(comparable(expected, expected));
        } else {
            assertThat(answer.body()).as("%s", step).isNull();
        }
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

    /** Without what may differ: times, our own object, keys of a mode that are false, and what counts as a member's change. */
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
        if (same.get("v6AssignMode") instanceof ObjectNode mode) {
            List.of("6plane", "rfc4193", "zt")
                    .forEach(key -> mode.put(key, mode.path(key).asBoolean()));
        }
        if (answer.path("objtype").asText().equals("member")) {
            same.remove("revision");
        }
        return same;
    }

    private boolean answersTime(JsonNode value) {
        return value.isTextual() || Math.abs(value.asLong() - rig.wallMs) < 60_000;
    }

    // ---- what members are told

    private void compareSaid(JsonNode step) {
        List<JsonNode> said = rig.said.stream().map(ScenarioTest::picture).toList();
        List<JsonNode> expected = new ArrayList<>();
        step.get("emitted").forEach(one -> expected.add(picture(one)));
        assertThat(answers(said)).as("%s", step).containsExactlyInAnyOrderElementsOf(answers(expected));
        if (step.has("request")) {
            assertThat(pushes(expected)).as("%s", step).containsAll(pushes(said));
        } else {
            Set<JsonNode> pushes = pushes(said);
            if (step.at("/body/authorized").asBoolean() && pushes(expected).isEmpty()) {
                pushes.removeIf(
                        one -> step.get("path").asText().endsWith(one.get("to").asText()));
            }
            assertThat(pushes).as("%s", step).isEqualTo(pushes(expected));
        }
    }

    private static List<JsonNode> answers(List<JsonNode> all) {
        return all.stream().filter(one -> !isPush(one)).toList();
    }

    private static Set<JsonNode> pushes(List<JsonNode> all) {
        return new HashSet<>(all.stream().filter(ScenarioTest::isPush).toList());
    }

    private static boolean isPush(JsonNode said) {
        return said.get("kind").asText().equals("config")
                && said.get("inReplyTo").asLong() == 0;
    }

    private static JsonNode picture(Said said) {
        ObjectNode o = Json.object().put("to", ConfigPicture.address(said.to()));
        switch (said) {
            case Said.Config one ->
                o.put("kind", "config")
                        .put("inReplyTo", one.inReplyTo())
                        .set("config", ConfigPicture.of(one.config(), SectionRig.CONTROLLER));
            case Said.Refusal one ->
                o.put("kind", "error")
                        .put("inReplyTo", one.inReplyTo())
                        .put("error", one.code() == ErrorCode.OBJECT_NOT_FOUND ? "OBJECT_NOT_FOUND" : "ACCESS_DENIED");
            case Said.Revoked one ->
                o.put("kind", "revocation")
                        .put("target", ConfigPicture.address(one.revocation().issuedTo()))
                        .put("credentialType", one.revocation().credentialType())
                        .put("credentialId", one.revocation().credentialId())
                        .put("fastPropagate", one.revocation().isFastPropagating());
        }
        return ConfigPicture.plain(o);
    }

    private static JsonNode picture(JsonNode emitted) {
        ObjectNode o = Json.object();
        for (String field : List.of(
                "to",
                "kind",
                "inReplyTo",
                "error",
                "target",
                "credentialType",
                "credentialId",
                "fastPropagate",
                "config")) {
            if (emitted.has(field)) {
                o.set(field, emitted.get(field));
            }
        }
        if (emitted.at("/config/remoteTraceTarget").asText().equals(TRACED_MEMBER)) {
            o.set(
                    "config",
                    ((ObjectNode) emitted.get("config").deepCopy()).put("remoteTraceLevel", LEVEL_OF_TRACED_MEMBER));
        }
        return ConfigPicture.plain(o);
    }
}
