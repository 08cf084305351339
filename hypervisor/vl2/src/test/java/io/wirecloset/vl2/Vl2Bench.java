package io.wirecloset.vl2;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.Upper.Handled;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * A {@link Vl2} on its own, between a {@link FakeUnderlay} and a list of what it does to the host; time is a variable.
 * The nodes are those of the given vectors.
 */
final class Vl2Bench {
    static final long NETWORK = 0x63f07dc54b00beefL;
    static final long CONFIG_TIME = 1_700_000_000_000L;
    static final long WINDOW_MS = 1_800_000;

    static final Identity CONTROLLER = Identity.parse(
            "63f07dc54b:0:622b65221bd28356ccd3ee2473b4df99bd2628fdcb7f6605117b63b9688ad9032c4aea5a7a98dd8a9b00aa67b37032e0172d31dd45a79c424dac51ed5633544a:9fef45343d90d004ab6d13cd30f703db1fec7ca4a98ada69e663dd7e9084a2595897cc27e501cfbc5f7cd4a9336ae4b958e51edb2bcdaacd0bb163d73bdbfc14");
    static final Identity SELF = Identity.parse(
            "465b562e8d:0:633a254ab3c885b99f29150c84704e47130789de9b08511ad2556f6567b2234ff485b560e640ce73132b261312bd2c8055ca0a36ccd25e28519c0c616831ab0c");
    static final Identity MEMBER = Identity.parse(
            "03a8aa6f02:0:9841798c3a1a37bc5cff2709abbd80594d2c195fe6303f3a58cf27937e952c53c2b78ca72c65655ecd855c2feb6161712ca5877344268965febb5200046242d9");
    static final Identity OTHER = Identity.parse(
            "65bf675fc3:0:6f00969df66630de869470c2bad2638a305444bc8bc943d178e0ab0f2b74bc6f0ee0e9998ed17aa5d1bed48b5986413ee4fe056b89d8e2bbba4d36a35e04d0d4");
    static final Identity BRIDGE = Identity.parse(
            "cf38fea004:0:bee54674bfc0eb166e0563a32b53e532036e1b4e3241a2f13baeb1e882b8661946263f6959393848855511e085f3e2119f9a439cd3ef596174302a5c5de18375");
    static final long ROOT = 0x992fcf1db7L;

    static final long SELF_MAC = Mac.of(SELF.address(), NETWORK);
    static final long MEMBER_MAC = Mac.of(MEMBER.address(), NETWORK);

    /** An Ethernet frame that reached the tap. */
    record Tapped(long networkId, String hex) {}

    final FakeUnderlay underlay = new FakeUnderlay(SELF);
    final List<Tapped> tapped = new ArrayList<>();
    final List<NetworkView> changes = new ArrayList<>();
    final List<byte[]> saved = new ArrayList<>();
    final Vl2 vl2;
    long nowMs = 1_000_000;
    private long packetId = 0x7700;

    Vl2Bench() {
        this(RandomSource.of(new Random(42)));
    }

    Vl2Bench(RandomSource random) {
        vl2 = new Vl2(new Vl2Settings(random, RequestMetadata.of(12, 1, 14, 1, "linux/x86_64")), new Host());
        for (Identity known : List.of(CONTROLLER.withoutSecret(), MEMBER, OTHER, BRIDGE)) {
            underlay.identities.put(known.address(), known);
        }
        underlay.upstreams = new long[] {ROOT};
        underlay.knows(CONTROLLER.address(), MEMBER.address(), OTHER.address(), BRIDGE.address(), ROOT);
        vl2.attach(underlay);
    }

    /** Joined, with this configuration, everything that caused already forgotten. */
    static Vl2Bench joined(NetworkConfig config) {
        Vl2Bench bench = new Vl2Bench();
        bench.vl2.join(NETWORK, config.toBytes(), bench.nowMs);
        bench.vl2.poll(bench.nowMs);
        bench.forgetWhatHappened();
        return bench;
    }

    static NetworkConfig.Builder config() {
        return NetworkConfig.builder(NETWORK, SELF.address())
                .timestamp(CONFIG_TIME)
                .credentialWindowMs(WINDOW_MS)
                .revision(1)
                .flags(NetworkConfig.FLAG_BROADCAST)
                .multicastLimit(32)
                .rules(RuleTable.ACCEPT)
                .membership(certificate(SELF));
    }

    static CertificateOfMembership certificate(Identity of) {
        return certificate(of, CONFIG_TIME);
    }

    static CertificateOfMembership certificate(Identity of, long timestamp) {
        return CertificateOfMembership.issue(timestamp, WINDOW_MS, NETWORK, of, CONTROLLER);
    }

    /** The configuration of a vector's {@code network} field. */
    static NetworkConfig config(JsonNode network) {
        NetworkConfig.Builder config = NetworkConfig.builder(Vectors.id(network.path("networkId")), SELF.address())
                .timestamp(network.path("timestamp").asLong())
                .credentialWindowMs(network.path("credentialTimeMaxDelta").asLong())
                .flags(Vectors.id(network.path("flags")))
                .multicastLimit(network.path("multicastLimit").asLong())
                .mtu(network.path("mtu").asLong())
                .isPublic(network.path("type").asText().equals("PUBLIC"))
                .rules(rules(network.path("rules")));
        if (network.hasNonNull("com")) {
            config.membership(CertificateOfMembership.read(new WireReader(Vectors.bytes(network.path("com")))));
        }
        List<InetCidr> ips = new ArrayList<>();
        network.path("staticIps").forEach(ip -> ips.add(InetCidr.parse(ip.asText())));
        List<Long> specialists = new ArrayList<>();
        network.path("specialists").forEach(s -> specialists.add(Vectors.id(s)));
        return config.staticAddresses(ips)
                .specialists(specialists.stream().mapToLong(Long::longValue).toArray())
                .build();
    }

