package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.Stranger;
import io.wirecloset.controller.model.Authorization;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A member as the stock controller writes it in JSON (controller.md 4), and back: the same mapping for files, for
 * answers and for what is asked of a controller. Which addresses were assigned rather than given stands in an object of
 * our own within it.
 */
final class MemberJson {
    /** Somebody known and not admitted. */
    static final MemberSpec NOBODY = new MemberSpec(null, "", false, false, false, List.of());

    private static final String ASSIGNED = "assigned";
    private static final String AUTH_EXPIRY = "authenticationExpiryTime";
    private static final String CREDENTIAL = "lastAuthorizedCredential";
    private static final String CREDENTIAL_TYPE = "lastAuthorizedCredentialType";
    private static final int PAIR = 2;
    /** Set by {@link #write(Member, ObjectNode)} from the member alone. */
    private static final Set<String> WRITTEN = Set.of(
            "activeBridge",
            "address",
            AUTH_EXPIRY,
            "authorized",
            "capabilities",
            "creationTime",
            "id",
            "identity",
            "ipAssignments",
            "lastAuthorizedTime",
            "lastDeauthorizedTime",
            "name",
            "noAutoAssignIps",
            "nwid",
            "objtype",
            Own.TRACE_LEVEL,
            Own.TRACE_TARGET,
            "revision",
            "tags",
            Own.FIELD);

    private static final Set<String> NOT_SETTABLE = Set.of("identity", "authenticationURL", Own.FIELD);

    private MemberJson() {}

    // ---- writing

    /** The whole object. @param rest what {@link #rest} left of a file, or an empty object */
    static ObjectNode write(Member member, ObjectNode rest) {
        ObjectNode o = unset();
        o.setAll(rest);
        write(member.spec(), o);
        texts(o.putArray("ipAssignments"), member.addresses());
        if (member.identity() != null) {
            o.put("identity", member.identity().toPublicText());
        }
        names(o, member.networkId(), member.address());
        o.put("creationTime", member.createdMs());
        o.put("revision", member.revision());
        write(member.lastAuthorization(), o);
        o.put("lastDeauthorizedTime", member.deauthorizedMs());
        if (!member.assigned().isEmpty()) {
            texts(o.putObject(Own.FIELD).putArray(ASSIGNED), member.assigned());
        }
        return Json.sorted(o);
    }

    /** A member nobody has set anything of yet. */
    static ObjectNode fresh() {
        return write(Member.create(0, 0, NOBODY, 0), Json.object());
    }

    /** The fields that can be set, as one would ask a controller for them. */
    static void write(MemberSpec spec, ObjectNode o) {
        o.put("activeBridge", spec.activeBridge());
        o.put("authorized", spec.authorized());
        o.put("noAutoAssignIps", spec.noAutoAssign());
        texts(o.putArray("ipAssignments"), spec.addresses());
        ArrayNode capabilities = o.putArray("capabilities");
        spec.capabilities().forEach(capabilities::add);
        ArrayNode tags = o.putArray("tags");
        spec.tags().forEach((id, value) -> tags.addArray().add(id).add(value));
        Own.write(spec.remoteTrace(), o);
        o.put(AUTH_EXPIRY, spec.authenticationExpiryMs());
        if (!spec.name().isEmpty()) {
            o.put("name", spec.name());
        }
    }

    private static void write(Authorization last, ObjectNode o) {
        o.put("lastAuthorizedTime", last.atMs());
        if (last.by() != null) {
            o.put(CREDENTIAL, last.token());
            o.put(CREDENTIAL_TYPE, word(last.by()));
        }
    }

    private static String word(Authorization.By by) {
        return switch (by) {
            case OWNER -> "api";
            case PUBLIC_NETWORK -> "public";
            case TOKEN -> "token";
        };
    }

    /** Somebody who asked and is no member, as stock controllers would have recorded it. */
    static ObjectNode write(Stranger stranger) {
        ObjectNode o = unset();
        write(NOBODY, o);
        o.put("identity", stranger.identity().toPublicText());
        names(o, stranger.networkId(), stranger.address());
        o.put("creationTime", stranger.firstAskedMs());
        o.put("revision", 1);
        write(Authorization.NEVER, o);
        o.put("lastDeauthorizedTime", 0);
        return Json.sorted(o);
    }

    /** What a member said of its software when it last asked. */
    static void writeVersion(MemberInfo info, ObjectNode o) {
        o.put("vMajor", info.major());
        o.put("vMinor", info.minor());
        o.put("vRev", info.revision());
        o.put("vProto", info.protocol());
    }

    private static void names(ObjectNode o, long networkId, long address) {
        o.put("address", Addresses.format(address));
        o.put("id", Addresses.format(address));
        o.put("nwid", NetworkIds.format(networkId));
        o.put("objtype", "member");
    }

    private static void texts(ArrayNode into, List<IpAddress> addresses) {
        addresses.forEach(ip -> into.add(ip.toString()));
    }

    /** What stock controllers write for what is not kept here, when it is not used. */
    private static ObjectNode unset() {
        ObjectNode o = Json.object();
        o.putNull(CREDENTIAL);
        o.putNull(CREDENTIAL_TYPE);
        o.put("ssoExempt", false);
        writeVersion(new MemberInfo(-1, -1, -1, -1, -1), o);
        return o;
    }

    // ---- reading

