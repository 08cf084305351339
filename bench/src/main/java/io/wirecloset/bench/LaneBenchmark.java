package io.wirecloset.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The whole way of a frame through a lane, kernel left out: tap frame to datagrams and datagrams to tap frame, per frame,
 * in batches of {@link LanePair#BATCH}. Run with {@code -prof gc}: the normalised allocation is to be 0.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(LanePair.BATCH)
public class LaneBenchmark {
    /** 12 means suite 3, 11 suite 1. */
    @Param({"12", "11"})
    public int protocolVersion;

    /** The last needs two datagrams: the usual MTU of 2800. */
    @Param({"1400", "2814"})
    public int frameBytes;

    private LanePair pair;

    @Setup
    public void meet() {
        pair = new LanePair(protocolVersion, frameBytes);
        pair.send();
    }

    @Benchmark
    public int tapToDatagrams() {
        pair.send();
        return pair.rightWire.waiting();
    }

    /** Another batch each time, as what came before would be dropped. */
    @State(Scope.Thread)
    public static class Batch {
        @Setup(Level.Invocation)
        public void send(LaneBenchmark lane) {
            lane.pair.send();
        }
    }

    @Benchmark
    public int datagramsToTap(Batch fresh) {
        pair.receive();
        return pair.rightTap.receivedFrames();
    }
}
