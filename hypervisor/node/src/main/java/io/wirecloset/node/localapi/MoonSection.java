package io.wirecloset.node.localapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.world.World;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * /moon of the local API, field by field as the stock service has it (notes on controllers, section 11). Two things are
 * more generous: ids may have all sixteen digits, not just ten; and a moon that is waited for is listed too.
 */
public final class MoonSection implements ApiSection {
    /** The first segment of the paths that it answers. */
    public static final String SEGMENT = "moon";

    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{10}|[0-9a-fA-F]{16}");
    private static final Pattern SEED = Pattern.compile("(000000)?[0-9a-fA-F]{10}");

    private final Orbits orbits;

    public MoonSection(Orbits orbits) {
        this.orbits = orbits;
    }

    @Override
    public ApiResponse answer(ApiRequest r) {
        if (r.path().size() == 1) {
            return r.is("GET") ? ApiResponse.ok(all()) : null;
        }
        if (r.path().size() > 2 || !ID.matcher(r.segment(1)).matches()) {
            return null;
        }
        long id = Long.parseUnsignedLong(r.segment(1), 16);
        return switch (r.method()) {
            case "GET" ->
                orbits.moon(id).map(m -> ApiResponse.ok(render(m))).orElseGet(() -> ApiResponse.emptyObject(200));
            case "POST" -> orbit(id, r.jsonOrEmpty().path("seed").asText());
            case "DELETE" -> {
                orbits.deorbit(id);
                yield ApiResponse.ok(object().put("result", true));
            }
            default -> null;
        };
    }

    /** Without a seed nothing is done, and said, as with the stock service. */
    private ApiResponse orbit(long id, String seedText) {
        long seed = SEED.matcher(seedText).matches() ? Long.parseUnsignedLong(seedText, 16) : 0;
        if (id == 0 || Addresses.isReserved(seed)) {
            return ApiResponse.emptyObject(200);
        }
        return orbits.orbit(id, seed)
                .map(moon -> ApiResponse.ok(render(moon)))
                .orElseThrow(() -> new ApiRequest.BadRequest("too many moons; deorbit one first"));
    }

    private ArrayNode all() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        orbits.moons().forEach(moon -> all.add(render(moon)));
        return all;
    }

    private static ObjectNode render(Orbits.Moon moon) {
        ObjectNode o = object();
        World world = moon.world();
        o.put("id", NetworkIds.format(moon.id()));
        ArrayNode roots = o.putArray("roots");
        if (world != null) {
            world.roots().forEach(root -> roots.add(render(root)));
        }
        o.put("signature", world == null ? null : HexFormat.of().formatHex(world.signature()));
        o.put("timestamp", world == null ? 0 : world.timestampMs());
        o.put("updatesMustBeSignedBy", world == null ? null : HexFormat.of().formatHex(world.nextUpdateKey()));
        o.put("waiting", moon.isWaiting());
        return o;
    }

    private static ObjectNode render(World.Root root) {
        ObjectNode o = object();
        o.put("identity", root.identity().toPublicText());
        ArrayNode endpoints = o.putArray("stableEndpoints");
        root.endpoints().forEach(endpoint -> endpoints.add(endpoint.toString()));
        return o;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
