package io.wirecloset.vl2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Scope;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.network.HostPolicy;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * T36: the controller itself is hostile. What it signs is believed as far as it concerns its own network, and reaches
 * neither the host beyond the local policy nor other networks.
 */
@DisplayName("T36: configurations of a hostile controller")
class MaliciousConfigTest {
    /** 100,000 by {@code -Dwirecloset.mutations=100000}. */
    private static final int MUTATIONS = Integer.getInteger("wirecloset.mutations", 3_000);

    private static final long OWN = Vl2Bench.NETWORK + 1;
    private static final List<InetCidr> FORBIDDEN = List.of(
            InetCidr.parse("0.0.0.0/8"),
            InetCidr.parse("127.0.0.0/8"),
            InetCidr.parse("169.254.0.0/16"),
            InetCidr.parse("224.0.0.0/4"),
            InetCidr.parse("::/128"),
            InetCidr.parse("fe80::/10"),
            InetCidr.parse("ff00::/8"));

    private final Vl2Bench bench = Vl2Bench.joined(valid().build());
    private final LaneBench lane = new LaneBench(bench);
    private final NetworkRecord otherNetwork;

    MaliciousConfigTest() {
        NetworkConfig own = NetworkConfig.builder(OWN, Vl2Bench.SELF.address())
                .isPublic(true)
                .rules(RuleTable.ACCEPT)
                .build();
        bench.vl2.join(OWN, own.toBytes(), bench.nowMs);
        otherNetwork = bench.vl2.networks().find(OWN);
        bench.admit(Vl2Bench.MEMBER);
        bench.forgetWhatHappened();
    }

    /** Something of everything. */
    private static NetworkConfig.Builder valid() {
        Identity self = Vl2Bench.SELF;
        long time = Vl2Bench.CONFIG_TIME;
        RuleTable few = RuleTable.of(List.of(TestRules.ethertype(0x0800), Rule.ACCEPT));
        return Vl2Bench.config()
                .name("pods")
                .staticAddresses(List.of(InetCidr.parse("10.1.2.3/16"), InetCidr.parse("fd00::7/64")))
                .routes(List.of(
                        Route.onLink(InetCidr.parse("10.1.0.0/16")),
                        Route.via(InetCidr.parse("10.5.0.0/16"), Endpoint.parse("10.1.0.1/0"))))
                .dns(new DnsSettings("pods.example", List.of(Endpoint.parse("10.1.0.1/0"))))
                .specialists(Vl2Bench.BRIDGE.address() | NetworkConfig.ROLE_ACTIVE_BRIDGE)
                .tags(List.of(Tag.issue(Vl2Bench.NETWORK, time, 1, 2, self.address(), Vl2Bench.CONTROLLER)))
                .capabilities(List.of(
                        Capability.issue(Vl2Bench.NETWORK, time, 1, few, 1, self.address(), Vl2Bench.CONTROLLER)))
                .ownerships(List.of(CertificateOfOwnership.issue(
                        Vl2Bench.NETWORK,
                        time,
                        1,
                        List.of(CertificateOfOwnership.Thing.ip(new byte[] {10, 1, 2, 3})),
                        self.address(),
                        Vl2Bench.CONTROLLER)))
                .rules(RuleTable.of(List.of(TestRules.tee(Vl2Bench.OTHER.address(), 10), Rule.ACCEPT)));
    }

    private void signedAndPushed(byte[] dictionary, long updateId) {
        for (ConfigChunk chunk : ConfigChunk.cut(Vl2Bench.NETWORK, dictionary, updateId, Vl2Bench.CONTROLLER)) {
            WireWriter payload = new WireWriter(512);
            chunk.write(payload);
            bench.receive(Vl2Bench.CONTROLLER, Verb.NETWORK_CONFIG, payload.toByteArray());
        }
    }

    private NetworkConfig afterPush(NetworkConfig config) {
        signedAndPushed(config.toBytes(), 0x77);
        assertNothingForbidden();
        return bench.vl2.view(Vl2Bench.NETWORK).config();
    }

    @Test
    void whateverItSignsTheHostAndOtherNetworksAreUntouched() {
        byte[] original = valid().build().toBytes();
        Random random = new Random(36);
        int believed = 0;
        for (int i = 1; i <= MUTATIONS; i++) {
            byte[] mutated = mutate(original, random);
            try {
                bench.saved.clear();
                signedAndPushed(mutated, i);
                believed += bench.saved.size();
                assertNothingForbidden();
                if (i % 10 == 0) {
                    framesMayGoOn();
                }
            } catch (RuntimeException | AssertionError e) {
                fail("mutation " + i + ": " + Vectors.hex(mutated), e);
            }
            bench.forgetWhatHappened();
            lane.sent.clear();
        }
        assertThat(believed).as("many still parse").isGreaterThan(MUTATIONS / 20);
    }

