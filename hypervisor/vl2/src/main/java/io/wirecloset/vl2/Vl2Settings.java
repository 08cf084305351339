package io.wirecloset.vl2;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Dictionary;
import java.util.Objects;

/**
 * @param metadata what configuration requests say about this node: {@code RequestMetadata.of}
 */
public record Vl2Settings(RandomSource random, Dictionary metadata) {
    public Vl2Settings {
        Objects.requireNonNull(random);
        Objects.requireNonNull(metadata);
    }
}