    private static RuleTable rules(JsonNode rules) {
        List<Rule> table = new ArrayList<>();
        for (JsonNode rule : rules) {
            long to = rule.hasNonNull("address")
                    ? Addresses.parse(rule.path("address").asText())
                    : 0;
            table.add(
                    switch (rule.path("type").asText()) {
                        case "ACTION_ACCEPT" -> Rule.ACCEPT;
                        case "ACTION_DROP" -> Rule.DROP;
                        case "ACTION_TEE" ->
                            TestRules.tee(to, rule.path("length").asInt());
                        case "ACTION_WATCH" ->
                            TestRules.watch(to, rule.path("length").asInt());
                        case "ACTION_REDIRECT" -> TestRules.redirect(to);
                        default -> throw new IllegalArgumentException(rule.toString());
                    });
        }
        return RuleTable.of(table);
    }

    /** The node has shown its certificate of membership before. */
    void admit(Identity member) {
        admit(member, certificate(member));
    }

    void admit(Identity member, CertificateOfMembership certificate) {
        receive(
                member,
                io.wirecloset.vl1.wire.Verb.NETWORK_CREDENTIALS,
                new CredentialsMessage(List.of(certificate), List.of(), List.of(), List.of(), List.of()).toBytes());
        nowMs += 2_000;
    }

    void revoke(Identity member, long threshold) {
        Revocation revocation = Revocation.issue(1, NETWORK, 1, 0, threshold, 0, member.address(), CONTROLLER);
        receive(
                CONTROLLER,
                io.wirecloset.vl1.wire.Verb.NETWORK_CREDENTIALS,
                CredentialsMessage.of(revocation).toBytes());
        nowMs += 2_000;
    }

    Handled receive(Identity from, int verb, byte[] payload) {
        return receive(from, verb, packetId++, payload);
    }

    Handled receive(Identity from, int verb, long id, byte[] payload) {
        return vl2.onVerb(packet(from, verb, id, payload), nowMs);
    }

    /** The payload behind the in-re fields. */
    Handled receiveOk(Identity from, int inReVerb, long inReId, byte[] payload) {
        return vl2.onOk(packet(from, io.wirecloset.vl1.wire.Verb.OK, packetId++, payload), inReVerb, inReId, nowMs);
    }

    Handled receiveError(Identity from, int inReVerb, int code, byte[] payload) {
        return vl2.onError(
                packet(from, io.wirecloset.vl1.wire.Verb.ERROR, packetId++, payload), inReVerb, 1, code, nowMs);
    }

    /** At an odd place in its buffer, so that nobody counts on offset 0. */
    private static Received packet(Identity from, int verb, long id, byte[] payload) {
        byte[] buffer = new byte[payload.length + 20];
        System.arraycopy(payload, 0, buffer, 13, payload.length);
        return new Received(from, verb, id, 0, 0, null, buffer, 13, payload.length);
    }

    void fromTap(byte[] frame) {
        byte[] buffer = new byte[frame.length + 9];
        System.arraycopy(frame, 0, buffer, 5, frame.length);
        vl2.onTapFrame(NETWORK, buffer, 5, frame.length, nowMs);
    }

    /** The controller told us that these nodes listen to the group. */
    void listens(MulticastGroup group, long... addresses) {
        WireWriter result = new WireWriter(64)
                .u64(NETWORK)
                .u16((int) (group.mac() >>> 32))
                .u32(group.mac() & 0xffff_ffffL)
                .u32(group.adi())
                .u32(addresses.length)
                .u16(addresses.length);
        for (long address : addresses) {
            result.address(address);
        }
        receiveOk(CONTROLLER, io.wirecloset.vl1.wire.Verb.MULTICAST_GATHER, 1, result.toByteArray());
    }

    /** Frames need no push of credentials to this node now. */
    void pushed(long address) {
        vl2.joined(NETWORK).network.memberOrNew(address).credentialsPushed(nowMs);
        vl2.joined(NETWORK).network.changed(vl2.joined(NETWORK).network.member(address));
    }

    void forgetWhatHappened() {
        underlay.takeSent();
        tapped.clear();
        changes.clear();
        saved.clear();
    }

    List<String> sentText() {
        return underlay.takeSent().stream().map(FakeUnderlay.Sent::toString).toList();
    }

    /** Advances time in control turns of a second. */
    void run(long ms) {
        for (long end = nowMs + ms; nowMs < end; ) {
            nowMs += 1_000;
            vl2.poll(nowMs);
        }
    }

    static byte[] frame(long to, long from, int ethertype, byte[] data) {
        byte[] frame = new byte[EthernetFrame.HEADER_LENGTH + data.length];
        EthernetFrame.put(frame, 0, to, from, ethertype);
        System.arraycopy(data, 0, frame, EthernetFrame.HEADER_LENGTH, data.length);
        return frame;
    }

    static String text(long address) {
        return Addresses.format(address);
    }

    private final class Host implements Vl2Out {
        @Override
        public void toTap(long networkId, byte[] frame, int offset, int length) {
            tapped.add(new Tapped(
                    networkId, HexFormat.of().formatHex(Arrays.copyOfRange(frame, offset, offset + length))));
        }

        @Override
        public void changed(long networkId, NetworkView view) {
            changes.add(view);
        }

        @Override
        public void save(long networkId, byte[] dictionary) {
            saved.add(dictionary);
        }
    }
}
