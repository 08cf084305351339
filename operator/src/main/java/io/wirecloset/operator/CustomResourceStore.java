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
import io.wirecloset.operator.lease.Election;
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

    /** Who may move the mark: the name of an operator's process. */
    public static final String KEY_LEADER = "leader";

    private static final Logger LOG = Logger.getLogger(CustomResourceStore.class);
    private static final int CLAIM_ATTEMPTS = 5;

    private final KubernetesClient client;
    private final String operatorNamespace;
    private final Served served;
    private final Election election;
    private final Executor writers;
    private final Executor controlLoop;
    private final LongSupplier wallMs;

    /**
     * @param election without whose lease nothing is written
     * @param writers where a request to the API server may block
     * @param controlLoop where completions come back
     */
    public CustomResourceStore(
            KubernetesClient client,
            String operatorNamespace,
            Served served,
            Election election,
            Executor writers,
            Executor controlLoop,
            LongSupplier wallMs) {
        this.client = client;
        this.operatorNamespace = operatorNamespace;
        this.served = served;
        this.election = election;
        this.writers = writers;
        this.controlLoop = controlLoop;
        this.wallMs = wallMs;
    }

    @Override
    public void load(Loading loading) {
        writers.execute(() -> {
            try {
                Contents contents = served.contents(claimClock(), wallMs.getAsLong());
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
        write(completion, "member " + holder.get().getName(), () -> {
            requireClaim(clock());
            assign(holder.get(), member);
        });
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

    /**
     * Puts our name on the clock's mark, whoever's was there. From then on the leader before cannot move it any more, even
     * if it does not know yet that it is not the leader.
     *
     * @return the mark, above which nobody has signed
     */
    private long claimClock() {
        for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
            ConfigMap present = clock();
            try {
                putClock(present, reservedUntilMs(present));
                return reservedUntilMs(present);
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                    throw e;
                }
            }
        }
        throw new IllegalStateException("ConfigMap " + CONFIG_MAP + " changes all the time");
    }

    /** Only while the mark bears our name, and only if nobody wrote it since that was read. */
    private void reserve(long untilMs) {
        ConfigMap present = clock();
        requireClaim(present);
        putClock(present, Math.max(untilMs, reservedUntilMs(present)));
    }

    /** For processes that stood still together with their clock, as on a suspended machine: the lease says nothing there. */
    private void requireClaim(ConfigMap clock) {
        if (clock == null
                || clock.getData() == null
                || !election.self().equals(clock.getData().get(KEY_LEADER))) {
            throw new IllegalStateException("another controller has taken over ConfigMap " + CONFIG_MAP);
        }
    }

    private ConfigMap clock() {
        return client.configMaps()
                .inNamespace(operatorNamespace)
                .withName(CONFIG_MAP)
                .get();
    }

    /** Fails when it is not any more what was read. */
    private void putClock(ConfigMap read, long untilMs) {
        ConfigMap map = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(operatorNamespace)
                .withName(CONFIG_MAP)
                .withResourceVersion(read == null ? null : read.getMetadata().getResourceVersion())
                .endMetadata()
                .withData(Map.of(KEY_RESERVED_UNTIL, Long.toString(untilMs), KEY_LEADER, election.self()))
                .build();
        if (read == null) {
            client.resource(map).create();
        } else {
            client.resource(map).update();
        }
    }

    private static long reservedUntilMs(ConfigMap map) {
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
                if (!election.holds()) {
                    throw new IllegalStateException("the lease is not ours at the moment");
                }
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
