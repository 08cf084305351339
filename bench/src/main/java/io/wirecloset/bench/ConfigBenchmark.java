package io.wirecloset.bench;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.config.NetworkConfig;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading and writing a network's configuration, and the dictionary it comes in. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConfigBenchmark {
    private final NetworkConfig config = Nodes.config(Nodes.LEFT);
    private final byte[] bytes = config.toBytes();
    private final Dictionary dictionary = Dictionary.read(bytes);

    @Benchmark
    public Dictionary readDictionary() {
        return Dictionary.read(bytes);
    }

    @Benchmark
    public byte[] writeDictionary() {
        return dictionary.toBytes();
    }

    @Benchmark
    public NetworkConfig readConfig() {
        return NetworkConfig.read(dictionary);
    }

    @Benchmark
    public byte[] writeConfig() {
        return config.toBytes();
    }
}
