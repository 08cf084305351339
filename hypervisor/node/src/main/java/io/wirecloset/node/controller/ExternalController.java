package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.node.controller.ControllerFault.Kind;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A controller elsewhere, stock or ours, asked over its JSON API (controller.md 2 to 4) with the same model as one's own.
 * Every call waits, at most the timeout, and fails with a {@link ControllerFault}. Thread-safe.
 *
 * <p>What the API cannot set is not sent: the identity of a member (if the one wanted is not the one pinned there, that is
 * a fault) and the credential window of a network. Addresses of a member are one list there: a member that was read has
 * those assigned to it among those given, so what is wanted of it is best made from what was read.
 */
public final class ExternalController implements AutoCloseable {
    /** A member's or network's object, or the list of a large network's members. */
    private static final long MAX_ANSWER_BYTES = 16L << 20;

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;

    private final URI base;
    private final String token;
    private final Duration timeout;
    private final HttpClient http;

    /**
     * @param base such as {@code http://10.0.0.5:9993}
     * @param token content of its authtoken.secret
     * @param timeout of connecting, and of each call altogether
     * @throws IllegalArgumentException for a base that is no such address
     */
    public ExternalController(URI base, String token, Duration timeout) {
        this(base, token, timeout, HttpClient.newBuilder());
    }

