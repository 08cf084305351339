package io.wirecloset.simnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * A network in memory. One thread drives it by {@link #runFor} and {@link #runUntil}; between events no time passes, and
 * every choice comes from the seed, so the same seed and the same calls give the same run, byte for byte.
 *
 * <pre>
 *   var net  = new SimNet(42);
 *   var echo = net.host("echo").runs(Echo::new);
 *   var a    = net.host("a").behind(Nat.PORT_RESTRICTED).runs(Client::new);
 *   net.runUntil(a::answered, seconds(30));
 * </pre>
 */
public final class SimNet {
    /** Virtual time starts here, and not at 0, so that "long ago" is a time too. */
    public static final long START_MS = 1_000_000_000L;
    /** And the date then is this; hosts may think otherwise. */
    private static final long START_WALL_MS = 1_700_000_000_000L;

    private final long seed;
    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<String, SimHost> hosts = new LinkedHashMap<>();
    private final Set<Long> cuts = new HashSet<>();
    private final long[] fates = new long[Fate.values().length];
    private final SequenceDiagram diagram = new SequenceDiagram();
    private final MessageDigest digest = sha256();
    private final ByteBuffer noted = ByteBuffer.allocate(8 + 8 + 4 + 4 + 6 + 6);
    private final Segment internet = Segment.internet(this);

    private Line weather = Line.ORDINARY;
    private long nowUs = START_MS * 1000;
    private long eventNumber;
    /** Of the times and numbers of all events so far. */
    private long eventsHash;

    private int sites;

    public SimNet(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    // ---- what stands in it

    /** The host of that name; made when asked for the first time. */
    public SimHost host(String name) {
        return hosts.computeIfAbsent(name, unknown -> new SimHost(this, unknown, hosts.size(), random.split()));
    }

    /** A NAT on the internet with a LAN behind it, for more than one host. */
    public Site site(Nat nat) {
        return site(nat, internet);
    }

    /** A NAT behind a NAT, both of that kind, as behind a provider that has too few addresses: the inner one. */
    public Site doubled(Nat nat) {
        return site(nat).behindIt(nat);
    }

    Site site(Nat nat, Segment outside) {
        return new Site(this, nat, outside, ++sites, random.split());
    }

    Segment internet() {
        return internet;
    }

    // ---- what happens to datagrams

    /** What each datagram that crosses the internet suffers from now on. */
    public void weather(Line newWeather) {
        weather = newWeather;
    }

    /** No datagram passes between the two any more, in either direction, however it travels. */
    public void cut(SimHost a, SimHost b) {
        cuts.add(pair(a, b));
    }

    /** Cuts these hosts off from all others there are now. */
    public void partition(Collection<SimHost> side) {
        for (SimHost inside : side) {
            for (SimHost other : hosts.values()) if (!side.contains(other)) cut(inside, other);
        }
    }

    /** Ends every cut. */
    public void healAll() {
        cuts.clear();
    }

    /** Only datagrams of and to these hosts go into the diagram: the last ones of a pair, where many others talk too. */
    public void watch(Collection<SimHost> some) {
        diagram.watch(some);
    }

    /** Says what a datagram is, for the diagram; the network itself cannot read it. */
    public void describe(Function<byte[], String> describe) {
        diagram.describe(describe);
    }

    // ---- time

    public long nowMs() {
        return nowUs / 1000;
    }

    /** The right date; {@link SimHost#wallMs} is what a host takes it to be. */
    public long wallMs() {
        return nowMs() - START_MS + START_WALL_MS;
    }

    public void runFor(Duration duration) {
        runUntil(() -> false, nowUs + duration.toNanos() / 1000);
    }

    /** Runs until the condition is true. @throws AssertionError naming seed and diagram when it is not within the time */
    public void runUntil(BooleanSupplier condition, Duration atMost) {
        if (runUntil(condition, nowUs + atMost.toNanos() / 1000)) return;
        throw new AssertionError("not within " + atMost.toSeconds() + " virtual s; " + traces());
    }

    private boolean runUntil(BooleanSupplier condition, long untilUs) {
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.atUs() > untilUs) {
                nowUs = untilUs;
                return condition.getAsBoolean();
            }
            events.remove();
            nowUs = next.atUs();
            eventsHash = (eventsHash ^ nowUs) * 0x100000001b3L + next.number();
            next.action().run();
        }
        return true;
    }

    public static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    public static Duration minutes(long minutes) {
        return Duration.ofMinutes(minutes);
    }

    // ---- what is known afterwards

    public long seed() {
        return seed;
    }

    /** How many datagrams met that fate. */
    public long count(Fate fate) {
        return fates[fate.ordinal()];
    }

    /** A hash over all events: when each was, and what happened to every datagram, with its bytes. */
    public String fingerprint() {
        try {
            MessageDigest soFar = (MessageDigest) digest.clone();
            soFar.update(ByteBuffer.allocate(8).putLong(eventsHash).flip());
            return HexFormat.of().formatHex(soFar.digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    public String diagram() {
        return diagram.mermaid(seed, nowUs);
    }

    /** Tells a story in a new network; if it fails, the failure names the seed and a file with the diagram. */
    public static void story(long seed, Story story) {
        SimNet net = new SimNet(seed);
        try {
            story.tell(net);
        } catch (Exception | AssertionError failure) {
            throw new AssertionError(failure.getMessage() + "; " + net.traces(), failure);
        }
    }

    /**
     * The seeds a story is told with: 1 to {@code usual}, or to the system property {@code wirecloset.seeds} if that is more;
     * or {@code wirecloset.seed} alone, to see a failure again.
     */
    public static LongStream seeds(int usual) {
        Long only = Long.getLong("wirecloset.seed");
        if (only != null) return LongStream.of(only);
        return LongStream.rangeClosed(1, Math.max(usual, Integer.getInteger("wirecloset.seeds", usual)));
    }

    /** What a test does in a network. */
    @FunctionalInterface
    public interface Story {
        void tell(SimNet net) throws Exception;
    }

    private String traces() {
        return "seed " + seed + ", diagram in " + writeDiagram();
    }

    private Path writeDiagram() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "simnet"));
            Path file = folder.resolve("seed-" + seed + "-" + fingerprint().substring(0, 8) + ".mmd");
            return Files.writeString(file, diagram());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- for the parts of the network

    long nowUs() {
        return nowUs;
    }

    Line weather() {
        return weather;
    }

    /** A number from 0 (included) to 1 (excluded). */
    double share() {
        return random.nextDouble();
    }

    boolean chance(double share) {
        return share > 0 && random.nextDouble() < share;
    }

    void at(long atUs, Runnable action) {
        events.add(new Event(atUs, eventNumber++, action));
    }

    boolean isCut(SimHost a, SimHost b) {
        return !cuts.isEmpty() && cuts.contains(pair(a, b));
    }

    private static long pair(SimHost a, SimHost b) {
        return spread((long) Math.max(a.number(), b.number()) << 32 | Math.min(a.number(), b.number()));
    }

    /** Another number for each, so that keys made of two similar halves do not all fall into one bucket of a map. */
    static long spread(long key) {
        return key * 0x9e37_79b9_7f4a_7c15L;
    }

    void began(Datagram datagram) {
        note(datagram, null, Fate.SENT);
    }

    void delivered(Datagram datagram, SimHost to) {
        note(datagram, to, Fate.DELIVERED);
    }

    void ended(Datagram datagram, Fate why) {
        note(datagram, null, why);
    }

    private void note(Datagram datagram, SimHost to, Fate fate) {
        fates[fate.ordinal()]++;
        diagram.add(nowUs, datagram, to, fate);
        noted.clear();
        noted.putLong(nowUs)
                .putLong(eventsHash)
                .putInt(fate.ordinal())
                .putInt(datagram.origin().number())
                .putInt(datagram.from().ip())
                .putShort((short) datagram.from().port())
                .putInt(datagram.to().ip())
                .putShort((short) datagram.to().port());
        digest.update(noted.flip());
        // what became of the bytes says little more than which they were
        if (fate == Fate.SENT) digest.update(datagram.payload());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Event(long atUs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atUs, other.atUs);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
