package io.wirecloset.transport.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.NeedsRoot;
import io.wirecloset.transport.TestNetworks;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsRoot
class ConnectionTrackerTest {
    private NetworkNamespace host;
    private ConnectionTracker tracker;

    @BeforeEach
    void open() throws Exception {
        host = TestNetworks.namespace();
        // the tracker looks at packets of a family once a rule asks it about one
        TestNetworks.run(
                host,
                "nft",
                "add table inet t; add chain inet t out { type nat hook output priority -100; };"
                        + " add rule inet t out ip daddr 127.0.0.1 udp dport 53 dnat ip to 127.0.0.9:5353;"
                        + " add chain inet t in { type filter hook input priority 0; };"
                        + " add rule inet t in ct state new counter");
        tracker = ConnectionTracker.openIn(host);
    }

    @AfterEach
    void close() {
        tracker.close();
        host.close();
    }

    private void send(int sourcePort, String to, int port) throws Exception {
        host.run(() -> {
            try (DatagramSocket socket = new DatagramSocket(sourcePort)) {
                socket.send(new DatagramPacket(new byte[1], 1, new InetSocketAddress(InetAddress.ofLiteral(to), port)));
            }
            return null;
        });
    }

    @Test
    void aConnectionIsListedAsItWasOpenedAndWithWhoAnswers() throws Exception {
        send(4000, "127.0.0.1", 53);
        Connection found = tracker.openedTo(ConnectionTracker.UDP, 53).getFirst();
        assertThat(found.source().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(found.sourcePort()).isEqualTo(4000);
        assertThat(found.destination().getHostAddress()).isEqualTo("127.0.0.1");
        assertThat(found.destinationPort()).isEqualTo(53);
        assertThat(found.answering().getHostAddress()).isEqualTo("127.0.0.9");
        assertThat(found.answeringPort()).isEqualTo(5353);
    }

    @Test
    void whatIsForgottenIsGoneAndTheOthersStay() throws Exception {
        for (int i = 0; i < 300; i++) {
            send(4000 + i, "127.0.0.1", 53);
        }
        send(4000, "127.0.0.1", 54);
        send(4000, "::1", 53);
        List<Connection> found = tracker.openedTo(ConnectionTracker.UDP, 53);
        assertThat(found).hasSize(301);
        Connection six = found.stream()
                .filter(c -> !IpPrefix.host(c.source()).isV4())
                .findFirst()
                .orElseThrow();
        List<Connection> left = new ArrayList<>(found);
        for (Connection gone : List.of(found.get(7), six)) {
            assertThat(tracker.forget(gone)).isTrue();
            assertThat(tracker.forget(gone)).as("again").isFalse();
            left.remove(gone);
        }
        assertThat(tracker.openedTo(ConnectionTracker.UDP, 53)).containsExactlyInAnyOrderElementsOf(left);
        assertThat(tracker.openedTo(ConnectionTracker.UDP, 54)).hasSize(1);
    }
}
