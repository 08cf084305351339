package io.wirecloset.transport.tap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wirecloset.engine.FramePort;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.NeedsRoot;
import io.wirecloset.transport.TestNetworks;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.SocketCalls;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Neighbour;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NeedsRoot
class TapDeviceTest {
    private static final long MAC_A = 0x32_00_00_00_00_01L;
    private static final long MAC_B = 0x32_00_00_00_00_02L;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int STREAM_BYTES = 8 << 20;

    private final List<AutoCloseable> open = new ArrayList<>();
    private NetworkNamespace a;
    private NetworkNamespace b;

    @BeforeEach
    void namespaces() throws IOException {
        a = later(TestNetworks.namespace());
        b = later(TestNetworks.namespace());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void pingPassesBothWaysAlsoInFragments() throws Exception {
        TapCable cable = cable(1400);
        assertThat(TestNetworks.run(a, "ping", "-c", "3", "-i", "0.01", "10.6.0.2"))
                .contains("3 received");
        assertThat(TestNetworks.run(b, "ping", "-c", "3", "-i", "0.01", "-s", "5000", "10.6.0.1"))
                .contains("3 received");
        assertThat(TestNetworks.run(a, "ping", "-6", "-c", "3", "-i", "0.01", "fd00:6::2"))
                .contains("3 received");
        assertThat(cable.faults).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"10.6.0.2, 1400", "10.6.0.2, 2800", "10.6.0.2, 10000", "fd00:6::2, 1400", "fd00:6::2, 2800"})
    void aLongTcpStreamIsCutToTheMtuAndArrivesWhole(String address, int mtu) throws Exception {
        TapCable cable = cable(mtu);
        transfer(address);
        assertThat(cable.faults).isEmpty();
        assertThat(cable.longest).isEqualTo(mtu + 14);
        // super-frames came: far fewer reads than frames
        long reads = count(TapCount.READ_CALLS);
        assertThat(reads).isLessThan(count(TapCount.READ_FRAMES));
        // and super-frames went: far fewer writes than frames
        assertThat(count(TapCount.WRITE_CALLS)).isLessThan(count(TapCount.WRITTEN_FRAMES) * 3 / 4);
        // the last acknowledgements may still be on their way
        await().untilAsserted(() -> assertThat(count(TapCount.WRITTEN_FRAMES)).isEqualTo(count(TapCount.READ_FRAMES)));
        assertThat(count(TapCount.READ_TOO_LONG)).isZero();
        assertThat(count(TapCount.READ_NOT_UNDERSTOOD)).isZero();
        assertThat(count(TapCount.DROPPED_REFUSED)).isZero();
    }

    private long count(TapCount kind) {
        return open.stream()
                .filter(TapDevice.class::isInstance)
                .mapToLong(tap -> ((TapDevice) tap).count(kind))
                .sum();
    }

    @Test
    void aBurstOfUdpComesInOneReadAndIsCutToItsDatagrams() throws Exception {
        TapCable cable = cable(1400);
        try (DatagramChannel receiver = b.run(DatagramChannel::open)) {
            receiver.bind(new InetSocketAddress("10.6.0.2", 7000));
            sendTrain(20_500);
            ByteBuffer datagram = ByteBuffer.allocate(2000);
            for (int i = 0; i < 21; i++) {
                receiver.receive(datagram.clear());
                assertThat(datagram.position()).isEqualTo(i < 20 ? 1000 : 500);
            }
        }
        assertThat(cable.faults).isEmpty();
        assertThat(count(TapCount.READ_CALLS)).isLessThan(20);
    }

