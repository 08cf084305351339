package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import java.util.List;

/**
 * Who we are and what we know from the start.
 *
 * @param self with its secret
 * @param planet null for none
 * @param moons those we orbit
 * @param version what we announce. Protocol 11 makes peers use suite 1, which tests want
 * @param mtu largest datagram to send, UDP payload
 * @param ids for the control loop's own packets; lanes have others under the same key
 * @param stamps those of all lanes
 * @param negotiates whether to find out who is one of our own nodes. Without it this one does as any other would
 */
public record Vl1Settings(
        Identity self,
        World planet,
        List<World> moons,
        Version version,
        int mtu,
        RandomSource random,
        PacketIds ids,
        List<Stamps> stamps,
        boolean negotiates) {
    public Vl1Settings {
        moons = List.copyOf(moons);
        stamps = List.copyOf(stamps);
        if (!self.hasSecret()) {
            throw new IllegalArgumentException("our own identity needs its secret");
        }
    }

    /** The usual ones: our version, the default MTU, no moons, no lanes. */
    public static Vl1Settings of(Identity self, World planet, RandomSource random, PacketIds ids) {
        Version version = new Version(Wire.PROTOCOL_VERSION, 0, 1, 0);
        return new Vl1Settings(self, planet, List.of(), version, Wire.DEFAULT_MTU, random, ids, List.of(), true);
    }

    public Vl1Settings withVersion(Version announced) {
        return new Vl1Settings(self, planet, moons, announced, mtu, random, ids, stamps, negotiates);
    }

    public Vl1Settings withProtocol(int protocol) {
        return withVersion(new Version(protocol, version.major(), version.minor(), version.revision()));
    }

    public Vl1Settings withMoons(List<World> orbited) {
        return new Vl1Settings(self, planet, orbited, version, mtu, random, ids, stamps, negotiates);
    }

    public Vl1Settings withMtu(int bytes) {
        return new Vl1Settings(self, planet, moons, version, bytes, random, ids, stamps, negotiates);
    }

    public Vl1Settings withStamps(List<Stamps> ofLanes) {
        return new Vl1Settings(self, planet, moons, version, mtu, random, ids, ofLanes, negotiates);
    }

    public Vl1Settings withNegotiation(boolean on) {
        return new Vl1Settings(self, planet, moons, version, mtu, random, ids, stamps, on);
    }
}
