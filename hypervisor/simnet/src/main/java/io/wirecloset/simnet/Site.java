package io.wirecloset.simnet;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;

/** A NAT and the LAN behind it. Its outer side stands on the internet, or in the LAN of another site. */
public final class Site implements Station {
    private static final int FIRST_PORT = 1024;
    private static final int PORTS = 65536 - FIRST_PORT;

    private final SimNet net;
    private final Nat nat;
    private final SplittableRandom random;
    private final Segment outside;
    private final Segment inside;
    private int outerIp;

    private Line line = Line.PERFECT;
    private int nextSequentialPort;
    private final Map<Inner, Mapping> byInner = new HashMap<>();
    private final Map<Integer, Mapping> byOuterPort = new HashMap<>();

    Site(SimNet net, Nat nat, Segment outside, int number, SplittableRandom random) {
        this.net = net;
        this.nat = nat;
        this.outside = outside;
        this.random = random;
        this.inside = Segment.lan(net, this, number);
        this.outerIp = outside.nextIp();
        this.nextSequentialPort = random.nextInt(PORTS);
        outside.attach(this);
    }

    /** A second NAT inside this one's LAN. */
    public Site behindIt(Nat inner) {
        return net.site(inner, inside);
    }

    /** The line between this site and what is outside. */
    public Site line(Line newLine) {
        line = newLine;
        return this;
    }

    /** Forgets all mappings, as after a power cut. */
    public void forgetMappings() {
        byInner.clear();
        byOuterPort.clear();
    }

    /** Gets another outer address, and forgets all mappings, as after a new dial-in. Hosts inside notice nothing. */
    public void changeOuterAddress() {
        outside.detach(this);
        outerIp = outside.nextIp();
        outside.attach(this);
        forgetMappings();
    }

    public int outerIpAddress() {
        return outerIp;
    }

    Segment inside() {
        return inside;
    }

    @Override
    public int ip() {
        return outerIp;
    }

    @Override
    public Line line() {
        return line;
    }

    /** A datagram from the LAN on its way out. */
    void fromInside(Datagram datagram) {
        if (!nat.passesUdp()) {
            net.ended(datagram, Fate.UDP_BLOCKED);
            return;
        }
        Datagram hop = datagram.afterHops(1);
        if (hop.ttl() <= 0) {
            net.ended(datagram, Fate.TTL_EXPIRED);
            return;
        }
        Mapping mapping = mappingFor(hop.from(), hop.to());
        long untilUs = net.nowUs() + nat.timeoutMs() * 1000;
        mapping.untilUs = untilUs;
        mapping.permittedUntilUs.put(permission(hop.to()), untilUs);
        Datagram translated = hop.from(new SimAddress(outerIp, mapping.outerPort));
        if (hop.to().ip() != outerIp) {
            outside.carry(this, translated);
        } else if (nat.hairpin()) {
            receive(translated);
        } else {
            net.ended(datagram, Fate.NO_ROUTE);
        }
    }

    /** A datagram from outside. */
    @Override
    public void receive(Datagram datagram) {
        Mapping mapping = byOuterPort.get(datagram.to().port());
        if (mapping == null || mapping.untilUs < net.nowUs()) {
            net.ended(datagram, Fate.NO_MAPPING);
        } else if (!permits(mapping, datagram.from())) {
            net.ended(datagram, Fate.FILTERED);
        } else {
            Datagram hop = datagram.to(mapping.inner).afterHops(1);
            if (hop.ttl() <= 0) net.ended(datagram, Fate.TTL_EXPIRED);
            else inside.carry(this, hop);
        }
    }

    private boolean permits(Mapping mapping, SimAddress remote) {
        if (nat.filtering() == Nat.Filtering.ENDPOINT_INDEPENDENT) return true;
        Long untilUs = mapping.permittedUntilUs.get(permission(remote));
        return untilUs != null && untilUs >= net.nowUs();
    }

    private SimAddress permission(SimAddress remote) {
        return nat.filtering() == Nat.Filtering.ADDRESS_AND_PORT_DEPENDENT ? remote : remote.withPort(0);
    }

    private Mapping mappingFor(SimAddress inner, SimAddress remote) {
        Inner key = new Inner(inner, nat.mapping() == Nat.Mapping.ENDPOINT_INDEPENDENT ? null : remote);
        Mapping known = byInner.get(key);
        if (known != null && known.untilUs >= net.nowUs()) return known;
        forgetExpired();
        Mapping fresh = new Mapping(inner, freePort(inner.port()));
        byInner.put(key, fresh);
        byOuterPort.put(fresh.outerPort, fresh);
        return fresh;
    }

    private void forgetExpired() {
        for (Iterator<Mapping> each = byInner.values().iterator(); each.hasNext(); ) {
            Mapping mapping = each.next();
            if (mapping.untilUs >= net.nowUs()) continue;
            each.remove();
            byOuterPort.remove(mapping.outerPort);
        }
    }

    private int freePort(int innerPort) {
        int port =
                switch (nat.ports()) {
                    case PRESERVED -> innerPort;
                    case SEQUENTIAL -> FIRST_PORT + nextSequentialPort++ % PORTS;
                    case RANDOM -> FIRST_PORT + random.nextInt(PORTS);
                };
        for (int tries = 0; tries < PORTS; tries++) {
            if (!byOuterPort.containsKey(port)) return port;
            port = port == 65535 ? FIRST_PORT : port + 1;
        }
        throw new IllegalStateException("the NAT has no port left");
    }

    /** @param remote null when mappings do not depend on it */
    private record Inner(SimAddress inner, SimAddress remote) {}

    private static final class Mapping {
        final SimAddress inner;
        final int outerPort;
        long untilUs;
        final Map<SimAddress, Long> permittedUntilUs = new HashMap<>();

        Mapping(SimAddress inner, int outerPort) {
            this.inner = inner;
            this.outerPort = outerPort;
        }
    }
}
