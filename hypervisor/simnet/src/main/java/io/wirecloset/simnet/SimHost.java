package io.wirecloset.simnet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** A host: one address, some UDP sockets, one application. */
public final class SimHost implements Station {
    /** What an operating system sets when nobody asks for another. */
    public static final int DEFAULT_TTL = 64;
    /** Nothing is polled at once: a thread takes a moment to wake, drawn by the seed up to this. */
    private static final int WAKE_UP_US = 200;

    private final SimNet net;
    private final String name;
    private final int number;
    private final SplittableRandom random;
    private final List<SimAddress> sockets = new ArrayList<>();

    private Segment segment;
    private int ip;
    private Line line = Line.PERFECT;
    private long clockAheadMs;
    private long sent;
    private SimApplication application;
    /** Of the poll that counts; one scheduled for another time was overtaken. */
    private long pollAtUs = Long.MAX_VALUE;

    SimHost(SimNet net, String name, int number, SplittableRandom random) {
        this.net = net;
        this.name = name;
        this.number = number;
        this.random = random;
    }

    /** Puts the host behind a NAT of its own. */
    public SimHost behind(Nat nat) {
        return behind(net.site(nat));
    }

    /** Puts the host into the LAN of a site. Without this it stands on the internet. */
    public SimHost behind(Site site) {
        return attach(site.inside());
    }

    /** Takes the host elsewhere while it runs: sockets stay open and are at the new address from now on. */
    public SimHost movesBehind(Site site) {
        segment.detach(this);
        segment = null;
        attach(site.inside());
        sockets.replaceAll(socket -> socket == null ? null : new SimAddress(ip, socket.port()));
        return this;
    }

    private SimHost attach(Segment to) {
        if (segment != null) throw new IllegalStateException(name + " has an address already");
        segment = to;
        ip = to.nextIp();
        to.attach(this);
        return this;
    }

    /** The line between this host and its segment. */
    public SimHost line(Line newLine) {
        line = newLine;
        return this;
    }

    /** Sets its wall clock that far from the right date, and to go on from there. Negative: behind. */
    public SimHost clockAhead(Duration ahead) {
        clockAheadMs = ahead.toMillis();
        return this;
    }

    /** Starts an application; one that ran before is gone at once, with its sockets. */
    public <A extends SimApplication> A runs(Function<SimHost, A> make) {
        stop();
        if (segment == null) attach(net.internet());
        A started = make.apply(this);
        application = started;
        wake();
        return started;
    }

    /** Ends the application without a word, as a power cut would. */
    public void stop() {
        application = null;
        pollAtUs = Long.MAX_VALUE;
        // kept as closed, so that a datagram for an old socket finds no new one
        sockets.replaceAll(socket -> null);
    }

    /** Opens a UDP socket. @return its number, to be named when sending */
    public int open(int port) {
        SimAddress local = new SimAddress(ip(), port);
        if (sockets.contains(local)) throw new IllegalStateException(name + ": port " + port + " is in use");
        sockets.add(local);
        return sockets.size() - 1;
    }

    public void close(int socket) {
        sockets.set(socket, null);
    }

    public SimAddress localAddress(int socket) {
        return sockets.get(socket);
    }

    /** Sends a datagram; the bytes are copied. */
    public void send(int socket, SimAddress to, byte[] bytes, int offset, int length, int ttl) {
        SimAddress from = sockets.get(socket);
        if (from == null) throw new IllegalStateException(name + ": socket " + socket + " is closed");
        Datagram datagram = new Datagram(this, from, to, ttl, Arrays.copyOfRange(bytes, offset, offset + length));
        sent++;
        net.began(datagram);
        segment.carry(this, datagram);
    }

    /** Asks for a poll within a moment. */
    public void wake() {
        pollAt(net.nowUs() + 1 + random.nextInt(WAKE_UP_US));
    }

    /** A generator of this host's own, split from the network's seed. */
    public SplittableRandom random() {
        return random;
    }

    public String name() {
        return name;
    }

    public long nowMs() {
        return net.nowMs();
    }

    /** What this host takes the date to be. */
    public long wallMs() {
        return net.wallMs() + clockAheadMs;
    }

    /** Datagrams so far, of all its applications. */
    public long sent() {
        return sent;
    }

    /** Does an application run on it? */
    public boolean isRunning() {
        return application != null;
    }

    /** Hosts are numbered in the order in which they were first mentioned. */
    int number() {
        return number;
    }

    @Override
    public int ip() {
        if (segment == null) attach(net.internet());
        return ip;
    }

    @Override
    public Line line() {
        return line;
    }

    @Override
    public void receive(Datagram datagram) {
        int socket = sockets.indexOf(datagram.to());
        if (net.isCut(datagram.origin(), this)) {
            net.ended(datagram, Fate.CUT);
        } else if (application == null || socket < 0) {
            net.ended(datagram, Fate.PORT_CLOSED);
        } else {
            net.delivered(datagram, this);
            application.onDatagram(socket, datagram.from(), datagram.payload().clone(), net.nowMs());
            wake();
        }
    }

    private void pollAt(long atUs) {
        if (application == null || pollAtUs <= atUs) return;
        pollAtUs = atUs;
        SimApplication running = application;
        net.at(atUs, () -> {
            if (application != running || pollAtUs != atUs) return;
            pollAtUs = Long.MAX_VALUE;
            long nextMs = running.poll(net.nowMs());
            if (nextMs != SimApplication.NEVER) pollAt(Math.max(nextMs, net.nowMs() + 1) * 1000);
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