    /** @param http how to get there: proxy, certificates, threads; the rest is set here */
    public ExternalController(URI base, String token, Duration timeout, HttpClient.Builder http) {
        this.base = checked(base);
        this.token = token.trim();
        this.timeout = timeout;
        // Never followed: the token would go where the answer points.
        this.http = http.version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    private static URI checked(URI base) {
        boolean isHttp = "http".equals(base.getScheme()) || "https".equals(base.getScheme());
        boolean isBare = base.getRawUserInfo() == null
                && base.getRawQuery() == null
                && base.getRawFragment() == null
                && (base.getRawPath() == null || base.getRawPath().length() <= 1);
        if (!isHttp || base.getHost() == null || !isBare) {
            throw new IllegalArgumentException("expected an address in the form http://host:port, not " + base);
        }
        return base;
    }

    // ---- the controller

    /** The node's address: the first 40 bits of the ids of networks it can serve. */
    public long address() throws ControllerFault {
        String path = "/status";
        JsonNode status = required(path, call("GET", path, null));
        try {
            return Addresses.parse(status.path("address").asText());
        } catch (MalformedException e) {
            throw badAnswer(path, "says no address", e);
        }
    }

    /** Whether it is a controller that can answer now. */
    public boolean isReady() throws ControllerFault {
        String path = "/controller";
        JsonNode self = required(path, call("GET", path, null));
        return self.path("controller").asBoolean() && self.path("databaseReady").asBoolean(true);
    }

    // ---- networks

    /** Their ids, ascending. */
    public List<Long> networks() throws ControllerFault {
        String path = "/controller/network";
        List<Long> ids = new ArrayList<>();
        for (JsonNode id : required(path, call("GET", path, null))) {
            ids.add(networkId(path, id));
        }
        ids.sort(Long::compareUnsigned);
        return List.copyOf(ids);
    }

    public Optional<Network> network(long id) throws ControllerFault {
        String path = networkPath(id);
        Optional<JsonNode> answer = call("GET", path, null);
        return answer.isPresent() ? Optional.of(network(path, id, answer.get())) : Optional.empty();
    }

    /** Makes a network under an id that is free. */
    public Network createNetwork(NetworkSpec spec) throws ControllerFault {
        String path = "/controller/network";
        JsonNode answer = required(path, call("POST", path, NetworkJson.wish(spec)));
        return network(path, networkId(path, answer.path("id")), answer);
    }

    /** Makes a network, or changes it into what is wanted. */
    public Network putNetwork(long id, NetworkSpec spec) throws ControllerFault {
        String path = networkPath(id);
        return network(path, id, required(path, call("POST", path, NetworkJson.wish(spec))));
    }

    /** @return false if there was none */
    public boolean deleteNetwork(long id) throws ControllerFault {
        return call("DELETE", networkPath(id), null).isPresent();
    }

    // ---- members

    /** Address to revision, those who only asked included. @throws ControllerFault also for an unknown network */
    public SortedMap<Long, Long> members(long networkId) throws ControllerFault {
        String path = networkPath(networkId) + "/member";
        SortedMap<Long, Long> revisions = new TreeMap<>();
        for (var member : required(path, call("GET", path, null)).properties()) {
            try {
                revisions.put(
                        Addresses.parse(member.getKey()), member.getValue().asLong());
            } catch (MalformedException e) {
                throw badAnswer(path, "names a member " + shortened(member.getKey()), e);
            }
        }
        return revisions;
    }

    public Optional<Member> member(long networkId, long address) throws ControllerFault {
        String path = memberPath(networkId, address);
        Optional<JsonNode> answer = call("GET", path, null);
        return answer.isPresent() ? Optional.of(member(path, networkId, address, answer.get())) : Optional.empty();
    }

    /**
     * Makes a member, or changes it into what is wanted.
     *
     * @throws ControllerFault also for an unknown network, and if somebody else is pinned under the address: nothing is
     *     changed then, unless it was pinned meanwhile
     */
    public Member putMember(long networkId, long address, MemberSpec spec) throws ControllerFault {
        String path = memberPath(networkId, address);
        if (spec.identity() != null) {
            Optional<Member> present = member(networkId, address);
            if (present.isPresent()) {
                requireSame(path, spec, present.get());
            }
        }
        ObjectNode wish = Json.object();
        MemberJson.write(spec, wish);
        Member changed = member(path, networkId, address, required(path, call("POST", path, wish)));
        requireSame(path, spec, changed);
        return changed;
    }

    private void requireSame(String path, MemberSpec spec, Member present) throws ControllerFault {
        if (spec.identity() != null
                && present.identity() != null
                && !spec.identity().equals(present.identity())) {
            throw fault(Kind.REFUSED, path, "another identity is pinned under this address", null);
        }
    }

    /** @return false if there was none */
    public boolean deleteMember(long networkId, long address) throws ControllerFault {
        return call("DELETE", memberPath(networkId, address), null).isPresent();
    }

    // ---- what answers mean

    private Network network(String path, long id, JsonNode answer) throws ControllerFault {
        ObjectNode object = object(path, answer);
        if (networkId(path, object.path("id")) != id) {
            throw badAnswer(path, "answered with another network", null);
        }
        try {
            return NetworkJson.read(id, object, new Notes());
        } catch (Refusal e) {
            throw badAnswer(path, e.getMessage(), e);
        }
    }

    private Member member(String path, long networkId, long address, JsonNode answer) throws ControllerFault {
        ObjectNode object = object(path, answer);
        if (!object.path("id").asText().equals(Addresses.format(address))) {
            throw badAnswer(path, "answered with another member", null);
        }
        try {
            return MemberJson.read(networkId, address, object, new Notes());
        } catch (Refusal e) {
            throw badAnswer(path, e.getMessage(), e);
        }
    }

    private ObjectNode object(String path, JsonNode answer) throws ControllerFault {
        if (answer instanceof ObjectNode object) {
            return object;
        }
        throw badAnswer(path, "answered with no object", null);
    }

    private long networkId(String path, JsonNode id) throws ControllerFault {
        try {
            return NetworkIds.parse(id.asText());
        } catch (MalformedException e) {
            throw badAnswer(path, "names a network " + shortened(id.asText()), e);
        }
    }

    private static String networkPath(long id) {
        return "/controller/network/" + NetworkIds.format(id);
    }

    private static String memberPath(long networkId, long address) {
        return networkPath(networkId) + "/member/" + Addresses.format(address);
    }

    // ---- there and back

    private JsonNode required(String path, Optional<JsonNode> answer) throws ControllerFault {
        return answer.orElseThrow(() -> fault(Kind.NOT_FOUND, path, "not found", null));
    }

    /** @return empty for not found */
    private Optional<JsonNode> call(String method, String path, ObjectNode wish) throws ControllerFault {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .header("X-ZT1-Auth", token)
                .header("Content-Type", "application/json")
                .timeout(timeout)
                .method(
                        method,
                        wish == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(Json.bytes(wish)));
        HttpResponse<byte[]> response = send(path, request.build());
        return switch (response.statusCode()) {
            case OK -> Optional.of(tree(path, response.body()));
            case NOT_FOUND -> Optional.empty();
            case UNAUTHORIZED ->
                throw fault(
                        Kind.UNAUTHORIZED,
                        path,
                        "refused (401): wrong token, or it does not talk to clients from here (allowManagementFrom)",
                        null);
            default -> throw fault(Kind.REFUSED, path, refusal(response), null);
        };
    }

    /** The request's own timeout ends with the head of the answer, this one with its last byte. */
    private HttpResponse<byte[]> send(String path, HttpRequest request) throws ControllerFault {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWER_BYTES));
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw fault(Kind.UNREACHABLE, path, reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw fault(Kind.UNREACHABLE, path, "no answer within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw fault(Kind.UNREACHABLE, path, "interrupted", e);
        }
    }

    private static String reason(Throwable cause) {
        String text = cause.getMessage();
        return text == null ? cause.getClass().getSimpleName() : text;
    }

    private JsonNode tree(String path, byte[] body) throws ControllerFault {
        try {
            return Json.tree(body);
        } catch (IOException e) {
            throw badAnswer(path, "answered with no JSON", e);
        }
    }

    private static String refusal(HttpResponse<byte[]> response) {
        String why = "refused (" + response.statusCode() + ")";
        try {
            String description = Json.tree(response.body()).path("description").asText();
            return description.isEmpty() ? why : why + ": " + shortened(description);
        } catch (IOException e) {
            return why;
        }
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }

    private ControllerFault badAnswer(String path, String what, Throwable cause) {
        return fault(Kind.BAD_ANSWER, path, what, cause);
    }

    private ControllerFault fault(Kind kind, String path, String what, Throwable cause) {
        return new ControllerFault(kind, "controller " + base + ", " + path + ": " + what, cause);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    @Override
    public String toString() {
        return "controller at " + base;
    }
}
