package io.wirecloset.operator.member;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.crds.ZeroTierMember;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The server-side apply that puts what the controller decided into a member's spec. */
public final class MemberPatch {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What earlier applies put there.
     *
     * @param ips which have to be named again, or they are given up
     */
    public record Owned(Collection<String> ips, boolean identity) {}

    private MemberPatch() {}

    /**
     * @param ips all that the member shall have
     * @param identity pinned, or null
     * @return nothing when the resource says all of it already
     */
    public static Optional<String> apply(ZeroTierMember present, Owned owned, List<String> ips, String identity) {
        Set<String> mine = new LinkedHashSet<>(owned.ips());
        boolean news = false;
        for (String ip : ips) {
            if (!present.getSpec().ipAssignments.contains(ip)) {
                news |= mine.add(ip);
            }
        }
        boolean pin = identity != null && present.getSpec().identity == null;
        if (!news && !pin) {
            return Optional.empty();
        }
        ObjectNode patch = JSON.createObjectNode();
        patch.put("apiVersion", present.getApiVersion()).put("kind", present.getKind());
        // With the uid an apply to what was deleted meanwhile fails instead of making half a member; with the version
        // one
        // to what somebody else has written to since, another leader for example.
        patch.putObject("metadata")
                .put("name", present.getMetadata().getName())
                .put("namespace", present.getMetadata().getNamespace())
                .put("uid", present.getMetadata().getUid())
                .put("resourceVersion", present.getMetadata().getResourceVersion());
        ObjectNode spec = patch.putObject("spec");
        if (pin) {
            spec.put("identity", identity);
        } else if (owned.identity()) {
            spec.put("identity", present.getSpec().identity);
        }
        if (!mine.isEmpty()) {
            ArrayNode list = spec.putArray("ipAssignments");
            mine.forEach(list::add);
        }
        return Optional.of(patch.toString());
    }
}
