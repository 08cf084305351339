package io.wirecloset.vl1.identity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** 64 valid identities with their secrets, made once: making one costs most of a second. For tests alone. */
public final class TestIdentities {
    private static final List<Identity> ALL = read();

    private TestIdentities() {}

    /** @param index 0..63 */
    public static Identity get(int index) {
        return ALL.get(index);
    }

    public static List<Identity> all() {
        return ALL;
    }

    private static List<Identity> read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                TestIdentities.class.getResourceAsStream("/identities.txt"), StandardCharsets.US_ASCII))) {
            return in.lines().map(Identity::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
