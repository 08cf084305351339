package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.Controller;
import io.wirecloset.controller.NetworkView;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.node.localapi.ApiRequest;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.node.localapi.ApiSection;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * The controller's part of the local API (controller.md 2): {@code /controller} and {@code /unstable/controller}, which
 * path asks for what. {@link LoopCalls} takes it to the control loop.
 *
 * <p>What stock controllers do without a word is said in the answer, in an object of our own: entries left out, fields
 * that mean nothing. What is not served is refused with the field's name and what to do.
 */
public final class ControllerSection implements ApiSection {
    /** First segments of the paths it answers. */
    public static final List<String> SEGMENTS = List.of("controller", "unstable");

    private static final int API_VERSION = 4;
    private static final int ID_TRIES = 1_000;
    private static final int OWN_ID_BITS = 24;
    private static final Pattern NETWORK_ID = Pattern.compile("[0-9a-fA-F]{16}");
    private static final Pattern NEW_ID = Pattern.compile("([0-9a-fA-F]{10})______");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F]{10}");

    private final long self;
    private final Controller controller;
    private final FileStore store;
    private final LoopCalls calls;
    private final Members members;
    private final LongSupplier wallMs;
    private final RandomSource random;

    /**
     * @param self the controller's address
     * @param loop posts to the control loop
     */
    public ControllerSection(
            long self,
            Controller controller,
            FileStore store,
            Executor loop,
            LongSupplier wallMs,
            RandomSource random) {
        this.self = self;
        this.controller = controller;
        this.store = store;
        this.calls = new LoopCalls(loop);
        this.members = new Members(controller, store);
        this.wallMs = wallMs;
        this.random = random;
    }

    /** The controller has read its store. Called on the control loop. */
    public void ready() {
        calls.ready();
    }

    @Override
    public ApiResponse answer(ApiRequest request) {
        try {
            if (request.segment(0).equals("unstable")) {
                return request.segment(1).equals("controller") && request.is("GET") ? unstable(request) : null;
            }
            return switch (request.path().size()) {
                case 1 -> request.is("GET") ? calls.await(answer -> answer.complete(self())) : null;
                case 2 -> request.segment(1).equals("network") ? networks(request) : null;
                case 3 -> request.segment(1).equals("network") ? network(request) : null;
                case 4, 5 ->
                    request.segment(1).equals("network")
                                    && request.segment(3).equals("member")
                                    && isNetworkId(request.segment(2))
                            ? members(request)
                            : null;
                default -> null;
            };
        } catch (Refusal refusal) {
            return refused(refusal);
        }
    }

    private static boolean isNetworkId(String text) {
        return NETWORK_ID.matcher(text).matches();
    }

    private static ApiResponse refused(Refusal refusal) {
        ObjectNode body = Json.object();
        body.put("error", refusal.status());
        body.put("description", refusal.getMessage());
        return new ApiResponse(refusal.status(), body, null);
    }

    // ---- the controller

    private ApiResponse self() {
        ObjectNode o = Json.object();
        o.put("controller", true);
        o.put("apiVersion", API_VERSION);
        o.put("clock", wallMs.getAsLong());
        o.put("databaseReady", calls.isReady());
        return new ApiResponse(calls.isReady() ? 200 : 503, o, null);
    }

    // ---- networks

    private ApiResponse networks(ApiRequest request) {
        return switch (request.method()) {
            case "GET" ->
                calls.look(() -> {
                    ArrayNode ids = JsonNodeFactory.instance.arrayNode();
                    networkIds().forEach(id -> ids.add(NetworkIds.format(id)));
                    return ApiResponse.ok(ids);
                });
            case "POST" -> create(request);
            default -> null;
        };
    }

    private List<Long> networkIds() {
        List<Long> ids = new ArrayList<>();
        controller.networks().forEach(view -> ids.add(view.network().id()));
        store.notServed().stream()
                .filter(id -> NetworkIds.controllerOf(id) == self)
                .forEach(ids::add);
        ids.sort(Long::compareUnsigned);
        return ids;
    }

    private ApiResponse network(ApiRequest request) {
        var newId = NEW_ID.matcher(request.segment(2));
        if (newId.matches() && request.is("POST")) {
            return Addresses.parse(newId.group(1)) == self ? create(request) : ApiResponse.status(400);
        }
        if (!isNetworkId(request.segment(2))) {
            return null;
        }
        long id = NetworkIds.parse(request.segment(2));
        return switch (request.method()) {
            case "GET" -> calls.look(() -> shown(id));
            case "POST" -> put(id, request.json());
            case "DELETE" -> calls.change(answer -> deleteNetwork(id, answer));
            default -> null;
        };
    }

    private ApiResponse shown(long id) {
        NetworkView view = controller.network(id);
        if (view != null) {
            return ApiResponse.ok(render(view));
        }
        if (NetworkIds.controllerOf(id) == self && store.whyNotServed(id).isPresent()) {
            ObjectNode file = store.notServed(id).orElseGet(Json::object).deepCopy();
            Own.of(file)
                    .putArray("notes")
                    .add("not served: " + store.whyNotServed(id).get());
            return ApiResponse.ok(file);
        }
        return ApiResponse.status(404);
    }

    private ObjectNode render(NetworkView view) {
        return NetworkJson.write(
                view.network(), store.restOfNetwork(view.network().id()));
    }

    private ApiResponse create(ApiRequest request) {
        ObjectNode wish = request.json();
        return calls.change(answer -> put(freeId(), wish, answer));
    }

    private long freeId() {
        for (int i = 0; i < ID_TRIES; i++) {
            long id = self << OWN_ID_BITS | 1 + random.nextInt((1 << OWN_ID_BITS) - 1);
            if (controller.network(id) == null && store.whyNotServed(id).isEmpty()) {
                return id;
            }
        }
        throw new Refusal(503, "no free network id found");
    }

    private ApiResponse put(long id, ObjectNode wish) {
        return calls.change(answer -> put(id, wish, answer));
    }

    private void put(long id, ObjectNode wish, CompletableFuture<ApiResponse> answer) {
        requireServed(id);
        NetworkView view = controller.network(id);
        Notes notes = new Notes();
        NetworkSpec spec = NetworkJson.change(
                view == null ? NetworkSpec.DEFAULT : view.network().spec(),
                wish,
                view == null ? NetworkJson.fresh() : render(view),
                notes);
        controller.putNetwork(
                id,
                spec,
                LoopCalls.answering(answer, () -> ApiResponse.ok(notes.into(render(controller.network(id))))));
    }

    private void requireServed(long id) {
        if (NetworkIds.controllerOf(id) != self) {
            throw new Refusal(
                    400,
                    "network " + NetworkIds.format(id) + " belongs to the controller "
                            + Addresses.format(NetworkIds.controllerOf(id)) + "; this one is " + Addresses.format(self)
                            + ", its networks begin with that");
        }
        store.whyNotServed(id).ifPresent(why -> {
            throw new Refusal(
                    409,
                    "network " + NetworkIds.format(id) + " is left as it is in its file (" + why
                            + "); change or remove the file while the controller is stopped");
        });
    }

    private void deleteNetwork(long id, CompletableFuture<ApiResponse> answer) {
        NetworkView view = controller.network(id);
        if (view == null) {
            if (NetworkIds.controllerOf(id) == self) {
                requireServed(id);
            }
            answer.complete(ApiResponse.status(404));
            return;
        }
        ObjectNode last = render(view);
        controller.deleteNetwork(id, LoopCalls.answering(answer, () -> ApiResponse.ok(last)));
    }

    // ---- members

    private ApiResponse members(ApiRequest request) {
        long id = NetworkIds.parse(request.segment(2));
        if (request.path().size() == 4) {
            return request.is("GET") ? calls.look(() -> members.revisions(id)) : null;
        }
        if (!ADDRESS.matcher(request.segment(4)).matches()) {
            return null;
        }
        long address = Addresses.parse(request.segment(4));
        return switch (request.method()) {
            case "GET" ->
                calls.look(() -> {
                    ObjectNode member = members.shown(id, address);
                    return member == null ? ApiResponse.status(404) : ApiResponse.ok(member);
                });
            case "POST" -> {
                ObjectNode wish = request.json();
                yield calls.change(answer -> members.put(id, address, wish, answer));
            }
            case "DELETE" -> calls.change(answer -> members.delete(id, address, answer));
            default -> null;
        };
    }

    // ---- lists with everything in them

    private ApiResponse unstable(ApiRequest request) {
        List<String> path = request.path();
        if (path.size() == 3 && path.get(2).equals("network")) {
            return calls.look(this::allNetworks);
        }
        if (path.size() == 5
                && path.get(2).equals("network")
                && path.get(4).equals("member")
                && isNetworkId(path.get(3))) {
            long id = NetworkIds.parse(path.get(3));
            return calls.look(() -> members.listing(id));
        }
        return null;
    }

    private ApiResponse allNetworks() {
        ObjectNode body = Json.object();
        ArrayNode data = body.putArray("data");
        for (NetworkView view : controller.networks()) {
            ObjectNode network = render(view);
            network.putObject("meta")
                    .put("authorizedMemberCount", view.authorized())
                    .put("totalMemberCount", view.members() + view.strangers());
            data.add(network);
        }
        body.putObject("meta").put("networkCount", data.size());
        return ApiResponse.ok(body);
    }
}
