package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a network gets its configuration. VL2 checklist 10, 15 to 20. */
class JoiningTest {
    private Vl2Bench bench = new Vl2Bench();
    private long updateId = 0x1000;

    @Test // VL2 checklist 10
    void asksEveryFiveSecondsUntilThereIsAConfiguration() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        assertThat(requests()).hasSize(1);

        bench.run(20_000);

        assertThat(requests()).hasSize(4);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.REQUESTING_CONFIGURATION);
    }

    @Test // VL2 checklist 10
    void asksEveryMinuteWithAConfiguration() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        answer(Vl2Bench.config().build());
        bench.forgetWhatHappened();

        bench.run(59_000);
        assertThat(requests()).isEmpty();

        bench.run(6_000);
        List<ConfigRequest> asked = requests();
        assertThat(asked.getFirst().haveRevision()).isEqualTo(1);
        assertThat(asked.getFirst().haveTimestamp()).isEqualTo(Vl2Bench.CONFIG_TIME);
    }

    @Test
    void aCachedConfigurationIsInForceAtOnceAndStillRefreshed() {
        bench.vl2.join(Vl2Bench.NETWORK, Vl2Bench.config().build().toBytes(), bench.nowMs);

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.OK);
        assertThat(requests()).hasSize(1);
        assertThat(bench.saved).isEmpty();
    }

    @Test
    void aBrokenCacheIsAsGoodAsNone() {
        bench.vl2.join(Vl2Bench.NETWORK, new byte[] {1, 2, 3}, bench.nowMs);

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNull();
    }

    @Test
    void anAcceptedConfigurationIsShownAndSavedAsItTravelled() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        bench.forgetWhatHappened();

        answer(Vl2Bench.config().name("pods").build());

        assertThat(bench.changes).hasSize(1);
        assertThat(bench.changes.getFirst().config().name()).isEqualTo("pods");
        assertThat(bench.saved)
                .containsExactly(Vl2Bench.config().name("pods").build().toBytes());
    }

    @Test
    void theSameConfigurationAgainChangesNothing() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        answer(Vl2Bench.config().build());
        bench.forgetWhatHappened();

        answer(Vl2Bench.config().build());

        assertThat(bench.changes).isEmpty();
        assertThat(bench.saved).isEmpty();
    }

    @Test // VL2 checklist 15
    void chunksMayComeInAnyOrderTwiceAndThroughAnybody() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        List<ConfigChunk> chunks = chunks(large(), 77);
        assertThat(chunks).hasSizeGreaterThan(1);

        for (ConfigChunk chunk : chunks.reversed()) {
            bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, chunk.toBytes());
            bench.receive(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG, chunk.toBytes());
        }

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isEqualTo(large());
    }

    @Test // VL2 checklist 15
    void aCorruptedChunkIsIgnoredAtEveryByte() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        byte[] chunk = chunks(Vl2Bench.config().build(), 77).getFirst().toBytes();

        for (int i = 0; i < chunk.length; i++) {
            byte[] corrupted = chunk.clone();
            corrupted[i] ^= 0x10;
            bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, corrupted);
            bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, Arrays.copyOf(chunk, i));
        }

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNull();
        assertThat(bench.receive(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG, chunk))
                .isEqualTo(Handled.TRUSTED);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNotNull();
    }

    @Test
    void aChunkWaitsWhileTheControllersIdentityIsNotKnown() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        Identity controller = bench.underlay.identities.remove(Vl2Bench.CONTROLLER.address());
        byte[] chunk = chunks(Vl2Bench.config().build(), 77).getFirst().toBytes();

        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, chunk)).isEqualTo(Handled.HOLD);
        assertThat(bench.underlay.asked).contains(Vl2Bench.CONTROLLER.address());

        bench.underlay.identities.put(controller.address(), controller);
        assertThat(bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, chunk)).isEqualTo(Handled.DONE);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNotNull();
    }

    @Test // VL2 checklist 16
    void anUnsignedConfigurationIsTakenFromTheControllerOnly() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        byte[] dictionary = Vl2Bench.config().build().toBytes();
        byte[] old = new WireWriter(64)
                .u64(Vl2Bench.NETWORK)
                .u16(dictionary.length)
                .bytes(dictionary)
                .toByteArray();

        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, old);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNull();

        bench.receive(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG, old);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNotNull();
    }

    @Test // VL2 checklist 17
    void aPushIsAcknowledgedWithTheVerbOfEchoOnceItIsComplete() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        bench.forgetWhatHappened();
        List<ConfigChunk> chunks = chunks(large(), 0x1122334455667788L);

        for (int i = 0; i < chunks.size(); i++) {
            assertThat(oks()).isEmpty();
            bench.receive(
                    Vl2Bench.CONTROLLER,
                    Verb.NETWORK_CONFIG,
                    0x500 + i,
                    chunks.get(i).toBytes());
        }

        byte[] expected = new WireWriter(64)
                .u8(0x08)
                .u64(0x500 + chunks.size() - 1)
                .u64(Vl2Bench.NETWORK)
                .u64(0x1122334455667788L)
                .toByteArray();
        assertThat(oks()).containsExactly(Vectors.hex(expected));
    }

    @Test // VL2 checklist 17
    void anAnswerIsNotAcknowledged() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        bench.forgetWhatHappened();

        answer(Vl2Bench.config().build());

        assertThat(oks()).isEmpty();
    }

    @Test // VL2 checklist 18
    void aChunkMarkedForFastPropagationGoesToAllOtherMembersOnce() {
        bench = joinedWithMembers();
        byte[] chunk = fastPropagating();

        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, chunk);
        bench.receive(Vl2Bench.BRIDGE, Verb.NETWORK_CONFIG, chunk);

        assertThat(bench.sentText().stream().filter(sent -> sent.contains("NETWORK_CONFIG ")))
                .containsExactly(Vl2Bench.text(Vl2Bench.OTHER.address()) + " NETWORK_CONFIG " + Vectors.hex(chunk));
    }

    @Test // VL2 checklist 18
    void oldConfigurationsShownAgainAndAgainGoOutOnceAndOnlySoManyInAMinute() {
        bench = joinedWithMembers();
        List<byte[]> old = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            old.add(fastPropagating(0x1000 + i, i));
        }

        for (int round = 0; round < 3; round++) {
            old.forEach(chunk -> bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, chunk));
        }
        assertThat(passedOn()).as("to the one other member, each chunk once").isEqualTo(20);

        for (int i = 0; i < Limits.CHUNKS_PASSED_ON; i++) {
            bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, unfinished(0x9000 + i));
        }
        assertThat(passedOn()).isEqualTo(Limits.CHUNKS_PASSED_ON - 20);

        bench.nowMs += Timing.PASS_ON_WINDOW_MS;
        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG, fastPropagating(0x2000, 7));
        assertThat(passedOn()).isEqualTo(1);
    }

    private int passedOn() {
        return (int) bench.sentText().stream()
                .filter(sent -> sent.contains("NETWORK_CONFIG "))
                .count();
    }

    @Test // VL2 checklist 19
    void aConfigurationOfAnotherMemberOrNetworkIsNotApplied() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        NetworkConfig notOurs = NetworkConfig.builder(Vl2Bench.NETWORK, Vl2Bench.MEMBER.address())
                .rules(RuleTable.ACCEPT)
                .build();
        NetworkConfig elsewhere = NetworkConfig.builder(Vl2Bench.NETWORK + 1, Vl2Bench.SELF.address())
                .rules(RuleTable.ACCEPT)
                .build();

        answer(notOurs);
        answer(elsewhere);

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNull();
    }

    @Test
    void onlyTheControllerItselfMayTakeUsBackInTime() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        answer(Vl2Bench.config().build());
        NetworkConfig older = Vl2Bench.config()
                .timestamp(Vl2Bench.CONFIG_TIME - 1)
                .name("older")
                .build();

        bench.receive(
                Vl2Bench.MEMBER,
                Verb.NETWORK_CONFIG,
                chunks(older, 5).getFirst().toBytes());
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config().name()).isEmpty();
        assertThat(bench.vl2.drops().get(Drop.REPLAYED)).isEqualTo(1);

        bench.receive(
                Vl2Bench.CONTROLLER,
                Verb.NETWORK_CONFIG,
                chunks(older, 6).getFirst().toBytes());
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config().name()).isEqualTo("older");
    }

    @ParameterizedTest // VL2 checklist 20
    @CsvSource({"3,NOT_FOUND", "5,NOT_FOUND", "7,ACCESS_DENIED", "9,AUTHENTICATION_REQUIRED"})
    void theControllersErrorsSetTheStatusAndOthersDoNot(int code, NetworkStatus status) {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        byte[] network = new WireWriter(8).u64(Vl2Bench.NETWORK).toByteArray();

        bench.receiveError(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG_REQUEST, code, network);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.REQUESTING_CONFIGURATION);

        bench.receiveError(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG_REQUEST, code, network);
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(status);
    }

    @Test
    void afterADenialTheConfigurationStaysAndIsAskedForAgainSoon() {
        bench.vl2.join(Vl2Bench.NETWORK, null, bench.nowMs);
        answer(Vl2Bench.config().build());
        bench.receiveError(
                Vl2Bench.CONTROLLER,
                Verb.NETWORK_CONFIG_REQUEST,
                ErrorCode.NETWORK_ACCESS_DENIED,
                new WireWriter(8).u64(Vl2Bench.NETWORK).toByteArray());
        bench.forgetWhatHappened();

        bench.run(6_000);
        assertThat(requests()).isNotEmpty();
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config()).isNotNull();

        answer(Vl2Bench.config().build());
        assertThat(bench.vl2.view(Vl2Bench.NETWORK).status()).isEqualTo(NetworkStatus.OK);
    }

    @Test
    void leavingForgetsTheNetworkAndItsCache() {
        bench.vl2.join(Vl2Bench.NETWORK, Vl2Bench.config().build().toBytes(), bench.nowMs);
        bench.forgetWhatHappened();

        bench.vl2.leave(Vl2Bench.NETWORK, bench.nowMs);

        assertThat(bench.vl2.views()).isEmpty();
        assertThat(bench.vl2.networks().all()).isEmpty();
        assertThat(bench.saved).hasSize(1).containsNull();
    }

    @Test
    void aRequestGoesToANodeThatIsNoControllerAndIsRefused() {
        byte[] request = new ConfigRequest(Vl2Bench.NETWORK, io.wirecloset.vl1.wire.Dictionary.read(new byte[0]), 0, 0)
                .toBytes();

        bench.receive(Vl2Bench.MEMBER, Verb.NETWORK_CONFIG_REQUEST, 0x99, request);

        assertThat(bench.sentText())
                .containsExactly(
                        Vl2Bench.text(Vl2Bench.MEMBER.address()) + " ERROR 0b0000000000000099" + "0563f07dc54b00beef");
    }

    private static Vl2Bench joinedWithMembers() {
        Vl2Bench bench = Vl2Bench.joined(Vl2Bench.config().build());
        bench.admit(Vl2Bench.MEMBER);
        bench.admit(Vl2Bench.OTHER);
        bench.forgetWhatHappened();
        return bench;
    }

    /** Signed by hand, because our own controllers do not set the flag. */
    private static byte[] fastPropagating() {
        return fastPropagating(0x77, 1);
    }

    private static byte[] fastPropagating(long updateId, int revision) {
        byte[] dictionary =
                Vl2Bench.config().name("fast").revision(revision).build().toBytes();
        return fastPropagating(updateId, dictionary, dictionary.length);
    }

    /** A configuration's first piece; the others never come. */
    private static byte[] unfinished(long updateId) {
        return fastPropagating(updateId, new byte[] {1, 2, 3}, 1000);
    }

    private static byte[] fastPropagating(long updateId, byte[] piece, int total) {
        WireWriter chunk = new WireWriter(512)
                .u64(Vl2Bench.NETWORK)
                .u16(piece.length)
                .bytes(piece)
                .u8(1)
                .u64(updateId)
                .u32(total)
                .u32(0);
        byte[] signature = Vl2Bench.CONTROLLER.sign(chunk.buffer(), chunk.offset(), chunk.length());
        return chunk.u8(1).u16(96).bytes(signature).toByteArray();
    }

    private static NetworkConfig large() {
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            routes.add(Route.onLink(InetCidr.parse("fd00:" + Integer.toHexString(i + 1) + "::/64")));
        }
        // zeros are escaped, so this is more than one chunk
        List<Long> specialists = new ArrayList<>();
        for (long i = 1; i <= 256; i++) {
            specialists.add(i);
        }
        return Vl2Bench.config()
                .routes(routes)
                .staticAddresses(List.of(InetCidr.parse("10.1.2.3/16")))
                .specialists(specialists.stream().mapToLong(Long::longValue).toArray())
                .rules(RuleTable.read(new byte[2 * 1024]))
                .build();
    }

    private static List<ConfigChunk> chunks(NetworkConfig config, long updateId) {
        return ConfigChunk.cut(Vl2Bench.NETWORK, config.toBytes(), updateId, Vl2Bench.CONTROLLER);
    }

    private void answer(NetworkConfig config) {
        for (ConfigChunk chunk : chunks(config, updateId++)) {
            bench.receiveOk(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG_REQUEST, 1, chunk.toBytes());
        }
    }

    private List<ConfigRequest> requests() {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.NETWORK_CONFIG_REQUEST)
                .peek(sent -> assertThat(sent.to()).isEqualTo(Vl2Bench.CONTROLLER.address()))
                .map(sent -> ConfigRequest.read(new WireReader(sent.payload())))
                .toList();
    }

    private List<String> oks() {
        return bench.underlay.takeSent().stream()
                .filter(sent -> sent.verb() == Verb.OK)
                .map(sent -> Vectors.hex(sent.payload()))
                .toList();
    }
}
