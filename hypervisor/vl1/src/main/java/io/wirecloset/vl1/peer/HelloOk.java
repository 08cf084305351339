package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.ArrayList;
import java.util.List;

/**
 * OK to a HELLO, behind the in-re fields.
 *
 * <pre>
 *  clock 8 | version 5 | seen as 1, 7 or 19 | length of worlds 2 | worlds
 * </pre>
 *
 * @param clockMs the clock of the HELLO
 * @param seenAs the endpoint the HELLO came from, or null
 * @param worlds definitions newer than those the HELLO listed
 */
public record HelloOk(long clockMs, Version version, Endpoint seenAs, List<World> worlds) {
    /** Room for the definitions in the largest answer. */
    public static final int WORLDS_MAX_BYTES =
            Wire.MAX_PAYLOAD_BYTES - Wire.IN_RE_BYTES - 8 - Version.LENGTH - Wire.ENDPOINT_MAX_BYTES - 2;

    /** @throws io.wirecloset.vl1.wire.MalformedException also for a world that does not parse */
    public static HelloOk read(WireReader in) {
        long clockMs = in.u64();
        Version version = Version.read(in);
        Endpoint seenAs = in.hasRemaining() ? Endpoint.read(in) : null;
        List<World> worlds = new ArrayList<>();
        if (in.remaining() >= 2) {
            WireReader definitions = in.slice(in.u16());
            while (definitions.hasRemaining()) {
                worlds.add(World.read(definitions));
            }
        }
        return new HelloOk(clockMs, version, seenAs, List.copyOf(worlds));
    }

    public void write(WireWriter out) {
        out.u64(clockMs);
        version.write(out);
        Endpoint.write(out, seenAs);
        int lengthAt = out.length();
        out.u16(0);
        for (World world : worlds) {
            world.write(out);
        }
        out.u16At(lengthAt, out.length() - lengthAt - 2);
    }
}
