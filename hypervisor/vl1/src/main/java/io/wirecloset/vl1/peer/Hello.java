package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;

/**
 * HELLO: who the sender is, what it speaks, and which worlds it knows (notes on verbs, HELLO).
 *
 * <pre>
 *  version 5 | clock 8 | identity 71 | sent to 1, 7 or 19 | planet id 8 | planet timestamp 8 | moons
 *  ------- always -------------------- ------------ each may be missing, with all behind it -------
 * </pre>
 *
 * Behind these fields lies the section with the {@link Moons}, encrypted on its own by
 * {@link Armor#cryptHelloSection}.
 *
 * @param clockMs the sender's clock; comes back in the OK, so that the sender can tell the round trip
 * @param sentTo where the sender sent it, or null
 * @param planetId 0 if not said
 */
public record Hello(
        Version version, long clockMs, Identity sender, Endpoint sentTo, long planetId, long planetTimestampMs) {
    private static final int PLANET_BYTES = 16;

    /**
     * Reads up to the encrypted section, which the reader stands before afterwards.
     *
     * @throws io.wirecloset.vl1.wire.MalformedException if what is there does not parse
     */
    public static Hello read(WireReader in) {
        Version version = Version.read(in);
        long clockMs = in.u64();
        Identity sender = Identity.read(in).withoutSecret();
        Endpoint sentTo = in.hasRemaining() ? Endpoint.read(in) : null;
        boolean saysPlanet = in.remaining() >= PLANET_BYTES;
        long planetId = saysPlanet ? in.u64() : 0;
        long planetTimestampMs = saysPlanet ? in.u64() : 0;
        if (!saysPlanet) {
            in.skip(in.remaining());
        }
        return new Hello(version, clockMs, sender, sentTo, planetId, planetTimestampMs);
    }

    /** Writes all fields, up to where the section begins. */
    public void write(WireWriter out) {
        version.write(out);
        out.u64(clockMs);
        sender.write(out, false);
        Endpoint.write(out, sentTo);
        out.u64(planetId).u64(planetTimestampMs);
    }
}
