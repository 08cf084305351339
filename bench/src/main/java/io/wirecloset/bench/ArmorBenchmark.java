package io.wirecloset.bench;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sealing and opening one packet, in suite 3 (AES-GMAC-SIV) and suite 1 (Salsa20/12 with Poly1305). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ArmorBenchmark {
    private static final int AT = 64;

    @Param({"3", "1"})
    public int suite;

    @Param({"1400"})
    public int packetBytes;

    private final SessionKeys keys = Nodes.LEFT.agree(Nodes.RIGHT);
    private final Armor armor = new Armor();
    private final PacketIds ids = PacketIds.forLanes(1, RandomSource.of(new SplittableRandom(1)))[0];
    private byte[] slot;
    private byte[] sealed;

    @Setup
    public void sealOne() {
        slot = Nodes.noise(AT + packetBytes + AT);
        seal();
        sealed = slot.clone();
    }

    @Benchmark
    public byte[] seal() {
        PacketHeader.put(slot, AT, ids.next(), Nodes.RIGHT.address(), Nodes.LEFT.address(), Verb.FRAME);
        armor.seal(slot, AT, packetBytes, keys, suite);
        return slot;
    }

    /** With the copy into the slot, which every received datagram has to make anyway. */
    @Benchmark
    public boolean open() {
        System.arraycopy(sealed, AT, slot, AT, packetBytes);
        return armor.open(slot, AT, packetBytes, keys);
    }
}
