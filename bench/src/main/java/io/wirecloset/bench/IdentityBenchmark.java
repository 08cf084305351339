package io.wirecloset.bench;

import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.AddressDerivation;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What a new peer costs: the shared key, signatures of credentials, and the slow check of its address. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class IdentityBenchmark {
    private final byte[] message = Nodes.noise(200);
    private final byte[] signature = Nodes.CONTROLLER.sign(message, 0, message.length);
    private final AddressDerivation derivation = new AddressDerivation();

    @Benchmark
    public SessionKeys agree() {
        return Nodes.LEFT.agree(Nodes.RIGHT);
    }

    @Benchmark
    public byte[] sign() {
        return Nodes.CONTROLLER.sign(message, 0, message.length);
    }

    @Benchmark
    public boolean verify() {
        return Nodes.CONTROLLER.verify(message, 0, message.length, signature);
    }

    @Benchmark
    public boolean validateAddress() {
        return derivation.isValid(Nodes.RIGHT);
    }
}
