package io.wirecloset.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import io.wirecloset.crds.ZeroTierMember;
import io.wirecloset.operator.host.HostedMember;
import io.wirecloset.operator.member.MemberPatch;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * The controller's store in custom resources. Networks, and what users say of members, are in resources before the
 * controller hears of them, so only three things are written: an address that it assigned, an identity that it pinned
 * (both into ZeroTierMember.spec), and how far its clock for signatures is reserved (a ConfigMap beside the operator).
 *
 * <p>A member of a public network that nobody made a resource for is kept in memory alone: strangers create no objects.
 */
public final class CustomResourceStore implements Store {
    /** Holds what must survive a restart and has no resource of its own. */
    public static final String CONFIG_MAP = "wirecloset-controller";

    public static final String KEY_RESERVED_UNTIL = "reservedUntilMs";

    private static final Logger LOG = Logger.getLogger(CustomResourceStore.class);

    private final KubernetesClient client;
    private final String operatorNamespace;
    private final Served served;
    private final Executor writers;
    private final Executor controlLoop;
    private final LongSupplier wallMs;

    /**
     * @param writers where a request to the API server may block
     * @param controlLoop where completions come back
     */
    public CustomResourceStore(
            KubernetesClient client,
            String operatorNamespace,
            Served served,
            Executor writers,
            Executor controlLoop,
            LongSupplier wallMs) {
        this.client = client;
        this.operatorNamespace = operatorNamespace;
        this.served = served;
        this.writers = writers;
        this.controlLoop = controlLoop;
        this.wallMs = wallMs;
    }

    @Override
    public void load(Loading loading) {
        writers.execute(() -> {
            try {
                Contents contents = served.contents(reservedUntilMs(), wallMs.getAsLong());
                controlLoop.execute(() -> loading.loaded(contents));
            } catch (RuntimeException e) {
                controlLoop.execute(() -> loading.failed(e.getMessage()));
            }
        });
    }

    @Override
    public void commit(Change change, Completion completion) {
        switch (change) {
            case Change.PutMember put -> commit(put.member(), completion);
            case Change.ReserveTimestamps reserve ->
                write(completion, "the signing clock", () -> reserve(reserve.untilMs()));
            // The resource said so, that is why the controller does.
            case Change.PutNetwork put -> completion.done();
            case Change.DeleteNetwork delete -> completion.done();
            case Change.DeleteMember delete -> completion.done();
        }
    }

    private void commit(Member member, Completion completion) {
        Optional<ResourceID> holder = served.holder(member.networkId(), member.address());
        Optional<HostedMember> known = served.member(member.networkId(), member.address());
        if (holder.isEmpty() || known.isEmpty() || !addsTo(member, known.get())) {
            completion.done();
            return;
        }
        write(completion, "member " + holder.get().getName(), () -> assign(holder.get(), member));
    }

    private static boolean addsTo(Member member, HostedMember known) {
        return member.identity() != null && known.identity() == null
                || !known.ipAssignments().containsAll(texts(member.addresses()));
    }

    /** Reads the resource afresh, so that what users wrote meanwhile is left as they wrote it. */
    private void assign(ResourceID id, Member member) {
        var resource = client.resources(ZeroTierMember.class)
                .inNamespace(id.getNamespace().orElseThrow())
                .withName(id.getName());
        ZeroTierMember present = resource.get();
        if (present == null || present.isMarkedForDeletion()) {
            throw new IllegalStateException("the resource is gone");
        }
        String identity = member.identity() == null ? null : member.identity().toPublicText();
        Optional<String> patch = MemberPatch.apply(present, owned(present), texts(member.addresses()), identity);
        ZeroTierMember written = patch.isEmpty()
                ? present
                : resource.patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                .withFieldManager(Apply.FIELD_MANAGER)
                                .withForce(true)
                                .build(),
                        patch.get());
        served.committed(written, member.networkId(), member.address());
    }

    private static MemberPatch.Owned owned(ZeroTierMember present) {
        OwnedFields owned = OwnedFields.of(present);
        // A server that keeps no owners merges lists by replacing them: then everything present is named again.
        List<String> ips = present.getMetadata().getManagedFields().isEmpty()
                ? present.getSpec().ipAssignments
                : owned.setValues("ipAssignments");
        return new MemberPatch.Owned(ips, owned.has("identity"));
    }

    private void reserve(long untilMs) {
        Apply.apply(
                client,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(operatorNamespace)
                        .withName(CONFIG_MAP)
                        .endMetadata()
                        .withData(Map.of(KEY_RESERVED_UNTIL, Long.toString(untilMs)))
                        .build());
    }

    private long reservedUntilMs() {
        ConfigMap map = client.configMaps()
                .inNamespace(operatorNamespace)
                .withName(CONFIG_MAP)
                .get();
        if (map == null || map.getData() == null) {
            return 0;
        }
        try {
            return Long.parseLong(map.getData().getOrDefault(KEY_RESERVED_UNTIL, "0"));
        } catch (NumberFormatException e) {
            throw new IllegalStateException("ConfigMap " + CONFIG_MAP + ": " + KEY_RESERVED_UNTIL
                    + " is not a number; set it to the latest time at which a controller ran, in milliseconds");
        }
    }

    private void write(Completion completion, String what, Runnable request) {
        writers.execute(() -> {
            try {
                request.run();
                controlLoop.execute(completion::done);
            } catch (KubernetesClientException e) {
                LOG.warnf("%s cannot be stored: %s", what, reason(e));
                controlLoop.execute(() -> completion.failed(reason(e)));
            } catch (RuntimeException e) {
                LOG.warnf("%s cannot be stored: %s", what, e.getMessage());
                controlLoop.execute(() -> completion.failed(String.valueOf(e.getMessage())));
            }
        });
    }

    private static String reason(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_CONFLICT ? "the resource changed meanwhile" : e.getMessage();
    }

    private static List<String> texts(List<IpAddress> addresses) {
        List<String> texts = new ArrayList<>();
        addresses.forEach(a -> texts.add(a.toString()));
        return texts;
    }
}
