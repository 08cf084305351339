package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wirecloset.controller.model.AddressPool;
import io.wirecloset.controller.model.AuthTokens;
import io.wirecloset.controller.model.CapabilityDefinition;
import io.wirecloset.controller.model.IpAddress;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.RemoteTrace;
import io.wirecloset.controller.model.TagDefinition;
import io.wirecloset.node.controller.ControllerFault.Kind;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.node.localapi.LocalApiServer;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.rule.Rule;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.rule.RuleType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One's own API asked by one's own client: what is wanted arrives, and what goes wrong is said. */
class ExternalControllerTest {
    private static final long NETWORK = 0x63f07dc54b000abcL;
    private static final long ALICE = 0x465b562e8dL;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final RuleTable RULES =
            RuleTable.of(List.of(Rule.of(RuleType.IP_PROTOCOL, true, false, new byte[] {6}), Rule.DROP, Rule.ACCEPT));

    private static final NetworkSpec EVERYTHING = NetworkSpec.builder()
            .name("elsewhere")
            .isPrivate(false)
            .broadcast(false)
            .multicastLimit(7)
            .mtu(1_500)
            .assignV4(true)
            .assignV6(true)
            .sixPlane(true)
            .rfc4193(true)
            .routes(List.of(
                    Route.onLink(InetCidr.parse("10.7.0.0/16")),
                    Route.via(InetCidr.parse("10.8.0.0/16"), Endpoint.parse("10.7.0.1/0"))))
            .pools(List.of(new AddressPool(IpAddress.parse("10.7.1.1"), IpAddress.parse("10.7.1.9"))))
            .rules(RULES)
            .capabilities(List.of(new CapabilityDefinition(4, true, RULES)))
            .tags(List.of(new TagDefinition(7, OptionalLong.of(5)), new TagDefinition(8, OptionalLong.empty())))
            .tokens(AuthTokens.of(Map.of("t", 0L)))
            .dns(new DnsSettings("d.test", List.of(Endpoint.parse("10.7.0.1/0"))))
            .remoteTrace(new RemoteTrace("1122334455", 15))
            .build();

    private static final MemberSpec WANTED = MemberSpec.AUTHORIZED
            .with()
            .name("laptop")
            .activeBridge(true)
            .noAutoAssign(true)
            .addresses(List.of(IpAddress.parse("10.7.0.9"), IpAddress.parse("fd00::9")))
            .tags(Map.of(7L, 6L))
            .capabilities(List.of(4L, 9L))
            .remoteTrace(new RemoteTrace("1122334455", 20))
            .build();

    @TempDir
    Path folder;

    private SectionRig rig;
    private LocalApiServer server;
    private int port;

