package io.wirecloset.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.engine.DatagramSender;
import io.wirecloset.engine.Slab;
import io.wirecloset.transport.NeedsRoot;
import io.wirecloset.transport.TestNetworks;
import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.Poller;
import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.vl1.wire.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsRoot
class UdpSocketsTest {
    private static final int PORT = 9993;
    private static final UdpSockets.Listener NOBODY = (ids, bound) -> {};
    private static final Endpoint A = Endpoint.parse("10.5.0.1/9993");
    private static final Endpoint B = Endpoint.parse("10.5.0.2/9993");

    private final Slab slab = new Slab(1);
    private final List<AutoCloseable> open = new ArrayList<>();
    private NetworkNamespace a;
    private NetworkNamespace b;

    @BeforeEach
    void cable() throws IOException {
        a = later(TestNetworks.namespace());
        b = later(TestNetworks.namespace());
        TestNetworks.cable(a, "10.5.0.1/24", b, "10.5.0.2/24", "v0");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @Test
    void trainsArriveAsTheDatagramsTheyWere() throws Exception {
        UdpSockets left = open(a);
        UdpSockets right = open(b);
        Random random = new Random(3);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            sent.add(datagram(random, i % 7 == 0 ? 1 + random.nextInt(1432) : 1432));
        }

        List<byte[]> received = transfer(left, right, B, sent);

        assertThat(received).usingElementComparator(Arrays::compare).containsExactlyElementsOf(sent);
        assertThat(left.port(0).count(UdpCount.SEND_CALLS)).isLessThan(200);
        assertThat(left.port(0).count(UdpCount.TRAINS_TAKEN_APART)).isZero();
        assertThat(right.port(0).count(UdpCount.RECEIVED_DATAGRAMS)).isEqualTo(500);
        assertThat(right.port(0).count(UdpCount.RECEIVE_CALLS)).isLessThan(200);
    }

    @Test
    void datagramsBeyondTheLinkAreCutByIpInsteadOfLost() throws Exception {
        UdpSockets left = open(a);
        UdpSockets right = open(b);
        Random random = new Random(4);
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sent.add(datagram(random, 4000));
        }

        List<byte[]> received = transfer(left, right, B, sent);

