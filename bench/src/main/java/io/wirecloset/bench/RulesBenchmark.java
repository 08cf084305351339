package io.wirecloset.bench;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl2.rule.Decision;
import io.wirecloset.vl2.rule.Filter;
import io.wirecloset.vl2.rule.FrameFacts;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What the rules cost a frame: a table of services ("accept TCP port n", one after the other), of which the last is the
 * one the frame is for; the frames are of 64 connections in turn.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RulesBenchmark {
    private static final int CONNECTIONS = 64;
    private static final int HEADERS = 40;

    /** Entries; a service takes three. */
    @Param({"1", "10", "100", "200", "1000"})
    public int entries;

    /** Without: an entry behind the last accept, never reached, looks at bytes anywhere. */
    @Param({"true", "false"})
    public boolean remembered;

    private final Filter filter = new Filter(RandomSource.of(new SecureRandom()));
    private final FrameFacts facts = new FrameFacts();
    private final byte[][] frames = new byte[CONNECTIONS][];
    private RuleTable table;
    private int next;

    @Setup
    public void fill() {
        List<Rule> rules = new ArrayList<>();
        int port = 1000;
        while (rules.size() + 3 < entries) {
            port++;
            rules.add(Rule.of(RuleType.IP_PROTOCOL, false, false, new byte[] {6}));
            byte high = (byte) (port >>> 8);
            byte low = (byte) port;
            rules.add(Rule.of(RuleType.IP_DEST_PORT_RANGE, false, false, new byte[] {high, low, high, low}));
            rules.add(Rule.ACCEPT);
        }
        while (rules.size() < entries - 1) {
            rules.add(Rule.of(RuleType.ETHERTYPE, false, false, new byte[] {8, 0}));
        }
        rules.add(Rule.ACCEPT);
        if (!remembered) {
            rules.add(Rule.of(RuleType.INTEGER_RANGE, false, false, new byte[19]));
        }
        table = RuleTable.of(rules);
        for (int i = 0; i < CONNECTIONS; i++) {
            byte[] frame = new byte[HEADERS];
            frame[0] = 0x45;
            frame[9] = 6;
            frame[15] = (byte) i;
            frame[20] = (byte) 0x80;
            frame[21] = (byte) i;
            frames[i] = frame;
        }
    }

    @Benchmark
    public Decision aFrame() {
        byte[] frame = frames[next++ & CONNECTIONS - 1];
        facts.of(1, 2, 3, 4, 0x0800, frame, 0, frame.length);
        return filter.outbound(table, facts, Party.NONE, Party.NONE, false).decision();
    }
}