    @BeforeEach
    void start() throws Exception {
        rig = new SectionRig(folder);
        server = new LocalApiServer("secret", "metrics", List.of(), Map.of());
        ControllerSection.SEGMENTS.forEach(first -> server.serve(first, rig.section));
        server.serve(
                "status",
                request -> ApiResponse.ok(Json.object().put("address", ConfigPicture.address(NETWORK >>> 24))));
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        server.listen(port);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ExternalController client(String token) {
        return client(port, token, PATIENCE);
    }

    private static ExternalController client(int port, String token, Duration timeout) {
        return new ExternalController(URI.create("http://127.0.0.1:" + port), token, timeout);
    }

    @Test
    void aNetworkWithEverythingInItIsMadeReadChangedAndEnded() throws Exception {
        try (ExternalController client = client(" secret\n")) {
            assertThat(client.isReady()).isTrue();
            assertThat(client.address()).isEqualTo(NETWORK >>> 24);
            assertThat(client.network(NETWORK)).isEmpty();
            assertThat(client.putNetwork(NETWORK, EVERYTHING).spec()).isEqualTo(EVERYTHING);
            assertThat(client.network(NETWORK).map(Network::spec)).hasValue(EVERYTHING);
            assertThat(rig.controller.network(NETWORK).network().spec()).isEqualTo(EVERYTHING);

            assertThat(client.putNetwork(NETWORK, NetworkSpec.DEFAULT).spec())
                    .as("what is not wanted any more is gone")
                    .isEqualTo(NetworkSpec.DEFAULT);
            Network other = client.createNetwork(EVERYTHING);
            assertThat(client.networks()).containsExactlyInAnyOrder(NETWORK, other.id());
            assertThat(client.deleteNetwork(NETWORK)).isTrue();
            assertThat(client.deleteNetwork(NETWORK)).isFalse();
            assertThat(client.networks()).containsExactly(other.id());
        }
    }

    @Test
    void aMemberIsMadeReadChangedAndForgotten() throws Exception {
        try (ExternalController client = client("secret")) {
            client.putNetwork(NETWORK, EVERYTHING);
            assertThat(client.member(NETWORK, ALICE)).isEmpty();
            assertThat(client.putMember(NETWORK, ALICE, WANTED).spec()).isEqualTo(WANTED);
            assertThat(client.member(NETWORK, ALICE).map(Member::spec)).hasValue(WANTED);
            assertThat(client.members(NETWORK)).isEqualTo(Map.of(ALICE, 1L));
            assertThat(client.putMember(NETWORK, ALICE, WANTED.withAuthorized(false))
                            .authorized())
                    .isFalse();
            assertThat(client.deleteMember(NETWORK, ALICE)).isTrue();
            assertThat(client.deleteMember(NETWORK, ALICE)).isFalse();
            assertThat(client.members(NETWORK)).isEmpty();
        }
    }

    @Test
    void whoeverIsPinnedUnderAnAddressIsNotTakenForAnother() throws Exception {
        try (ExternalController client = client("secret")) {
            client.putNetwork(NETWORK, NetworkSpec.DEFAULT);
            client.putMember(NETWORK, ALICE, MemberSpec.AUTHORIZED);
            rig.ask(SectionRig.ALICE, SectionRig.NETWORK);
            Identity other = Identity.of(ALICE, SectionRig.CONTROLLER.publicKey(), null);
            assertThat(client.putMember(NETWORK, ALICE, MemberSpec.AUTHORIZED.withIdentity(SectionRig.ALICE))
                            .identity())
                    .isEqualTo(SectionRig.ALICE);
            ControllerFault fault = catchThrowableOfType(
                    ControllerFault.class,
                    () -> client.putMember(NETWORK, ALICE, MemberSpec.AUTHORIZED.withIdentity(other)));
            assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
            assertThat(fault).hasMessageContaining("another identity");
        }
    }

    @Test
    void aFaultNamesTheControllerAndTheReasonButNotTheToken() {
        try (ExternalController wrong = client("wrong-token");
                ExternalController right = client("secret");
                ExternalController nobody = client(freePort(), "secret", PATIENCE)) {
            assertFault(() -> wrong.networks(), Kind.UNAUTHORIZED, "127.0.0.1:" + port, "401");
            assertFault(() -> right.members(NETWORK), Kind.NOT_FOUND, "63f07dc54b000abc", "not found");
            assertFault(
                    () -> right.putNetwork(0x8056c2e21c000001L, EVERYTHING),
                    Kind.REFUSED,
                    "8056c2e21c000001",
                    "belongs to the controller");
            assertFault(() -> nobody.isReady(), Kind.UNREACHABLE, "/controller");
            assertThat(wrong.toString()).doesNotContain("wrong-token");
        }
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Asking {
        void run() throws ControllerFault;
    }

    private static void assertFault(Asking asking, Kind kind, String... said) {
        ControllerFault fault = catchThrowableOfType(ControllerFault.class, asking::run);
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault).hasMessageContainingAll(said);
        assertThat(fault.getMessage()).doesNotContain("wrong-token").doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 OK | <html>hello</html> | BAD_ANSWER",
                "200 OK | {\"id\":\"63f07dc54b000abd\"} | BAD_ANSWER",
                "200 OK | {\"id\":\"63f07dc54b000abc\",\"ssoEnabled\":true} | BAD_ANSWER",
                "200 OK | [1,2] | BAD_ANSWER",
                "500 Oops | {\"error\":500,\"description\":\"no luck\"} | REFUSED",
                "503 Later | nothing to see | REFUSED",
                "302 Found | {} | REFUSED"
            })
    void whatIsNoAnswerOfAControllerIsAFault(String status, String body, Kind kind) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExternalController client = client(other.getLocalPort(), "secret", PATIENCE)) {
            Thread answering = Thread.startVirtualThread(() -> answerOnce(other, status, body));
            assertFault(() -> client.network(NETWORK), kind, "127.0.0.1");
            answering.join();
        }
    }

    private static void answerOnce(ServerSocket server, String status, String body) {
        try (Socket socket = server.accept()) {
            byte[] head = new byte[1 << 12];
            int read = socket.getInputStream().read(head);
            assertThat(new String(head, 0, Math.max(0, read), StandardCharsets.US_ASCII))
                    .contains("X-ZT1-Auth: secret");
            socket.getOutputStream()
                    .write(("HTTP/1.1 " + status + "\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The client went away; its fault is what is looked at.
        }
    }

    @Test
    void whoDoesNotAnswerIsWaitedForNoLongerThanSaid() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExternalController client = client(silent.getLocalPort(), "secret", SHORT)) {
            assertFault(() -> client.isReady(), Kind.UNREACHABLE, "127.0.0.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://a", "http://", "http://user@a:1", "http://a/b", "http://a?x=1", "a:9993", "//a"})
    void aBaseThatIsNoAddressIsRefused(String base) {
        assertThatThrownBy(() -> new ExternalController(URI.create(base), "t", PATIENCE))
                .isInstanceOfAny(IllegalArgumentException.class);
    }
}