    /**
     * A member from its file.
     *
     * @throws Refusal if it is not clear who the member is
     */
    static Member read(long networkId, long address, ObjectNode file, Notes notes) {
        List<IpAddress> all = addresses(file.path("ipAssignments"), notes);
        List<IpAddress> assigned = addresses(file.path(Own.FIELD).path(ASSIGNED), notes);
        assigned.retainAll(all);
        all.removeAll(assigned);
        MemberSpec.Builder spec =
                NOBODY.with().identity(identity(file, address)).addresses(all);
        file.properties().forEach(field -> set(spec, field.getKey(), field.getValue(), notes));
        return new Member(
                networkId,
                address,
                build(spec),
                assigned,
                Math.max(1, Lenient.integer(file.path("revision"), 1)),
                Math.max(0, Lenient.integer(file.path("creationTime"), 0)),
                lastAuthorization(file),
                Math.max(0, Lenient.integer(file.path("lastDeauthorizedTime"), 0)));
    }

    private static Identity identity(ObjectNode file, long address) {
        if (!file.hasNonNull("identity")) {
            return null;
        }
        try {
            Identity identity = Identity.parse(file.get("identity").asText());
            if (identity.address() == address) {
                return identity.withoutSecret();
            }
            throw new Refusal(409, "identity: belongs to " + Addresses.format(identity.address()));
        } catch (MalformedException e) {
            throw new Refusal(409, "identity: " + e.getMessage());
        }
    }

    private static Authorization lastAuthorization(ObjectNode file) {
        Authorization.By by = null;
        for (Authorization.By one : Authorization.By.values()) {
            by = word(one).equals(file.path(CREDENTIAL_TYPE).textValue()) ? one : by;
        }
        return new Authorization(
                Math.max(0, Lenient.integer(file.path("lastAuthorizedTime"), 0)),
                by,
                by == Authorization.By.TOKEN ? file.path(CREDENTIAL).textValue() : null);
    }

    private static MemberSpec build(MemberSpec.Builder spec) {
        try {
            return spec.build();
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, e.getMessage());
        }
    }

    /** All that can be set but addresses. @return whether there is such a field */
    private static boolean set(MemberSpec.Builder spec, String name, JsonNode value, Notes notes) {
        switch (name) {
            case "name" -> spec.name(Lenient.text(value, ""));
            case "authorized" -> spec.authorized(Lenient.bool(value, false));
            case "activeBridge" -> spec.activeBridge(Lenient.bool(value, false));
            case "noAutoAssignIps" -> spec.noAutoAssign(Lenient.bool(value, false));
            case "tags" -> {
                if (value.isArray()) {
                    spec.tags(tags(value, notes));
                }
            }
            case "capabilities" -> {
                if (value.isArray()) {
                    spec.capabilities(capabilities(value));
                }
            }
            case Own.TRACE_TARGET, Own.TRACE_LEVEL -> spec.remoteTrace(Own.with(spec.remoteTrace(), name, value));
            case AUTH_EXPIRY -> spec.authenticationExpiryMs(Lenient.integer(value, 0));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Pairs of id and value; of those with one id the last counts. */
    private static Map<Long, Long> tags(JsonNode list, Notes notes) {
        Map<Long, Long> tags = new TreeMap<>();
        for (JsonNode entry : list) {
            if (entry.isArray() && entry.size() == PAIR) {
                tags.put(Lenient.u32(entry.get(0)), Lenient.u32(entry.get(1)));
            } else {
                notes.add("tags", "left out, it is no pair of id and value: " + entry);
            }
        }
        return tags;
    }

    private static Set<Long> capabilities(JsonNode list) {
        Set<Long> ids = new TreeSet<>();
        list.forEach(id -> ids.add(Lenient.u32(id)));
        return ids;
    }

    /** What of a file {@link #write} would not write by itself. */
    static ObjectNode rest(ObjectNode file) {
        ObjectNode unset = unset();
        ObjectNode rest = Json.object();
        for (Map.Entry<String, JsonNode> field : file.properties()) {
            if (!WRITTEN.contains(field.getKey()) && !field.getValue().equals(unset.get(field.getKey()))) {
                rest.set(field.getKey(), field.getValue());
            }
        }
        if (lastAuthorization(file).by() != null) {
            rest.remove(List.of(CREDENTIAL, CREDENTIAL_TYPE));
        }
        return rest;
    }

    /**
     * What is asked for, on top of what there is.
     *
     * @param kept null for somebody new
     * @param shown the object as the one who asks could have read it; asking for what stands there changes nothing
     * @throws Refusal for what no configuration can carry
     */
    static MemberSpec change(Member kept, ObjectNode wish, ObjectNode shown, Notes notes) {
        MemberSpec.Builder spec = (kept == null ? NOBODY : kept.spec()).with();
        wish.properties().forEach(field -> {
            String name = field.getKey();
            if (set(spec, name, field.getValue(), notes)) {
                return;
            }
            if (NOT_SETTABLE.contains(name) && !field.getValue().equals(shown.get(name))) {
                notes.add(name, "cannot be set, ignored");
            } else if (!shown.has(name)) {
                notes.add(name, "no such field, ignored");
            }
        });
        if (wish.path("ipAssignments").isArray()) {
            spec.addresses(addresses(wish.get("ipAssignments"), notes));
        } else if (kept != null) {
            spec.addresses(kept.addresses());
        }
        return withAssignedApart(build(spec), kept);
    }

    /** As long as the list is as it was, assigned addresses stay that; another list, or a fixed one, is all given. */
    private static MemberSpec withAssignedApart(MemberSpec wanted, Member kept) {
        return kept != null && !wanted.noAutoAssign() && wanted.addresses().equals(kept.addresses())
                ? build(wanted.with().addresses(kept.spec().addresses()))
                : wanted;
    }

    private static List<IpAddress> addresses(JsonNode list, Notes notes) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        for (JsonNode entry : list) {
            Lenient.ip(entry)
                    .ifPresentOrElse(
                            addresses::add, () -> notes.add("ipAssignments", "left out, it is no address: " + entry));
        }
        return new ArrayList<>(addresses);
    }
}
