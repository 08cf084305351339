package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HostForwardingTest {
    @Test
    @DisplayName(
            "the uplink goes on listening to its router, and what is made later never begins to: it may be a pod's")
    void onlyTheUplinkListensToRouters() throws Exception {
        NodeRig.assumeRoot();
        try (NetworkNamespace host = NetworkNamespace.create()) {
            NodeRig.run(host, "ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1");
            host.run(() -> {
                HostForwarding forwarding = new HostForwarding();
                assertThat(forwarding.enable()).isEqualTo(2);
                NodeRig.exec("ip", "link", "add", "later0", "type", "veth", "peer", "name", "later1");
                assertThat(sysctl("ipv4/ip_forward")).isEqualTo("1");
                assertThat(sysctl("ipv6/conf/up0/accept_ra")).isEqualTo("2");
                assertThat(sysctl("ipv6/conf/later0/accept_ra")).isEqualTo("1");
                assertThat(sysctl("ipv6/conf/later0/forwarding"))
                        .as("so that 1 means no")
                        .isEqualTo("1");
                assertThat(forwarding.enable()).as("nothing is left to do").isZero();
                return null;
            });
        }
    }

    private static String sysctl(String name) throws IOException {
        return Files.readString(Path.of("/proc/sys/net").resolve(name)).strip();
    }
}
