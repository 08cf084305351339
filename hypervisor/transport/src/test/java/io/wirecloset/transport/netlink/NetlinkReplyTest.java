package io.wirecloset.transport.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NetlinkReplyTest {
    private static final NetlinkMonitor.Listener NOBODY = () -> {};

    private static final InetAddress IP = InetAddress.ofLiteral("10.1.2.3");

    /** The requests have the shape of the answers, so they serve as such. */
    private static List<byte[]> replies() {
        return List.of(
                bytes(LinkCodec.createVeth(
                        LinkSettings.named("a").withMac(5).withAlias("x").withMtu(1400), LinkSettings.named("b"))),
                bytes(AddressCodec.write(
                        Rtnetlink.RTM_NEWADDR,
                        0,
                        Address.of(3, IpPrefix.host(IP)).withoutDad())),
                bytes(RouteCodec.write(
                        Rtnetlink.RTM_NEWROUTE,
                        0,
                        Route.via(IpPrefix.parse("10.0.0.0/8"), IP, 3)
                                .withMtu(1400)
                                .withMetric(7))),
                bytes(NeighbourCodec.write(Rtnetlink.RTM_NEWNEIGH, 0, Neighbour.permanent(3, IP, 5))));
    }

    @Test
    void aRouteReadsAsItWasWritten() {
        Route route = Route.via(IpPrefix.parse("10.0.0.0/8"), IP, 3)
                .withMtu(1400)
                .withMetric(7)
                .withTable(1000)
                .withSource(IP)
                .withGatewayOnLink();
        MessageReader reader = new MessageReader(
                RouteCodec.write(Rtnetlink.RTM_NEWROUTE, 0, route).finish(1));
        assertThat(reader.next()).isTrue();
        assertThat(RouteCodec.read(reader.body())).isEqualTo(route);
        assertThat(reader.next()).isFalse();
    }

    @Test
    void aMappedAddressStaysIpv6() {
        Route route = Route.unreachable(IpPrefix.of(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}, 96));
        MessageReader reader = new MessageReader(
                RouteCodec.write(Rtnetlink.RTM_NEWROUTE, 0, route).finish(1));
        assertThat(reader.next()).isTrue();
        assertThat(RouteCodec.read(reader.body())).isEqualTo(route);
    }

    @Test
    void aReplyCutAnywhereIsReadOrRefused() {
        for (byte[] reply : replies()) {
            assertThat(NetlinkMonitor.read(ordered(reply), NOBODY)).isEqualTo(1);
            for (int length = 1; length < reply.length; length++) {
                byte[] cut = Arrays.copyOf(reply, length);
                assertThatThrownBy(() -> NetlinkMonitor.read(ordered(cut), NOBODY))
                        .isInstanceOf(MalformedReplyException.class);
                if (length >= Integer.BYTES) {
                    ordered(cut).putInt(0, length); // and with a header that agrees
                    readOrRefuse(cut);
                }
            }
        }
    }

    @Test
    void aReplyWithFlippedBytesIsReadOrRefused() {
        Random random = new Random(5);
        for (byte[] reply : replies()) {
            for (int i = 0; i < 20_000; i++) {
                byte[] flipped = reply.clone();
                for (int n = random.nextInt(3); n >= 0; n--) {
                    flipped[random.nextInt(flipped.length)] = (byte) random.nextInt();
                }
                readOrRefuse(flipped);
            }
        }
    }

    @FuzzTest
    void noReplyBreaksTheParser(byte[] reply) {
        readOrRefuse(reply);
    }

    private static void readOrRefuse(byte[] reply) {
        try {
            NetlinkMonitor.read(ordered(reply), NOBODY);
            MessageReader errors = new MessageReader(ordered(reply));
            while (errors.next()) {
                NetlinkSocket.explanation(errors);
                RouteCodec.read(errors.body());
                NeighbourCodec.read(errors.body());
                RuleCodec.read(errors.body());
                ConnectionCodec.read(errors.body());
            }
        } catch (MalformedReplyException e) {
            assertThat(e).hasMessageMatching("\\S.*");
        }
    }

    private static byte[] bytes(Request request) {
        ByteBuffer message = request.finish(1);
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return bytes;
    }

    private static ByteBuffer ordered(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