        assertThat(received).usingElementComparator(Arrays::compare).containsExactlyElementsOf(sent);
        assertThat(left.port(0).count(UdpCount.TRAINS_TAKEN_APART)).isBetween(1L, 3L);
        assertThat(left.port(0).count(UdpCount.DROPPED_REFUSED)).isZero();
    }

    @Test
    void destinationsTakeTurnsInOneBatch() throws Exception {
        try (Netlink there = Netlink.openIn(b)) {
            there.putAddress(Address.of(there.indexOf("v0"), IpPrefix.parse("10.5.0.3/24")));
        }
        UdpSockets left = open(a);
        UdpSockets right = open(b);
        Endpoint other = Endpoint.parse("10.5.0.3/9993");
        byte[] bytes = new byte[1000];
        int socket = left.bound().get(0).id();
        for (int i = 0; i < 20; i++) {
            left.port(0).add(socket, i % 2 == 0 ? B : other, bytes, 0, bytes.length);
        }
        left.port(0).flush();

        assertThat(left.port(0).count(UdpCount.SEND_CALLS)).isEqualTo(1);
        List<Integer> sockets = new ArrayList<>();
        receive(right, 20, (id, from, slot, at, length) -> {
            assertThat(from).isEqualTo(A);
            sockets.add(id);
        });
        assertThat(sockets).hasSize(20);
        assertThat(sockets.stream().distinct()).hasSize(2);
    }

    @Test
    void ipv6CarriesTrainsToo() throws Exception {
        for (NetworkNamespace each : List.of(a, b)) {
            try (Netlink netlink = Netlink.openIn(each)) {
                IpPrefix prefix = IpPrefix.parse(each == a ? "fd00:5::1/64" : "fd00:5::2/64");
                netlink.putAddress(Address.of(netlink.indexOf("v0"), prefix).withoutDad());
            }
        }
        UdpSockets left = open(a);
        UdpSockets right = open(b);
        Endpoint to = Endpoint.parse("fd00:5::2/9993");
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sent.add(datagram(new Random(i), 1400));
        }
        List<byte[]> received = transfer(left, right, to, sent);
        assertThat(received).usingElementComparator(Arrays::compare).containsExactlyElementsOf(sent);
    }

    @Test
    void aHopLimitHoldsForItsDatagramAlone() throws Exception {
        NetworkNamespace far = later(TestNetworks.namespace());
        TestNetworks.cable(b, "10.6.0.1/24", far, "10.6.0.2/24", "v1");
        TestNetworks.run(b, "sysctl", "-qw", "net.ipv4.ip_forward=1");
        TestNetworks.run(a, "ip", "route", "add", "default", "via", "10.5.0.2");
        TestNetworks.run(far, "ip", "route", "add", "default", "via", "10.6.0.1");
        UdpSockets left = open(a);
        UdpSockets right = open(far);
        Endpoint to = Endpoint.parse("10.6.0.2/9993");

        left.sender().send(DatagramSender.EVERY_SOCKET, to, new byte[] {1}, 0, 1, 1);
        left.sender().send(left.bound().get(0).id(), to, new byte[] {2}, 0, 1, DatagramSender.DEFAULT_TTL);

        List<Integer> received = new ArrayList<>();
        receive(right, 1, (id, from, slot, at, length) -> received.add((int) slot[at]));
        assertThat(received).containsExactly(2);
    }

    @Test
    void everySocketOfTheFamilySends() throws Exception {
        UdpSockets left =
                later(UdpSockets.open(UdpSettings.onPorts(PORT, PORT + 1).in(a), NOBODY));
        UdpSockets right = open(b);
        left.sender().send(DatagramSender.EVERY_SOCKET, B, new byte[] {1}, 0, 1, DatagramSender.DEFAULT_TTL);
        List<Integer> ports = new ArrayList<>();
        receive(right, 2, (id, from, slot, at, length) -> ports.add(from.port()));
        assertThat(ports).containsExactlyInAnyOrder(PORT, PORT + 1);
    }

    @Test
    void aNewAddressIsBoundAndAnOldOneLetGo() throws Exception {
        LinkedBlockingQueue<List<Endpoint>> told = new LinkedBlockingQueue<>();
        UdpSockets left =
                later(UdpSockets.open(UdpSettings.onPorts(PORT).in(a), (ids, bound) -> told.add(List.of(bound))));
        assertThat(told.take()).containsExactly(A);
        int first = left.bound().get(0).id();
        try (Netlink netlink = Netlink.openIn(a)) {
            int link = netlink.indexOf("v0");
            IpPrefix second = IpPrefix.parse("10.7.0.1/24");
            netlink.putAddress(Address.of(link, second));
            assertThat(told.poll(20, TimeUnit.SECONDS)).containsExactly(A, Endpoint.parse("10.7.0.1/9993"));
            assertThat(left.bound().get(0).id())
                    .as("what stays keeps its number")
                    .isEqualTo(first);
            netlink.deleteAddress(link, IpPrefix.parse("10.5.0.1/24"));
            assertThat(told.poll(20, TimeUnit.SECONDS)).containsExactly(Endpoint.parse("10.7.0.1/9993"));
        }
        left.port(0).add(first, B, new byte[10], 0, 10);
        left.port(0).flush();
        assertThat(left.port(0).count(UdpCount.DROPPED_NO_SOCKET)).isEqualTo(1);
    }

    @Test
    void aPortThatIsTakenIsSaidAndTriedAgain() throws Exception {
        UdpSockets first = open(a);
        assertThatThrownBy(() -> open(a)).hasMessageContaining("bind UDP 10.5.0.1/9993: EADDRINUSE");
        UdpSockets second =
                later(UdpSockets.open(UdpSettings.onPorts(PORT, PORT + 1).in(a), NOBODY));
        assertThat(second.bound()).hasSize(1);
        assertThat(second.problems()).containsOnlyKeys(A);
        first.close();
        assertThat(second.refresh()).isTrue();
        assertThat(second.bound()).hasSize(2);
        assertThat(second.problems()).isEmpty();
    }

    @Test
    void severalLanesShareOneLogicalSocket() throws Exception {
        UdpSockets left = open(a);
        UdpSockets right =
                later(UdpSockets.open(UdpSettings.onPorts(PORT).withLanes(2).in(b), NOBODY));
        assertThat(right.bound()).hasSize(1);
        left.sender().send(DatagramSender.EVERY_SOCKET, B, new byte[] {1}, 0, 1, DatagramSender.DEFAULT_TTL);
        int got = 0;
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); got == 0 && System.nanoTime() < end; ) {
            got += right.port(0).poll(slab, (id, from, slot, at, length) -> {}, 8, 0);
            got += right.port(1).poll(slab, (id, from, slot, at, length) -> {}, 8, 0);
        }
        assertThat(got).isEqualTo(1);
    }

    @Test
    void aFullSocketHoldsTheBatchUntilThereIsRoom() throws Exception {
        TestNetworks.run(
                a, "tc", "qdisc", "add", "dev", "v0", "root", "tbf", "rate", "8kbit", "burst", "20kb", "limit", "64mb");
        UdpSockets left = open(a);
        try (Poller poller = Poller.create()) {
            UdpPort port = left.port(0);
            port.watchedBy(poller);
            int socket = left.bound().get(0).id();
            byte[] bytes = new byte[1400];
            for (int i = 0; i < 100_000 && port.writable(); i++) {
                port.add(socket, B, bytes, 0, bytes.length);
                port.flush();
            }
            assertThat(port.writable()).isFalse();
            assertThat(port.count(UdpCount.DROPPED_FULL)).isZero();
            long sent = port.count(UdpCount.SENT_DATAGRAMS);

            TestNetworks.run(a, "tc", "qdisc", "del", "dev", "v0", "root");
            for (int i = 0; i < 100 && !port.writable(); i++) {
                poller.await(200);
            }
            assertThat(port.writable()).isTrue();
            port.flush();
            assertThat(port.count(UdpCount.SENT_DATAGRAMS)).isGreaterThan(sent);
        }
    }

    @Test
    void sendingAndReceivingAllocateNothing() throws Exception {
        UdpSockets left = open(a);
        UdpSockets right = open(b);
        byte[] bytes = new byte[1400];
        int socket = left.bound().get(0).id();
        int[] got = new int[1];
        UdpPort.Sink sink = (id, from, slot, at, length) -> got[0]++;
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        // until it is compiled whole, a system call costs a small object; a datagram never does
        int datagrams = 4000;
        long best = Long.MAX_VALUE;
        for (int round = 0; round < 300 && best > datagrams * 8; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 200; i++) {
                for (int n = 0; n < 20; n++) {
                    left.port(0).add(socket, B, bytes, 0, bytes.length);
                }
                left.port(0).flush();
                right.port(0).poll(slab, sink, 64, 0);
            }
            best = Math.min(best, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(got[0]).isPositive();
        assertThat(best).as("bytes for %d datagrams", datagrams).isLessThanOrEqualTo(datagrams * 8);
    }

    private interface Reading {
        int poll() throws Exception;
    }

    private List<byte[]> transfer(UdpSockets from, UdpSockets to, Endpoint destination, List<byte[]> datagrams)
            throws Exception {
        int socket = from.bound().stream()
                .filter(s -> s.endpoint().isV4() == destination.isV4())
                .findFirst()
                .orElseThrow()
                .id();
        for (byte[] datagram : datagrams) {
            from.port(0).add(socket, destination, datagram, 0, datagram.length);
        }
        from.port(0).flush();
        List<byte[]> received = new ArrayList<>();
        receive(
                to,
                datagrams.size(),
                (id, sender, slot, at, length) -> received.add(Arrays.copyOfRange(slot, at, at + length)));
        return received;
    }

    @Test
    void whatCameWhileNobodyReadIsThereForTheNextOwner() throws Exception {
        UdpSockets left = open(a);
        UdpSockets first = open(b);
        List<OpenSocket> copies = first.duplicates();
        first.close();
        byte[] bytes = new byte[700];
        left.sender().send(DatagramSender.EVERY_SOCKET, B, bytes, 0, bytes.length, 0);

        UdpSockets second =
                later(UdpSockets.open(UdpSettings.onPorts(PORT).in(b).inheriting(copies), NOBODY));

        receive(second, 1, (id, from, slot, at, length) -> assertThat(length).isEqualTo(700));
        second.sender().send(DatagramSender.EVERY_SOCKET, A, bytes, 0, bytes.length, 0);
        receive(left, 1, (id, from, slot, at, length) -> assertThat(from).isEqualTo(B));
    }

    @Test
    void anInheritanceThatDoesNotFitIsClosedAndInNobodysWay() throws Exception {
        UdpSockets first = open(b);
        List<OpenSocket> copies = first.duplicates();
        first.close();

        UdpSockets second = later(
                UdpSockets.open(UdpSettings.onPorts(PORT).in(b).withLanes(2).inheriting(copies), NOBODY));

        assertThat(second.problems()).isEmpty();
        assertThat(second.bound()).extracting(UdpSockets.Bound::endpoint).contains(B);
        assertThat(copies).allSatisfy(copy -> assertThat(copy.perLane()).noneMatch(Descriptor::isOpen));
    }

    private void receive(UdpSockets at, int count, UdpPort.Sink sink) throws Exception {
        int got = 0;
        Reading reading = () -> at.port(0).poll(slab, sink, 64, 0);
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20); got < count && System.nanoTime() < end; ) {
            got += reading.poll();
        }
        assertThat(got).isEqualTo(count);
    }

    private UdpSockets open(NetworkNamespace in) throws IOException {
        return later(UdpSockets.open(UdpSettings.onPorts(PORT).in(in), NOBODY));
    }

    private <T extends AutoCloseable> T later(T closed) {
        open.add(closed);
        return closed;
    }

    private static byte[] datagram(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
