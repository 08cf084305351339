package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.Verb;
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
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.credential.Verdict;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.GatherResult;
import io.wirecloset.vl2.wire.MulticastGather;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All given vectors that are valid, not one of each kind: cut at every length, changed at every byte. */
class EveryVectorBentTest {
    private static final Map<String, Function<WireReader, Credential>> CREDENTIALS = Map.of(
            "vl2-com", CertificateOfMembership::read,
            "vl2-tag", Tag::read,
            "vl2-capability", Capability::read,
            "vl2-ownership", CertificateOfOwnership::read,
            "vl2-revocation", Revocation::read);

    private record Signed(
            String name, Function<WireReader, Credential> read, byte[] bytes, Map<Long, Identity> signers) {
        Credential of(byte[] changed) {
            return read.apply(new WireReader(changed));
        }

        Verdict verdict(Credential credential) {
            return credential.verify(signers::get);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Signed> signed() {
        List<Signed> all = new ArrayList<>();
        CREDENTIALS.forEach((file, read) -> {
            int number = 0;
            for (JsonNode one : Vectors.read(file)) {
                number++;
                if (one.path("kind").asText().equals("sign")) {
                    all.add(new Signed(file + " #" + number, read, Vectors.bytes(one.get("bytes")), signers(one)));
                }
            }
        });
        return all.stream();
    }

    private static Map<Long, Identity> signers(JsonNode one) {
        Map<Long, Identity> signers = new HashMap<>();
        List<JsonNode> texts = new ArrayList<>();
        texts.add(one.path("signer"));
        one.path("signers").forEach(link -> texts.add(link.path("from")));
        for (JsonNode text : texts) {
            if (text.isTextual()) {
                Identity signer = Identity.parse(text.asText()).withoutSecret();
                signers.put(signer.address(), signer);
            }
        }
        return signers;
    }

    @ParameterizedTest
    @MethodSource("signed")
    void aCutCredentialIsMalformed(Signed signed) {
        for (int length = 0; length < signed.bytes.length; length++) {
            byte[] cut = Arrays.copyOf(signed.bytes, length);
            assertThatThrownBy(() -> signed.of(cut)).as("cut at %d", length).isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("signed")
    void aChangedCredentialIsNoOtherCredential(Signed signed) {
        Credential original = signed.of(signed.bytes);
        assertThat(signed.verdict(original)).isEqualTo(Verdict.OK);
        for (int i = 0; i < signed.bytes.length; i++) {
            byte[] changed = signed.bytes.clone();
            changed[i] ^= 0x04;
            try {
                Credential credential = signed.of(changed);
                boolean sameHolder = credential.issuedTo() == original.issuedTo();
                if (signed.verdict(credential) == Verdict.OK && sameHolder) {
                    // bytes that mean nothing may change
                    assertThat(credential).as("byte %d", i).isEqualTo(original);
                } else if (!sameHolder && !(credential instanceof Capability)) {
                    // who holds a capability is not signed: it is stored under whom it names, and reaches nobody else
                    assertThat(signed.verdict(credential)).as("byte %d", i).isNotEqualTo(Verdict.OK);
                }
            } catch (MalformedException refused) {
                // also fine
            }
        }
    }

    static Stream<byte[]> dictionaries() {
        return Vectors.read("vl2-netconf").stream()
                .filter(one -> one.path("decoded").asBoolean())
                .map(one -> Vectors.bytes(one.get("bytes")));
    }

    @ParameterizedTest
    @MethodSource("dictionaries")
    void aBentConfigurationIsMalformedOrCanBeWrittenAgain(byte[] whole) {
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x05;
            for (byte[] bent : List.of(Arrays.copyOf(whole, i), changed)) {
                try {
                    NetworkConfig config = NetworkConfig.read(bent);
                    assertThat(NetworkConfig.read(config.toBytes()))
                            .as("byte %d", i)
                            .isEqualTo(config);
                } catch (MalformedException refused) {
                    // also fine
                }
            }
        }
    }

    private record Chunk(Identity controller, byte[] payload) {}

    static Stream<Chunk> chunks() {
        return Vectors.read("vl2-netconf-chunks").stream()
                .filter(one -> one.has("sends"))
                .flatMap(one -> {
                    Identity controller = Identity.parse(one.get("controller").asText());
                    List<Chunk> chunks = new ArrayList<>();
                    for (JsonNode send : one.get("sends")) {
                        byte[] payload = Vectors.bytes(send.get("payload"));
                        // an OK names in front of it what it answers
                        int skip = send.get("verb").asInt() == Verb.OK ? 9 : 0;
                        chunks.add(new Chunk(controller, Arrays.copyOfRange(payload, skip, payload.length)));
                    }
                    return chunks.stream();
                });
    }

    /** Every byte but those of the piece, of which some: each try costs a signature. */
    @ParameterizedTest
    @MethodSource("chunks")
    void aBentChunkIsIgnored(Chunk chunk) {
        int pieceEnd = 10 + ConfigChunk.read(new WireReader(chunk.payload)).pieceBytes();
        for (int i = 0; i < chunk.payload.length; i += i > 12 && i < pieceEnd - 40 ? 37 : 1) {
            byte[] changed = chunk.payload.clone();
            changed[i] ^= 0x40;
            for (byte[] bent : List.of(Arrays.copyOf(chunk.payload, i), changed)) {
                try {
                    Arrival arrival = new ConfigAssembly()
                            .arrive(ConfigChunk.read(new WireReader(bent)), 1, 1, address -> chunk.controller);
                    assertThat(arrival).as("byte %d", i).isInstanceOf(Arrival.Ignored.class);
                } catch (MalformedException refused) {
                    // also fine
                }
            }
        }
    }

    private record Arriving(String note, Identity sender, int verb, byte[] payload) {
        @Override
        public String toString() {
            return note;
        }
    }

    static Stream<Arriving> arriving() {
        return Vectors.read("vl2-ingress").stream()
                .filter(one -> one.path("sender").isTextual())
                .map(one -> new Arriving(
                        one.path("note").asText(),
                        Identity.parse(one.get("sender").asText()),
                        one.get("verb").asInt(),
                        Vectors.bytes(one.get("payload"))));
    }

    @ParameterizedTest
    @MethodSource("arriving")
    void aBentPacketDoesNoHarm(Arriving packet) {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
        bench.admit(Vl2Bench.MEMBER);
        NetworkConfig before = bench.vl2.view(Vl2Bench.NETWORK).config();
        for (int i = 0; i < packet.payload.length; i++) {
            byte[] changed = packet.payload.clone();
            changed[i] ^= 0x08;
            for (byte[] bent : List.of(Arrays.copyOf(packet.payload, i), changed)) {
                bench.nowMs += 1_000; // or the rate limit of credentials would hide the rest
                bench.receive(packet.sender, packet.verb, bent);
                bench.forgetWhatHappened();
            }
        }
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isEqualTo(before);
    }

    private record Claim(String name, Function<WireReader, ?> read, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Each claims as much as its fields can, and ends there. */
    static Stream<Claim> claims() {
        byte[] all = new byte[120];
        Arrays.fill(all, (byte) 0xff);
        byte[] membership = all.clone();
        membership[0] = 1;
        byte[] credentials = all.clone();
        credentials[0] = 0;
        return Stream.of(
                new Claim("certificate of membership", CertificateOfMembership::read, membership),
                new Claim("tag", Tag::read, all),
                new Claim("capability", Capability::read, all),
                new Claim("ownership", CertificateOfOwnership::read, all),
                new Claim("revocation", Revocation::read, all),
                new Claim("credentials", CredentialsMessage::read, credentials),
                new Claim("chunk", ConfigChunk::read, all),
                new Claim("request", ConfigRequest::read, all),
                new Claim("members of a group", GatherResult::readOfGather, all),
                new Claim("gather", MulticastGather::read, all),
                new Claim("rules", in -> RuleTable.read(in.bytes(in.remaining())), all));
    }

    @ParameterizedTest
    @MethodSource("claims")
    void nothingIsTakenForWhatIsOnlyClaimed(Claim claim) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        readAnyhow(claim);
        long before = threads.getCurrentThreadAllocatedBytes();
        readAnyhow(claim);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16_384);
    }

    /** @return whether there was anything to read */
    private static boolean readAnyhow(Claim claim) {
        try {
            return claim.read.apply(new WireReader(claim.bytes)) != null;
        } catch (MalformedException refused) {
            return false;
        }
    }
}