    /** Some bytes changed, cut out, doubled, or a number or prefix replaced by one at its limits. */
    private static byte[] mutate(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 ->
                    bytes = concat(
                            Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, at + random.nextInt(9)), bytes, at);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 8), (byte) 'f');
                default ->
                    bytes = concat(
                            Arrays.copyOf(bytes, at),
                            new byte[0],
                            bytes,
                            Math.min(bytes.length, at + random.nextInt(9)));
            }
        }
        return bytes.length == 0 ? original : bytes;
    }

    private static byte[] concat(byte[] head, byte[] middle, byte[] of, int tailFrom) {
        byte[] all = Arrays.copyOf(head, head.length + middle.length + of.length - tailFrom);
        System.arraycopy(middle, 0, all, head.length, middle.length);
        System.arraycopy(of, tailFrom, all, head.length + middle.length, of.length - tailFrom);
        return all;
    }

    private void assertNothingForbidden() {
        NetworkConfig config = bench.vl2.view(Vl2Bench.NETWORK).config();
        assertThat(config.networkId()).isEqualTo(Vl2Bench.NETWORK);
        assertThat(config.issuedTo()).isEqualTo(Vl2Bench.SELF.address());
        assertThat(config.mtu()).isBetween(Wire.MTU_MIN, Wire.MTU_MAX);
        assertThat(config.routes()).hasSizeLessThanOrEqualTo(Limits.ROUTES);
        assertThat(config.staticAddresses()).hasSizeLessThanOrEqualTo(Limits.STATIC_ADDRESSES);
        assertThat(config.rules().size()).isLessThanOrEqualTo(Limits.BASE_RULES);
        assertThat(config.tags()).hasSizeLessThanOrEqualTo(Limits.TAGS);
        assertThat(config.capabilities()).hasSizeLessThanOrEqualTo(Limits.CAPABILITIES);
        for (InetCidr address : HostPolicy.DEFAULT.addresses(config)) {
            assertGranted(address);
        }
        for (HostPolicy.HostRoute route : HostPolicy.DEFAULT.routes(config, true)) {
            assertGranted(route.target());
        }
        assertThat(HostPolicy.DEFAULT.dns(config)).isEqualTo(DnsSettings.NONE);
        assertThat(bench.vl2.networks().find(OWN)).as("the other network").isSameAs(otherNetwork);
        assertThat(bench.vl2.view(OWN).status()).isEqualTo(NetworkStatus.OK);
    }

    private static void assertGranted(InetCidr granted) {
        assertThat(granted.prefixLength()).as("%s", granted).isPositive();
        assertThat(Endpoint.of(granted.ip(), 0).scope())
                .as("%s", granted)
                .isIn(Scope.PRIVATE, Scope.SHARED, Scope.PSEUDO_PRIVATE);
        assertThat(FORBIDDEN)
                .as("%s", granted)
                .noneMatch(never ->
                        never.contains(granted.network()) || granted.network().contains(never));
    }

    private void framesMayGoOn() {
        byte[] data = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, 6, 0, 0, 10, 1, 2, 3, 10, 1, 2, 4};
        lane.fromTap(Vl2Bench.frame(Vl2Bench.MEMBER_MAC, Vl2Bench.SELF_MAC, 0x0800, data));
        byte[] frame =
                new WireWriter(64).u64(Vl2Bench.NETWORK).u16(0x0800).bytes(data).toByteArray();
        lane.fromPeer(Vl2Bench.MEMBER.address(), Verb.FRAME, 1, frame);
        bench.nowMs += 100;
        bench.vl2.poll(bench.nowMs);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/0",
                "::/0",
                "0.0.0.0/1",
                "128.0.0.0/1",
                "10.0.0.0/1",
                "169.254.169.254/32",
                "127.0.0.0/8",
                "224.0.0.0/4",
                "8.8.8.8/32",
                "fe80::/64",
                "::1/128",
                "2000::/3"
            })
    void routesItMayNotGiveAreLeftOutAndShownAndTheRestStands(String target) {
        NetworkConfig config = afterPush(valid().routes(
                        List.of(Route.via(InetCidr.parse(target), null), Route.onLink(InetCidr.parse("10.9.0.0/16"))))
                .build());

        assertThat(HostPolicy.DEFAULT.routes(config, true)).hasSize(1);
        assertThat(HostPolicy.DEFAULT.ignored(config)).anyMatch(line -> line.contains(target));
    }

    @Test
    void whoListsWhatIsManagedIsNotRoutedElsewhereNotEvenToServices() {
        HostPolicy poolOnly = new HostPolicy(true, List.of(InetCidr.parse("10.1.0.0/16")), false, false, false);
        NetworkConfig config = afterPush(valid().routes(List.of(
                        Route.onLink(InetCidr.parse("10.96.0.0/12")), Route.onLink(InetCidr.parse("10.1.8.0/24"))))
                .build());

        assertThat(poolOnly.routes(config, true))
                .extracting(route -> route.target().toString())
                .containsExactly("10.1.8.0/24");
        assertThat(poolOnly.ignored(config)).anyMatch(line -> line.startsWith("route 10.96.0.0/12"));
    }

    @Test
    void theMetadataAddressIsNeverOurs() {
        NetworkConfig config = afterPush(
                valid().staticAddresses(List.of(InetCidr.parse("169.254.169.254/16"), InetCidr.parse("127.0.0.1/8")))
                        .build());

        assertThat(HostPolicy.DEFAULT.addresses(config)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 68, 1279, 10_001, 65_535, Long.MAX_VALUE, -1})
    void noMtuIsTooSmallOrTooLarge(long mtu) {
        String text = new String(valid().build().toBytes(), StandardCharsets.ISO_8859_1);
        String bent = text.replaceFirst("\nmtu=[0-9a-f]*", "\nmtu=%016x".formatted(mtu));

        signedAndPushed(bent.getBytes(StandardCharsets.ISO_8859_1), 0x78);

        assertNothingForbidden();
    }

    @Test
    void aHundredThousandRulesAreTooManyAndTheFirstThousandStand() {
        byte[] rules = new byte[2 * 100_000];
        String text = new String(valid().build().toBytes(), StandardCharsets.ISO_8859_1);
        int from = text.indexOf("\nR=") + 3;
        int to = text.indexOf("\nDNS=");
        String escaped = new String(rules, StandardCharsets.ISO_8859_1).replace("\0", "\\0");
        byte[] bent = (text.substring(0, from) + escaped + text.substring(to)).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(bent.length).isLessThan(Limits.CONFIG_BYTES);

        signedAndPushed(bent, 0x79);

        assertThat(bench.vl2.view(Vl2Bench.NETWORK).config().rules().size()).isEqualTo(Limits.BASE_RULES);
        assertNothingForbidden();
        framesMayGoOn();
    }

    @Test
    void moreTagsThanThereMayBeAreRefused() {
        NetworkConfig before = bench.vl2.view(Vl2Bench.NETWORK).config();
        String text = new String(valid().name("tags").build().toBytes(), StandardCharsets.ISO_8859_1);
        int from = text.indexOf("\nTAG=") + 5;
        String one = text.substring(from, text.indexOf("\nCOO="));
        String bent = text.substring(0, from) + one.repeat(Limits.TAGS) + text.substring(from);

        signedAndPushed(bent.getBytes(StandardCharsets.ISO_8859_1), 0x7a);

        assertNothingForbidden();
        NetworkConfig after = bench.vl2.view(Vl2Bench.NETWORK).config();
        assertThat(after).isSameAs(before);
    }

    @Test
    void aCopyToAThirdPartyShowsItThisNetworkAndNoOther() {
        afterPush(valid().name("copied").build());
        byte[] frame = Vl2Bench.frame(
                io.wirecloset.vl2.ethernet.Mac.of(Vl2Bench.MEMBER.address(), OWN),
                io.wirecloset.vl2.ethernet.Mac.of(Vl2Bench.SELF.address(), OWN),
                0x0800,
                new byte[40]);
        bench.forgetWhatHappened();

        bench.vl2.onTapFrame(OWN, frame, 0, frame.length, bench.nowMs);
        assertThat(bench.underlay.takeSent())
                .extracting(FakeUnderlay.Sent::verb)
                .containsExactly(Verb.FRAME);

        framesMayGoOn();
        assertThat(lane.allSent())
                .filteredOn(sent -> sent.verb() == Verb.EXT_FRAME)
                .isNotEmpty()
                .allSatisfy(sent -> assertThat(sent.to()).isEqualTo(Vl2Bench.OTHER.address()));
    }

    @Test
    void aCertificateOfAnotherNetworkOrMemberHelpsNobody() {
        CertificateOfMembership elsewhere = CertificateOfMembership.issue(
                Vl2Bench.CONFIG_TIME, Vl2Bench.WINDOW_MS, OWN, Vl2Bench.SELF, Vl2Bench.CONTROLLER);
        afterPush(valid().membership(elsewhere).build());

        framesMayGoOn();

        assertThat(lane.allTapped()).as("ours agrees with nobody's").isEmpty();
    }
}
