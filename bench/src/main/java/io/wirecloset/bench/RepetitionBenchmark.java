package io.wirecloset.bench;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.peer.IncomingIds;
import io.wirecloset.vl1.peer.OutgoingIds;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.RecentPackets;
import io.wirecloset.vl1.peer.ReplayGuard;
import io.wirecloset.vl1.peer.Verdict;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What it costs to number a packet, and to tell a new one from a repetition: in a session's exact window, and in the table
 * for nodes that are not ours. The judging ones number the packet too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RepetitionBenchmark {
    private final byte[] packet = new byte[64];
    private PacketIds lane;
    private OutgoingIds toPeer;
    private ReplayGuard session;
    private ReplayGuard table;

    @Setup
    public void start() {
        RandomSource random = RandomSource.of(new SplittableRandom(1));
        lane = PacketIds.forLanes(1, random)[0];
        toPeer = OutgoingIds.draw(1, random);
        session = ReplayGuard.of(new IncomingIds(toPeer.announce(), false, 0));
        table = ReplayGuard.among(new RecentPackets());
        PacketHeader.put(packet, 0, 0, Nodes.RIGHT.address(), Nodes.LEFT.address(), Verb.FRAME);
    }

    @Benchmark
    public long number() {
        return lane.next(toPeer);
    }

    @Benchmark
    public Verdict numberAndJudgeInSession() {
        return session.judge(packet, 0, lane.next(toPeer), 0);
    }

    @Benchmark
    public Verdict numberAndJudgeInTable() {
        PacketHeader.packetId(packet, 0, lane.next(toPeer));
        return table.judge(packet, 0, 0, 0);
    }
}