    @Test
    void flowsAreSpreadOverTheQueues() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 4, false)));
        address(a, "tap0", "10.6.0.1/24");
        address(a, "tap0", "10.6.1.1/24");
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.replaceNeighbour(Neighbour.permanent(tap.index(), InetAddress.ofLiteral("10.6.0.2"), MAC_B));
        }
        try (DatagramChannel sender = a.run(DatagramChannel::open)) {
            for (int i = 0; i < 200; i++) {
                sender.send(ByteBuffer.allocate(100), new InetSocketAddress("10.6.0.2", 7000 + i));
            }
        }
        Slab slab = new Slab(1);
        int sum = 0;
        for (int lane = 0; lane < 4; lane++) {
            int frames = tap.lane(lane).poll(slab, (slot, at, length) -> {}, 1000);
            assertThat(frames).isPositive();
            sum += frames;
        }
        assertThat(sum).isGreaterThanOrEqualTo(200);
        assertThat(tap.lane(4)).isNull();
    }

    @Test
    void whatIsLeftOfASuperFrameWaitsForTheNextPoll() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
        address(a, "tap0", "10.6.0.1/24");
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.replaceNeighbour(Neighbour.permanent(tap.index(), InetAddress.ofLiteral("10.6.0.2"), MAC_B));
        }
        Slab slab = new Slab(1);
        int[] udp = new int[1];
        FramePort.Sink sink = (slot, at, length) -> udp[0] += slot[at + 23] == Frames.UDP && length > 500 ? 1 : 0;
        while (tap.lane(0).poll(slab, sink, 10) > 0) {} // what the host says when a device comes up
        sendTrain(10_000);
        while (udp[0] < 10) {
            int before = udp[0];
            assertThat(tap.lane(0).poll(slab, sink, 3)).isBetween(1, 3);
            assertThat(udp[0] - before).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void readingAndWritingAllocateNothing() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
        address(a, "tap0", "10.6.0.1/24");
        byte[] question = arpRequest();
        FramePort port = tap.lane(0);
        Slab slab = new Slab(1);
        int[] answers = new int[1];
        FramePort.Sink sink = (slot, at, length) -> answers[0]++;
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        // until it is compiled whole, a system call costs a small object; nothing else does
        int calls = 4000;
        int limit = calls * 48;
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 300 && best > limit; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls / 40; i++) {
                for (int n = 0; n < 20; n++) {
                    port.add(question, 0, question.length);
                }
                port.flush();
                port.poll(slab, sink, 64);
            }
            best = Math.min(best, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(answers[0]).isGreaterThan(2000);
        assertThat(best).as("bytes for %d system calls", calls).isLessThanOrEqualTo(limit);
    }

    private static byte[] arpRequest() {
        return HexFormat.of()
                .parseHex("ffffffffffff320000000002" + "0806" + "0001080006040001" + "320000000002" + "0a060002"
                        + "000000000000" + "0a060001");
    }

    @Test
    void framesThatCameWhileNobodyReadAreThereForTheNextOwner() throws Exception {
        TapSettings settings = new TapSettings("tap0", MAC_A, 1400, 1, true);
        TapDevice first = later(TapDevice.open(a, settings));
        address(a, "tap0", "10.6.0.1/24");
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.replaceNeighbour(Neighbour.permanent(first.index(), InetAddress.ofLiteral("10.6.0.2"), MAC_B));
        }
        List<Descriptor> copies = first.duplicateQueues();
        first.close();
        sendTrain(10_000);
        try (Netlink netlink = Netlink.openIn(a)) {
            assertThat(netlink.link("tap0").orElseThrow().hasCarrier()).isTrue();
        }

        TapDevice second = later(TapDevice.adopt(a, settings, copies));

        int[] udp = new int[1];
        FramePort.Sink sink = (slot, at, length) -> udp[0] += slot[at + 23] == Frames.UDP && length > 500 ? 1 : 0;
        Slab slab = new Slab(1);
        while (second.lane(0).poll(slab, sink, 10) > 0) {}
        assertThat(udp[0]).isGreaterThanOrEqualTo(10);

        // another number of queues, and one whose device is gone
        List<Descriptor> more = second.duplicateQueues();
        second.close();
        TapDevice third = later(TapDevice.adopt(a, new TapSettings("tap0", MAC_A, 1400, 2, true), more));
        assertThat(third.lane(1)).isNotNull();
        List<Descriptor> dead = third.duplicateQueues();
        third.delete();
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.deleteLink(netlink.link("tap0").orElseThrow().index());
        }
        later(TapDevice.adopt(a, settings, dead)).delete();
    }

    @Test
    void aPersistentDeviceIsFoundAgainWithItsAddresses() throws Exception {
        TapSettings settings = new TapSettings("tap0", MAC_A, 2800, 2, true);
        int index;
        try (TapDevice first = TapDevice.open(a, settings)) {
            index = first.index();
            address(a, "tap0", "10.6.0.1/24");
        }
        try (Netlink netlink = Netlink.openIn(a)) {
            Link link = netlink.link("tap0").orElseThrow();
            assertThat(link.tun().persistent()).isTrue();
            assertThat(link.tun().queues()).isZero();
            assertThat(link.hasCarrier()).isFalse();
        }
        TapDevice second = TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, true));
        try (Netlink netlink = Netlink.openIn(a)) {
            Link link = netlink.link("tap0").orElseThrow();
            assertThat(link.index()).isEqualTo(index).isEqualTo(second.index());
            assertThat(link.mtu()).isEqualTo(1400);
            assertThat(link.hasCarrier()).isTrue();
            assertThat(netlink.addresses(index)).anyMatch(each -> each.prefix().equals(IpPrefix.parse("10.6.0.1/24")));
            second.delete();
            assertThat(netlink.link("tap0")).isEmpty();
        }
    }

    @Test
    void aPassingDeviceGoesWithItsLastQueue() throws Exception {
        TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 3, false)).close();
        try (Netlink netlink = Netlink.openIn(a)) {
            assertThat(netlink.link("tap0")).isEmpty();
        }
    }

    @Test
    void aNameThatIsTakenIsRefusedWithTheReason() throws Exception {
        TapSettings settings = new TapSettings("x0", MAC_A, 1400, 1, false);
        try (Netlink netlink = Netlink.openIn(a)) {
            int bridge = netlink.createLink("bridge", LinkSettings.named("x0"));
            assertThatThrownBy(() -> TapDevice.open(a, settings)).hasMessageContainingAll("x0", "a bridge");
            netlink.deleteLink(bridge);
        }
        TestNetworks.run(a, "ip", "tuntap", "add", "x0", "mode", "tap");
        assertThatThrownBy(() -> TapDevice.open(a, settings)).hasMessageContainingAll("x0", "not ours");
        TestNetworks.run(a, "ip", "tuntap", "del", "x0", "mode", "tap");
        later(TapDevice.open(a, settings));
        assertThatThrownBy(() -> TapDevice.open(a, settings)).hasMessageContainingAll("x0", "has it open");
        later(TapDevice.open(b, settings));
    }

    @Test
    void groupsAreWhatTheHostListensTo() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
        address(a, "tap0", "10.6.0.1/24");
        address(a, "tap0", "fd00:6::12:3456/64");
        TestNetworks.run(a, "ip", "maddr", "add", "01:00:5e:01:02:03", "dev", "tap0");
        assertThat(tap.groups())
                .contains(
                        new MulticastGroup(0x01_00_5e_00_00_01L, 0),
                        new MulticastGroup(0x01_00_5e_01_02_03L, 0),
                        new MulticastGroup(0x33_33_00_00_00_01L, 0),
                        MulticastGroup.resolutionOf(
                                InetAddress.ofLiteral("fd00:6::12:3456").getAddress()),
                        MulticastGroup.resolutionOfIpv4(0x0a060001));
        TestNetworks.run(a, "ip", "maddr", "del", "01:00:5e:01:02:03", "dev", "tap0");
        assertThat(tap.groups()).doesNotContain(new MulticastGroup(0x01_00_5e_01_02_03L, 0));
    }

    @Test
    void aDeviceDeletedUnderUsIsKnownToBeGone() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, true)));
        assertThat(tap.isGone()).isFalse();
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.deleteLink(tap.index());
        }
        FramePort port = tap.lane(0);
        assertThat(port.poll(new Slab(1), (slot, at, length) -> {}, 10)).isZero();
        assertThat(tap.isGone()).isTrue();
        port.add(new byte[60], 0, 60);
        port.flush();
        assertThat(tap.count(TapCount.DROPPED_GONE)).isEqualTo(1);
        tap.close();
        later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
    }

    @Test
    void theLaneOfADeletedDeviceIsWokenToSeeIt() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
        TapDevice other = later(TapDevice.open(b, new TapSettings("tap0", MAC_B, 1400, 1, false)));
        later(new TapCable(tap, other));
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.deleteLink(tap.index());
        }
        await().until(tap::isGone);
        assertThat(other.isGone()).isFalse();
    }

    @Test
    void aDeviceThatGoesDownAndUpCarriesOn() throws Exception {
        TapCable cable = cable(1400);
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.setDown(netlink.indexOf("tap0"));
            TestNetworks.run(b, "bash", "-c", "ping -c 1 -W 1 10.6.0.1 || true");
            netlink.setUp(netlink.indexOf("tap0"));
        }
        assertThat(TestNetworks.run(a, "ping", "-c", "3", "-i", "0.01", "10.6.0.2"))
                .contains("3 received");
        assertThat(cable.faults).isEmpty();
    }

    @Test
    void whatTheHostDoesNotTakeIsCounted() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
        FramePort port = tap.control();
        port.add(new byte[13], 0, 13);
        port.add(new byte[Slab.CAPACITY_BYTES + 1], 0, Slab.CAPACITY_BYTES + 1);
        assertThat(tap.count(TapCount.DROPPED_LENGTH)).isEqualTo(2);
        try (Netlink netlink = Netlink.openIn(a)) {
            netlink.setDown(tap.index());
        }
        for (int i = 0; i < 200; i++) {
            port.add(new byte[1400], 0, 1400);
        }
        port.flush();
        assertThat(tap.count(TapCount.DROPPED_DOWN)).isEqualTo(200);
        assertThat(port.poll(new Slab(1), (slot, at, length) -> {}, 10)).isZero();
        tap.close();
        port.add(new byte[60], 0, 60);
        port.flush();
        assertThat(tap.count(TapCount.DROPPED_GONE)).isEqualTo(1);
        assertThat(tap.lane(0).poll(new Slab(1), (slot, at, length) -> {}, 10)).isZero();
    }

    @Test
    void theMtuAndTheCarrierFollowTheNetwork() throws Exception {
        TapDevice tap = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, 1400, 1, false)));
        tap.mtu(2800);
        tap.carrier(false);
        try (Netlink netlink = Netlink.openIn(a)) {
            assertThat(netlink.link("tap0").orElseThrow().mtu()).isEqualTo(2800);
            assertThat(netlink.link("tap0").orElseThrow().mac()).isEqualTo(MAC_A);
            assertThat(netlink.link("tap0").orElseThrow().hasCarrier()).isFalse();
            tap.carrier(true);
            await().until(() -> netlink.link("tap0").orElseThrow().hasCarrier());
        }
    }

    @Test
    void openingAndClosingLeavesNoDescriptorOpen() throws Exception {
        TapSettings settings = new TapSettings("tap0", MAC_A, 1400, 4, false);
        TapDevice.open(a, settings).close(); // whatever is loaded only once
        long before = descriptors();
        for (int i = 0; i < 5; i++) {
            TapDevice.open(a, settings).close();
            try (TapDevice held = TapDevice.open(a, settings)) {
                assertThatThrownBy(() -> TapDevice.open(a, settings)).isInstanceOf(IOException.class);
                assertThat(held.groups()).isNotEmpty();
            }
            assertThatThrownBy(() -> TapDevice.open(a, new TapSettings("tap0", MAC_A, 100_000, 1, true)))
                    .isInstanceOf(IOException.class);
        }
        assertThat(descriptors()).isEqualTo(before);
        try (Netlink netlink = Netlink.openIn(a)) {
            assertThat(netlink.link("tap0")).isEmpty();
        }
    }

    private static long descriptors() throws IOException {
        try (var listed = Files.list(Path.of("/proc/self/fd"))) {
            return listed.count();
        }
    }

    // ---- two hosts and a cable

    private TapCable cable(int mtu) throws IOException {
        TapDevice left = later(TapDevice.open(a, new TapSettings("tap0", MAC_A, mtu, 1, false)));
        TapDevice right = later(TapDevice.open(b, new TapSettings("tap0", MAC_B, mtu, 1, false)));
        address(a, "tap0", "10.6.0.1/24");
        address(b, "tap0", "10.6.0.2/24");
        address(a, "tap0", "fd00:6::1/64");
        address(b, "tap0", "fd00:6::2/64");
        return later(new TapCable(left, right));
    }

    /** Sends some megabytes from a to b by TCP, and checks that they arrive. */
    private void transfer(String address) throws Exception {
        byte[] sent = new byte[STREAM_BYTES];
        new Random(6).nextBytes(sent);
        ServerSocketChannel server = later(b.run(ServerSocketChannel::open));
        server.bind(new InetSocketAddress(address, 7000));
        CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> receive(server));
        try (SocketChannel client = a.run(SocketChannel::open)) {
            client.connect(new InetSocketAddress(address, 7000));
            ByteBuffer bytes = ByteBuffer.wrap(sent);
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
        }
        assertThat(received.get()).isEqualTo(sent);
    }

    private static byte[] receive(ServerSocketChannel server) {
        try (SocketChannel accepted = server.accept()) {
            return accepted.socket().getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From a to port 7000 of b, in one call, as datagrams of 1000 bytes. */
    private void sendTrain(int lengthBytes) throws IOException {
        try (Descriptor socket = a.run(
                        () -> Descriptor.adopt(SocketCalls.socket(SocketCalls.AF_INET, SocketCalls.SOCK_DGRAM, 0)));
                Arena arena = Arena.ofConfined()) {
            assertThat(SocketCalls.setsockopt(socket.fd(), SOL_UDP, UDP_SEGMENT, 1000))
                    .isZero();
            MemorySegment to =
                    arena.allocateFrom(JAVA_BYTE, HexFormat.of().parseHex("02001b580a0600020000000000000000"));
            MemorySegment bytes = arena.allocate(lengthBytes);
            assertThat(SocketCalls.sendto(socket.fd(), bytes, lengthBytes, 0, to, (int) to.byteSize()))
                    .isEqualTo(lengthBytes);
        }
    }

    private static void address(NetworkNamespace namespace, String device, String prefix) throws IOException {
        try (Netlink netlink = Netlink.openIn(namespace)) {
            netlink.putAddress(
                    Address.of(netlink.indexOf(device), IpPrefix.parse(prefix)).withoutDad());
        }
    }

    private <T extends AutoCloseable> T later(T closed) {
        open.add(closed);
        return closed;
    }
}
