package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.wire.Addresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks a node of ours, with a controller and without any upstream, all that a stock node was asked, in the same order, and
 * compares status, content type, fields and values.
 */
@NeedsRoot
@DisplayName("Controller checklist 1, 36: the local API answers as the stock service did")
class LocalApiVectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PATIENCE_MS = 30_000;
    private static final int OURS = 2;
    private static final int ALLOWED = 3;
    private static final int STRANGE = 4;

    /** They say which node it is, and how it was set up. */
    private static final Set<String> OWN_VALUES = Set.of(
            "allowTcpFallbackRelay",
            "planetWorldId",
            "planetWorldTimestamp",
            "primaryPort",
            "vMajor",
            "vMinor",
            "vRev",
            "vProto");

    /** A stock node answers these before the configuration is there; here it may be there already. */
    private static final Set<String> CONFIGURED_SOON = Set.of("join ad-hoc", "join own network");

    @TempDir
    Path folder;

    private Lab lab;
    private String address;

    private record Answer(int status, String contentType, String body) {}

    @Test
    void answersAsRecorded() throws Exception {
        lab = new Lab(folder);
        Path home = lab.home(OURS).path();
        Files.writeString(
                home.resolve("local.conf"),
                "{\"settings\":{\"portMappingEnabled\":false,\"softwareUpdate\":\"disable\"}}");
        address = Addresses.format(Lab.IDENTITIES.get(OURS - 1).address());
        try (Lab closedLast = lab;
                StandAloneController ours =
                        StandAloneController.start(lab.node(OURS).start())) {
            // Controller checklist 2
            assertThat(home.resolve("authtoken.secret")).content().matches("[a-z0-9]{24}");
            for (JsonNode one : vectors().get("cases")) {
                if (one.get("path").asText().startsWith("/network/")
                        && one.get("method").asText().equals("GET")) {
                    // Configured on another thread, as there.
                    await(one.get("note").asText()).atMost(PATIENCE).untilAsserted(() -> compare(one, ask(one)));
                } else {
                    compare(one, ask(one));
                }
            }
        }
    }

    private static JsonNode vectors() throws IOException {
        try (InputStream in = LocalApiVectorsTest.class.getResourceAsStream("/vectors/controller-local-api.json")) {
            return JSON.readTree(in);
        }
    }

    // ---- asking

    private Answer ask(JsonNode one) throws IOException {
        Path home = lab.home(OURS).path();
        String token = Files.readString(home.resolve("authtoken.secret")).trim();
        String auth =
                switch (one.get("auth").asText()) {
                    case "none", "query" -> "";
                    case "wrong header", "wrong header, good query" -> "X-ZT1-Auth: wrong\r\n";
                    case "bearer" -> "Authorization: Bearer " + token + "\r\n";
                    case "bearer (lower-case scheme)" -> "Authorization: bearer " + token + "\r\n";
                    case "metrics token header" ->
                        "X-ZT1-Auth: "
                                + Files.readString(home.resolve("metricstoken.secret"))
                                        .trim()
                                + "\r\n";
                    case "token" -> "X-ZT1-Auth: " + token + "\r\n";
                    default -> throw new AssertionError("unknown way to show a token: " + one.get("auth"));
                };
        byte[] body = one.path("body").asText().getBytes(StandardCharsets.UTF_8);
        String path = named(one.get("path").asText()).replace("<token>", token);
        String head = one.get("method").asText() + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + auth + "Content-Length: " + body.length + "\r\n\r\n";
        return lab.host(OURS).run(() -> {
            try (Socket socket = new Socket("127.0.0.1", Lab.PORT)) {
                socket.setSoTimeout(PATIENCE_MS);
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(body);
                return answer(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        });
    }

    private static Answer answer(String text) {
        String[] parts = text.split("\r\n\r\n", 2);
        String contentType = null;
        for (String line : parts[0].split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-type:")) {
                contentType = line.substring(line.indexOf(':') + 1).trim();
            }
        }
        return new Answer(Integer.parseInt(parts[0].split(" ")[1]), contentType, parts[1]);
    }

    private String named(String text) {
        return text.replace("<address>", address);
    }

    // ---- comparing

    private void compare(JsonNode one, Answer answer) throws IOException {
        String note = one.get("note").asText();
        assertThat(answer.status()).as(note).isEqualTo(one.get("status").asInt());
        assertThat(answer.contentType())
                .as(note)
                .isEqualTo(
                        one.get("contentType").isNull()
                                ? null
                                : one.get("contentType").asText());
        switch (one.path("responseText").asText()) {
            case "cb({...});" -> assertThat(answer.body()).startsWith("cb({").endsWith("});");
            case "<metrics text>" -> assertThat(answer.body()).isNotEmpty();
            default -> compareJson(one, answer, note);
        }
    }

    private void compareJson(JsonNode one, Answer answer, String note) throws IOException {
        if (!one.has("shape")) {
            assertThat(answer.body())
                    .as(note)
                    .isEqualTo(one.path("responseText").asText());
            return;
        }
        JsonNode said = JSON.readTree(answer.body());
        sameShape(one.get("shape"), said, note);
        if (one.has("response") && !CONFIGURED_SOON.contains(note)) {
            sameValues(one.get("response"), said, note);
        }
    }

    private void sameShape(JsonNode wanted, JsonNode said, String where) {
        if (wanted.isTextual()) {
            assertThat(type(said)).as(where).isEqualTo(wanted.asText());
        } else if (wanted.isArray()) {
            assertThat(said.isArray()).as(where).isTrue();
            if (!wanted.isEmpty() && !said.isEmpty()) {
                sameShape(wanted.get(0), said.get(0), where + "[0]");
            }
        } else {
            ObjectNode expected = JSON.createObjectNode();
            wanted.properties().forEach(field -> expected.set(named(field.getKey()), field.getValue()));
            assertThat(said.properties().stream()
                            .map(java.util.Map.Entry::getKey)
                            .filter(name -> !name.equals("wirecloset")))
                    .as(where)
                    .containsExactlyInAnyOrderElementsOf(expected.properties().stream()
                            .map(java.util.Map.Entry::getKey)
                            .toList());
            expected.properties()
                    .forEach(field ->
                            sameShape(field.getValue(), said.get(field.getKey()), where + "." + field.getKey()));
        }
    }

    private static String type(JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> "string";
            case BOOLEAN -> "boolean";
            case NUMBER -> value.isIntegralNumber() ? "integer" : "number";
            case NULL -> "null";
            default -> value.getNodeType().toString();
        };
    }

    private void sameValues(JsonNode wanted, JsonNode said, String where) {
        if (wanted.isTextual()
                && (wanted.asText().equals("<varies>") || wanted.asText().equals("<text>"))) {
            return;
        }
        if (wanted.isObject()) {
            wanted.properties().stream()
                    .filter(field -> !OWN_VALUES.contains(field.getKey()))
                    .forEach(field -> sameValues(
                            field.getValue(), said.path(named(field.getKey())), where + "." + field.getKey()));
        } else if (wanted.isArray()) {
            assertThat(said.size()).as(where).isEqualTo(wanted.size());
            for (int i = 0; i < wanted.size(); i++) {
                sameValues(wanted.get(i), said.get(i), where + "[" + i + "]");
            }
        } else {
            assertThat(said.asText()).as(where).isEqualTo(named(wanted.asText()));
        }
    }

    // Controller checklist 1: loopback only unless allowed
    @Test
    void fromElsewhereOnlyTheNetworksThatLocalConfNamesMayAsk() throws Exception {
        lab = new Lab(folder);
        Path home = lab.home(OURS).path();
        Files.writeString(
                home.resolve("local.conf"),
                "{\"settings\":{\"allowManagementFrom\":[\"" + Lab.ip(ALLOWED) + "/32\"]}}");
        try (Lab closedLast = lab;
                Node ours = lab.node(OURS).start()) {
            assertThat(statusAskedFrom(ALLOWED)).isEqualTo(200);
            assertThat(statusAskedFrom(OURS)).isEqualTo(401);
            assertThat(statusAskedFrom(STRANGE)).isEqualTo(401);
        }
    }

    /** With the right token, at the node's address on the wire. */
    private int statusAskedFrom(int host) throws IOException {
        String token = Files.readString(lab.home(OURS).path().resolve("authtoken.secret"))
                .trim();
        String head = "GET /status HTTP/1.1\r\nHost: " + Lab.ip(OURS) + "\r\nConnection: close\r\nX-ZT1-Auth: " + token
                + "\r\n\r\n";
        return lab.host(host).run(() -> {
            try (Socket socket = new Socket(Lab.ip(OURS), Lab.PORT)) {
                socket.setSoTimeout(PATIENCE_MS);
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                return answer(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .status();
            }
        });
    }

    /** What its users type, and what it prints. */
    @Test
    @EnabledIfEnvironmentVariable(named = StockNode.VARIABLE, matches = ".+")
    void theStockCommandLineClientWorksAgainstIt() throws Exception {
        lab = new Lab(folder);
        try (Lab closedLast = lab;
                Node ours = lab.node(OURS).start()) {
            assertThat(client("info")).startsWith("200 info " + ours.address() + " 1.14.1 OFFLINE");
            assertThat(client("join", "ff00160016000000")).startsWith("200 join OK");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(client("listnetworks"))
                    .contains("200 listnetworks ff00160016000000 adhoc-0016-0016 ")
                    .contains(" OK PUBLIC "));
            assertThat(client("set", "ff00160016000000", "allowGlobal=1")).contains("\"allowGlobal\":true");
            assertThat(client("get", "ff00160016000000", "allowGlobal")).startsWith("1");
            assertThat(client("listpeers")).startsWith("200 listpeers <ztaddr>");
            assertThat(client("peers")).contains("<ztaddr>");
            assertThat(client("orbit", "1122334455", "1122334455")).startsWith("200 orbit OK");
            assertThat(client("listmoons")).contains("1122334455");
            assertThat(client("deorbit", "1122334455")).startsWith("200 deorbit OK");
            assertThat(client("-j", "info")).contains("\"publicIdentity\"");
            assertThat(client("leave", "ff00160016000000")).startsWith("200 leave OK");
            assertThat(client("listnetworks")).doesNotContain("ff00160016000000");
        }
    }

    private String client(String... words) throws Exception {
        java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of(
                System.getenv(StockNode.VARIABLE), "-q", "-D" + lab.home(OURS).path(), "-p" + Lab.PORT));
        command.addAll(java.util.List.of(words));
        return lab.run(OURS, command.toArray(String[]::new));
    }
}
