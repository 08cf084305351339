package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.Controller;
import io.wirecloset.controller.MemberView;
import io.wirecloset.controller.NetworkView;
import io.wirecloset.controller.Stranger;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.vl1.wire.Addresses;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Members of the controller's networks as the local API shows and changes them (controller.md 2). On the control loop. */
final class Members {
    private final Controller controller;
    private final FileStore store;

    Members(Controller controller, FileStore store) {
        this.controller = controller;
        this.store = store;
    }

    /** Address → revision, those who only asked included: that is where their owner looks for them. */
    ApiResponse revisions(long id) {
        if (controller.network(id) == null) {
            return ApiResponse.status(404);
        }
        ObjectNode revisions = Json.object();
        all(id).forEach((address, member) -> revisions.set(Addresses.format(address), member.get("revision")));
        return ApiResponse.ok(revisions);
    }

    private Map<Long, ObjectNode> all(long id) {
        Map<Long, ObjectNode> all = new TreeMap<>();
        controller.strangers(id).forEach(stranger -> all.put(stranger.address(), MemberJson.write(stranger)));
        controller.members(id).forEach(view -> all.put(view.member().address(), render(view)));
        return all;
    }

    /** @return null if nobody is known by the address */
    ObjectNode shown(long id, long address) {
        MemberView view = controller.member(id, address);
        if (view != null) {
            return render(view);
        }
        Stranger stranger = stranger(id, address);
        return stranger == null ? null : MemberJson.write(stranger);
    }

    private ObjectNode render(MemberView view) {
        ObjectNode o = MemberJson.write(
                view.member(),
                store.restOfMember(view.member().networkId(), view.member().address()));
        if (view.info() != null) {
            MemberJson.writeVersion(view.info(), o);
        }
        return o;
    }

    private Stranger stranger(long id, long address) {
        return controller.strangers(id).stream()
                .filter(one -> one.address() == address)
                .findFirst()
                .orElse(null);
    }

    void put(long id, long address, ObjectNode wish, CompletableFuture<ApiResponse> answer) {
        if (controller.network(id) == null) {
            answer.complete(ApiResponse.status(404));
            return;
        }
        if (Addresses.isReserved(address)) {
            throw new Refusal(400, "no node can have the address " + Addresses.format(address));
        }
        MemberView view = controller.member(id, address);
        Stranger stranger = view == null ? stranger(id, address) : null;
        ObjectNode before = shown(id, address);
        Notes notes = new Notes();
        MemberSpec spec = MemberJson.change(
                view == null ? null : view.member(), wish, before == null ? MemberJson.fresh() : before, notes);
        controller.putMember(
                id,
                address,
                stranger == null ? spec : spec.withIdentity(stranger.identity()),
                LoopCalls.answering(answer, () -> ApiResponse.ok(notes.into(shown(id, address)))));
    }

    void delete(long id, long address, CompletableFuture<ApiResponse> answer) {
        ObjectNode last = controller.network(id) == null ? null : shown(id, address);
        if (last == null) {
            answer.complete(ApiResponse.status(404));
            return;
        }
        controller.deleteMember(id, address, LoopCalls.answering(answer, () -> ApiResponse.ok(last)));
    }

    /** All of them whole, with how many there are. */
    ApiResponse listing(long id) {
        NetworkView view = controller.network(id);
        if (view == null) {
            return ApiResponse.status(404);
        }
        ObjectNode body = Json.object();
        ArrayNode data = body.putArray("data");
        all(id).values().forEach(data::add);
        body.putObject("meta").put("authorizedCount", view.authorized()).put("totalCount", data.size());
        return ApiResponse.ok(body);
    }
}
