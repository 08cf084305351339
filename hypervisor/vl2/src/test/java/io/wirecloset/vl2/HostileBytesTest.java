package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.config.ConfigAssembly;
import io.wirecloset.vl2.config.ConfigAssembly.Arrival;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.credential.Verdict;
import io.wirecloset.vl2.wire.Limits;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What was signed, cut at every length and changed at every byte. */
class HostileBytesTest {
    private static final Map<String, Function<WireReader, Credential>> CREDENTIALS = Map.of(
            "vl2-com", CertificateOfMembership::read,
            "vl2-tag", Tag::read,
            "vl2-capability", Capability::read,
            "vl2-ownership", CertificateOfOwnership::read,
            "vl2-revocation", Revocation::read);

    static Stream<Arguments> credentials() {
        return CREDENTIALS.keySet().stream().sorted().map(name -> {
            JsonNode first = Vectors.read(name).getFirst();
            JsonNode signer = first.has("signer")
                    ? first.get("signer")
                    : first.get("signers").get(0).get("from");
            return Arguments.of(
                    name,
                    Vectors.bytes(first.get("bytes")),
                    Identity.parse(signer.asText()).withoutSecret());
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("credentials")
    void aCutCredentialIsMalformed(String name, byte[] whole, Identity controller) {
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> CREDENTIALS.get(name).apply(new WireReader(cut)))
                    .as("cut at %d", length)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("credentials")
    void aChangedCredentialDoesNotVerify(String name, byte[] whole, Identity controller) {
        Function<WireReader, Credential> read = CREDENTIALS.get(name);
        assertThat(read.apply(new WireReader(whole)).verify(a -> controller)).isEqualTo(Verdict.OK);
        for (int i = 0; i < whole.length; i++) {
            if (isUnsigned(name, whole, i)) {
                continue;
            }
            byte[] changed = whole.clone();
            changed[i] ^= 0x10;
            try {
                Credential credential = read.apply(new WireReader(changed));
                assertThat(credential.verify(a -> controller))
                        .as("byte %d", i)
                        // some bytes are written by nobody and read by nobody: zeros in front of a revocation
                        .isEqualTo(
                                sameMeaning(credential, read.apply(new WireReader(whole))) ? Verdict.OK : Verdict.BAD);
            } catch (MalformedException refused) {
                // also fine
            }
        }
    }

    /** The signature of a capability does not cover to whom it was given, nor what follows. */
    private static boolean isUnsigned(String name, byte[] whole, int i) {
        int to = whole.length - (2 + 5 + 99 + 5 + 5);
        return name.equals("vl2-capability") && i >= to && i < to + 5;
    }

    private static boolean sameMeaning(Credential a, Credential b) {
        return a.equals(b);
    }

    @Test
    void aCutConfigurationIsMalformedOrMeansLess() {
        byte[] whole = Vectors.bytes(Vectors.read("vl2-netconf").get(5).get("bytes"));
        NetworkConfig config = NetworkConfig.read(whole);
        for (int length = 0; length < whole.length; length++) {
            try {
                assertThat(NetworkConfig.read(Arrays.copyOf(whole, length)).networkId())
                        .isEqualTo(config.networkId());
            } catch (MalformedException refused) {
                // also fine
            }
        }
    }

    @Test
    void aConfigurationOfTheLargestSizeIsRefusedBeforeItIsLookedAt() {
        assertThatThrownBy(() -> NetworkConfig.read(new byte[Limits.CONFIG_BYTES]))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void aCutRequestIsMalformed() {
        byte[] whole =
                Vectors.bytes(Vectors.read("vl2-netconf-request").getFirst().get("payload"));
        int metadataEnd = whole.length - 16;
        for (int length = 0; length < metadataEnd; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ConfigRequest.read(new WireReader(cut))).isInstanceOf(MalformedException.class);
        }
        assertThat(ConfigRequest.read(new WireReader(Arrays.copyOf(whole, metadataEnd)))
                        .haveRevision())
                .isZero();
    }

    private static final JsonNode TWO_CHUNKS =
            Vectors.read("vl2-netconf-chunks").get(3);
    private static final Identity CONTROLLER =
            Identity.parse(TWO_CHUNKS.get("controller").asText());

    private static List<ConfigChunk> cut(int length, long updateId) {
        byte[] dictionary = new byte[length];
        Arrays.fill(dictionary, (byte) updateId);
        return ConfigChunk.cut(CONTROLLER.address() << 24 | 1, dictionary, updateId, CONTROLLER);
    }

    @Test
    void aChunkChangedAtAnyByteIsIgnored() {
        byte[] whole = cut(300, 7).getFirst().toBytes();
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 1;
            try {
                Arrival arrival =
                        new ConfigAssembly().arrive(ConfigChunk.read(new WireReader(changed)), 1, 1, a -> CONTROLLER);
                assertThat(arrival).as("byte %d", i).isInstanceOf(Arrival.Ignored.class);
            } catch (MalformedException refused) {
                // also fine
            }
        }
    }

    @Test
    void aFourthConfigurationTakesThePlaceOfTheOneThatHasLeast() {
        ConfigAssembly assembly = new ConfigAssembly();
        List<List<ConfigChunk>> four = List.of(cut(20_000, 1), cut(20_000, 2), cut(20_000, 3), cut(20_000, 4));
        assertThat(arrive(assembly, four.get(0).get(0))).isInstanceOf(Arrival.Taken.class);
        assertThat(arrive(assembly, four.get(0).get(1))).isInstanceOf(Arrival.Taken.class);
        assertThat(arrive(assembly, four.get(1).get(0))).isInstanceOf(Arrival.Taken.class);
        assertThat(arrive(assembly, four.get(2).get(0))).isInstanceOf(Arrival.Taken.class);

        assertThat(arrive(assembly, four.get(3).get(0))).isInstanceOf(Arrival.Taken.class);

        assertThat(arrive(assembly, four.get(0).get(2))).isInstanceOf(Arrival.Complete.class);
        assertThat(arrive(assembly, four.get(2).get(1))).isInstanceOf(Arrival.Taken.class);
        assertThat(arrive(assembly, four.get(2).get(2))).isInstanceOf(Arrival.Complete.class);
        assertThat(arrive(assembly, four.get(1).get(1))).isInstanceOf(Arrival.Taken.class);
        assertThat(arrive(assembly, four.get(1).get(2)))
                .as("its first chunk was given up")
                .isInstanceOf(Arrival.Taken.class);
    }

    @Test
    void copiesThatComeAfterTheLastChunkStartNothingNew() {
        ConfigAssembly assembly = new ConfigAssembly();
        List<ConfigChunk> chunks = cut(20_000, 1);
        chunks.forEach(chunk -> arrive(assembly, chunk));

        chunks.forEach(chunk -> assertThat(arrive(assembly, chunk)).isInstanceOf(Arrival.Ignored.class));
    }

    @Test
    void withoutTheControllersIdentityTheChunkWaits() {
        assertThat(new ConfigAssembly().arrive(cut(300, 1).getFirst(), 1, 1, a -> null))
                .isInstanceOf(Arrival.Waiting.class);
    }

    private static Arrival arrive(ConfigAssembly assembly, ConfigChunk chunk) {
        return assembly.arrive(chunk, 1, 1, a -> CONTROLLER);
    }
}
