package io.wirecloset.simnet;

import java.util.HashMap;
import java.util.Map;

/** A place where everybody reaches everybody: the internet, or the LAN behind a NAT. */
final class Segment {
    /** Routers between any two places on the internet; so a TTL of 2 leaves a NAT and dies out there. */
    static final int INTERNET_HOPS = 8;
    /** A switch and two cables. */
    private static final Line LAN = Line.PERFECT.withDelay(0.2, 0.1);

    private final SimNet net;
    private final int firstIp;
    private final int ipStep;
    /** Null: this is the internet. */
    private final Site gateway;

    private final Map<Integer, Station> stations = new HashMap<>();
    private final Map<Long, Long> lastArrivalUs = new HashMap<>();
    private int handedOut;

    private Segment(SimNet net, Site gateway, int firstIp, int ipStep) {
        this.net = net;
        this.gateway = gateway;
        this.firstIp = firstIp;
        this.ipStep = ipStep;
    }

    /** 198.18.0.0/15, the range for benchmarks; each newcomer in a /24 of its own, as strangers mostly are. */
    static Segment internet(SimNet net) {
        return new Segment(net, null, SimAddress.ip("198.18.0.7"), 256);
    }

    static Segment lan(SimNet net, Site gateway, int number) {
        return new Segment(net, gateway, SimAddress.ip("192.168.0.10") + number * 256, 1);
    }

    int nextIp() {
        return firstIp + handedOut++ * ipStep;
    }

    void attach(Station station) {
        if (stations.putIfAbsent(station.ip(), station) != null) {
            throw new IllegalStateException(SimAddress.dotted(station.ip()) + " is taken");
        }
    }

    void detach(Station station) {
        stations.remove(station.ip(), station);
    }

    /** Takes a datagram from a station to the one it is for, or to the way out. */
    void carry(Station sender, Datagram datagram) {
        Station target = stations.get(datagram.to().ip());
        if (target != null) {
            travel(sender, target.ip(), target.line(), datagram, target::receive);
        } else if (gateway != null) {
            travel(sender, 0, Line.PERFECT, datagram, gateway::fromInside);
        } else {
            net.ended(datagram, Fate.NO_ROUTE);
        }
    }

    private void travel(Station sender, int targetIp, Line far, Datagram datagram, Arrival arrival) {
        boolean internet = gateway == null;
        Datagram there = internet ? datagram.afterHops(INTERNET_HOPS) : datagram;
        if (there.ttl() <= 0) {
            net.ended(datagram, Fate.TTL_EXPIRED);
            return;
        }
        Line[] way = {sender.line(), internet ? net.weather() : LAN, far};
        int copies = 1;
        for (Line line : way) {
            if (net.chance(line.loss())) {
                net.ended(datagram, Fate.LOST);
                return;
            }
            if (net.chance(line.duplication())) copies++;
        }
        for (int i = 0; i < copies; i++) net.at(arrivalUs(sender.ip(), targetIp, way), () -> arrival.receive(there));
    }

    private long arrivalUs(int senderIp, int targetIp, Line[] way) {
        double travelMs = 0;
        boolean heldBack = false;
        for (Line line : way) {
            travelMs += line.delayMs() + line.jitterMs() * net.share();
            if (net.chance(line.reorder())) {
                heldBack = true;
                travelMs += (line.delayMs() + line.jitterMs()) * net.share();
            }
        }
        long arrivalUs = net.nowUs() + Math.max(1, Math.round(travelMs * 1000));
        if (heldBack) return arrivalUs;
        long pair = SimNet.spread((long) senderIp << 32 | targetIp & 0xffffffffL);
        long inOrder = Math.max(arrivalUs, lastArrivalUs.getOrDefault(pair, 0L) + 1);
        lastArrivalUs.put(pair, inOrder);
        return inOrder;
    }

    @FunctionalInterface
    private interface Arrival {
        void receive(Datagram datagram);
    }
}
