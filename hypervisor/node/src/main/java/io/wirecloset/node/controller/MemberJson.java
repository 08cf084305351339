package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.controller.Stranger;
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

/**
 * A member as the stock controller writes it in JSON (controller.md 4), and back: the same mapping for files, for
 * answers and for what is asked of a controller. Which addresses were assigned rather than given stands in an object of
 * our own within it.
 */
final class MemberJson {
    /** Somebody known and not admitted. */
    static final MemberSpec NOBODY = new MemberSpec(null, "", false, false, false, List.of());

    private static final String ASSIGNED = "assigned";
    private static final String CREDENTIAL_TYPE = "lastAuthorizedCredentialType";
    /** Set by {@link #write(Member, ObjectNode)} from the member alone. */
    private static final Set<String> WRITTEN = Set.of(
            "activeBridge",
            "address",
            "authorized",
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
            "revision",
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
        o.put("lastAuthorizedTime", member.authorizedMs());
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
        if (!spec.name().isEmpty()) {
            o.put("name", spec.name());
        }
    }

    /** Somebody who asked and is no member, as stock controllers would have recorded it. */
    static ObjectNode write(Stranger stranger) {
        ObjectNode o = unset();
        write(NOBODY, o);
        o.put("identity", stranger.identity().toPublicText());
        names(o, stranger.networkId(), stranger.address());
        o.put("creationTime", stranger.firstAskedMs());
        o.put("revision", 1);
        o.put("lastAuthorizedTime", 0);
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

    /** @param how "api" or "public" */
    static void authorizedBy(String how, ObjectNode rest) {
        rest.put(CREDENTIAL_TYPE, how);
        rest.remove("lastAuthorizedCredential");
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
        o.put("authenticationExpiryTime", 0);
        o.putArray("capabilities");
        o.putNull("lastAuthorizedCredential");
        o.putNull(CREDENTIAL_TYPE);
        o.put("remoteTraceLevel", 0);
        o.putNull("remoteTraceTarget");
        o.put("ssoExempt", false);
        o.putArray("tags");
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
        MemberSpec spec = spec(
                identity(file, address),
                Lenient.text(file.path("name"), ""),
                Lenient.bool(file.path("authorized"), false),
                Lenient.bool(file.path("activeBridge"), false),
                Lenient.bool(file.path("noAutoAssignIps"), false),
                all);
        return new Member(
                networkId,
                address,
                spec,
                assigned,
                Math.max(1, Lenient.integer(file.path("revision"), 1)),
                Math.max(0, Lenient.integer(file.path("creationTime"), 0)),
                Math.max(0, Lenient.integer(file.path("lastAuthorizedTime"), 0)),
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

    private static MemberSpec spec(
            Identity identity,
            String name,
            boolean authorized,
            boolean bridge,
            boolean noAutoAssign,
            List<IpAddress> addresses) {
        try {
            return new MemberSpec(identity, name, authorized, bridge, noAutoAssign, addresses);
        } catch (IllegalArgumentException e) {
            throw new Refusal(400, e.getMessage());
        }
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
        return rest;
    }

    /**
     * What is asked for, on top of what there is.
     *
     * @param kept null for somebody new
     * @param shown the object as the one who asks could have read it; asking for what stands there changes nothing
     * @throws Refusal for what is not served, or what no configuration can carry
     */
    static MemberSpec change(Member kept, ObjectNode wish, ObjectNode shown, Notes notes) {
        MemberSpec spec = kept == null ? NOBODY : kept.spec();
        wish.properties().forEach(field -> {
            refuseWhatIsNotServed(field.getKey(), field.getValue(), shown);
            if (NOT_SETTABLE.contains(field.getKey()) && !field.getValue().equals(shown.get(field.getKey()))) {
                notes.add(field.getKey(), "cannot be set, ignored");
            } else if (!shown.has(field.getKey()) && !field.getKey().equals("name")) {
                notes.add(field.getKey(), "no such field, ignored");
            }
        });
        return spec(
                spec.identity(),
                wish.has("name") ? Lenient.text(wish.get("name"), "") : spec.name(),
                wish.has("authorized") ? Lenient.bool(wish.get("authorized"), false) : spec.authorized(),
                wish.has("activeBridge") ? Lenient.bool(wish.get("activeBridge"), false) : spec.activeBridge(),
                wish.has("noAutoAssignIps") ? Lenient.bool(wish.get("noAutoAssignIps"), false) : spec.noAutoAssign(),
                wish.path("ipAssignments").isArray()
                        ? given(kept, addresses(wish.get("ipAssignments"), notes))
                        : spec.addresses());
    }

    /** Sent back as they were read, assigned ones stay assigned; in another list, all of them are given. */
    private static List<IpAddress> given(Member kept, List<IpAddress> wanted) {
        return kept != null && wanted.equals(kept.addresses()) ? kept.spec().addresses() : wanted;
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

    private static void refuseWhatIsNotServed(String name, JsonNode value, ObjectNode shown) {
        boolean asks =
                switch (name) {
                    case "capabilities", "tags" -> value.isArray() && !value.equals(shown.path(name));
                    case "remoteTraceTarget" -> Own.asksForTrace(value, shown.path(name));
                    case "remoteTraceLevel", "authenticationExpiryTime" ->
                        Lenient.integer(value, 0) != Lenient.integer(shown.path(name), 0);
                    default -> false;
                };
        if (asks) {
            throw new Refusal(400, name + ": is not served yet; leave the field out, or as it is");
        }
    }
}
