package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl2.config.ConfigAssembly;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** VL2 on the node that is the controller: requests go to it, its words go out signed. */
class ServingTest {
    private static final Endpoint PATH = Endpoint.parse("192.0.2.7/9993");

    private record Request(long networkId, long from, Endpoint path, long packetId, String platform) {}

    private final FakeUnderlay underlay = new FakeUnderlay(Vl2Bench.CONTROLLER);
    private final List<NetworkView> changes = new ArrayList<>();
    private final List<Request> requests = new ArrayList<>();
    private final Vl2 vl2 = new Vl2(
            new Vl2Settings(RandomSource.of(new Random(1)), RequestMetadata.of(12, 1, 14, 1, "linux/x86_64")),
            new Vl2Out() {
                @Override
                public void toTap(long networkId, byte[] frame, int offset, int length) {}

                @Override
                public void changed(long networkId, NetworkView view) {
                    changes.add(view);
                }

                @Override
                public void save(long networkId, byte[] dictionary) {}
            });

    @BeforeEach
    void aController() {
        vl2.attach(underlay);
        vl2.controller(new ConfigRequests() {
            @Override
            public void onConfigRequest(
                    ConfigRequest request, Identity from, Endpoint path, long packetId, long nowMs) {
                requests.add(new Request(
                        request.networkId(),
                        from.address(),
                        path,
                        packetId,
                        request.metadata().getString(RequestMetadata.PLATFORM, "")));
            }

            @Override
            public boolean authorizedRecently(long networkId, long member, long nowMs) {
                return false;
            }
        });
    }

    @Test
    void aRequestReachesTheController() {
        byte[] payload =
                new ConfigRequest(Vl2Bench.NETWORK, RequestMetadata.of(12, 1, 14, 1, "linux/aarch64"), 0, 0).toBytes();

        vl2.onVerb(
                new Received(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG_REQUEST, 77, 0, 0, PATH, payload, 0, payload.length),
                1_000);

        assertThat(requests)
                .containsExactly(new Request(Vl2Bench.NETWORK, Vl2Bench.MEMBER.address(), PATH, 77, "linux/aarch64"));
        assertThat(underlay.takeSent()).isEmpty();
    }

    @Test
    void anAnswerIsSignedChunksInAnOk() {
        byte[] dictionary = config(Vl2Bench.MEMBER).toBytes();

        vl2.sendConfig(Vl2Bench.MEMBER.address(), 77, Vl2Bench.NETWORK, dictionary, 1_000);

        FakeUnderlay.Sent sent = underlay.takeSent().getFirst();
        assertThat(sent.verb()).isEqualTo(Verb.OK);
        WireReader in = new WireReader(sent.payload());
        assertThat(in.u8()).isEqualTo(Verb.NETWORK_CONFIG_REQUEST);
        assertThat(in.u64()).isEqualTo(77);
        assertThat(assembled(ConfigChunk.read(in))).isEqualTo(dictionary);
    }

    @Test
    void aPushIsSignedChunksByThemselvesWithANewUpdateIdEachTime() {
        byte[] dictionary = config(Vl2Bench.MEMBER).toBytes();

        vl2.sendConfig(Vl2Bench.MEMBER.address(), 0, Vl2Bench.NETWORK, dictionary, 1_000);
        vl2.sendConfig(Vl2Bench.MEMBER.address(), 0, Vl2Bench.NETWORK, dictionary, 1_000);

        List<FakeUnderlay.Sent> sent = underlay.takeSent();
        assertThat(sent).extracting(FakeUnderlay.Sent::verb).containsOnly(Verb.NETWORK_CONFIG);
        ConfigChunk first = ConfigChunk.read(new WireReader(sent.get(0).payload()));
        ConfigChunk second = ConfigChunk.read(new WireReader(sent.get(1).payload()));
        assertThat(assembled(first)).isEqualTo(dictionary);
        assertThat(first.updateId()).isNotZero().isNotEqualTo(second.updateId());
    }

    @Test
    void aRefusalNamesTheRequestAndTheNetwork() {
        vl2.sendConfigError(Vl2Bench.MEMBER.address(), 77, Vl2Bench.NETWORK, ErrorCode.NETWORK_ACCESS_DENIED, 1_000);

        assertThat(underlay.takeSent())
                .extracting(FakeUnderlay.Sent::toString)
                .containsExactly("03a8aa6f02 ERROR 0b000000000000004d0763f07dc54b00beef");
    }

    @Test
    void aRevocationTravelsAsCredentials() {
        Revocation revocation =
                Revocation.issue(1, Vl2Bench.NETWORK, 1, 0, 5, 1, Vl2Bench.OTHER.address(), Vl2Bench.CONTROLLER);

        vl2.sendRevocation(Vl2Bench.MEMBER.address(), revocation, 1_000);

        FakeUnderlay.Sent sent = underlay.takeSent().getFirst();
        assertThat(sent.verb()).isEqualTo(Verb.NETWORK_CREDENTIALS);
        assertThat(CredentialsMessage.read(new WireReader(sent.payload())).revocations())
                .containsExactly(revocation);
    }

    @Test
    void aControllerThatJoinsItsOwnNetworkIsAskedWithoutAPacket() {
        vl2.join(Vl2Bench.NETWORK, null, 1_000);
        assertThat(requests)
                .containsExactly(
                        new Request(Vl2Bench.NETWORK, Vl2Bench.CONTROLLER.address(), null, -1, "linux/x86_64"));
        assertThat(underlay.takeSent()).isEmpty();

        vl2.sendConfig(
                Vl2Bench.CONTROLLER.address(),
                -1,
                Vl2Bench.NETWORK,
                config(Vl2Bench.CONTROLLER).toBytes(),
                1_000);
        assertThat(changes.getLast().status()).isEqualTo(NetworkStatus.OK);

        vl2.sendConfigError(
                Vl2Bench.CONTROLLER.address(), -1, Vl2Bench.NETWORK, ErrorCode.NETWORK_ACCESS_DENIED, 1_000);
        assertThat(changes.getLast().status()).isEqualTo(NetworkStatus.ACCESS_DENIED);
    }

    private static NetworkConfig config(Identity member) {
        return NetworkConfig.builder(Vl2Bench.NETWORK, member.address())
                .rules(RuleTable.ACCEPT)
                .build();
    }

    private static byte[] assembled(ConfigChunk chunk) {
        ConfigAssembly.Arrival arrival = new ConfigAssembly()
                .arrive(chunk, Vl2Bench.OTHER.address(), 1, address -> Vl2Bench.CONTROLLER.withoutSecret());
        assertThat(arrival).isInstanceOf(ConfigAssembly.Arrival.Complete.class);
        return ((ConfigAssembly.Arrival.Complete) arrival).dictionary();
    }
}
