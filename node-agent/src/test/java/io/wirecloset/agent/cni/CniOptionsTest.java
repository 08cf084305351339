package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a configuration and its runtimeConfig ask for beyond an address: had, or refused by name. */
class CniOptionsTest extends ShimAndServer {
    @Test
    @DisplayName("options that cannot be had are refused by name, and leave nothing (CNI 36, 51, 55)")
    void optionsThatCannotBeHadAreRefused() throws Exception {
        Map<String, Object> before = node.account();
        call("ADD", "c0", node.newPod(), config("1.1.0", "\"runtimeConfig\":{\"ips\":[\"10.80.128.9\"]}"));
        Map<String, Object> withOne = node.account();
        Map.of(
                        "\"runtimeConfig\":{\"mac\":\"02:00:00:00:00:01\"}",
                        "2 mac 02:00:00:00:00:01 cannot be had",
                        "\"runtimeConfig\":{\"deviceID\":\"x\"}",
                        "2 runtimeConfig.deviceID is not supported",
                        "\"wirecloset.io/mode\":\"Member\"",
                        "2 the configuration has a key that is not known here: wirecloset.io/mode",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.129.9/16\"]}",
                        "110 network pods: 10.80.129.9 is not among the addresses for pods in this node's block 10.80.128.0/24",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.128.255\"]}",
                        "110 network pods: 10.80.128.255 is not among the addresses for pods in this node's block 10.80.128.0/24",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.128.9\"]}",
                        "110 network pods: 10.80.128.9 is taken by default/web-0 (sandbox c0)",
                        "\"args\":{\"cni\":{\"ips\":[\"fc01:0a50:0a11:2233:4455::1\"]}}",
                        "110 network pods: fc01:a50:a11:2233:4455:0:0:1 is not among the addresses for pods in this node's"
                                + " block fc01:a50:a11:2233:4455:0:0:0/80")
                .forEach((more, expected) -> {
                    try {
                        Outcome outcome = call("ADD", "c1", node.newPod(), config("1.1.0", more));
                        assertThat(outcome.code() + " "
                                        + outcome.json().path("msg").asText())
                                .isEqualTo(expected);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        assertThat(node.account()).isEqualTo(withOne);
        call("DEL", "c0", null, config("1.1.0"));
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName("static addresses, the own MAC, name servers and ports of the node are had (CNI 53 to 55)")
    void optionsThatCanBeHadAreHad() throws Exception {
        String mac = "56:64:d9:61:4e:47"; // of c0ffee@eth0
        Outcome outcome = call(
                "ADD",
                "c0ffee",
                node.newPod(),
                config(
                        "1.0.0",
                        "\"runtimeConfig\":{\"ips\":[\"10.80.128.77/16\",\"fc01:0a50:0a11:2233:4455::77\"],\"mac\":\""
                                + mac
                                + "\",\"dns\":{\"servers\":[\"10.96.0.10\"]},\"cgroupPath\":\"/x\",\"aliases\":[\"a\"],"
                                + "\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]},"
                                + "\"args\":{\"cni\":{\"ips\":[\"10.80.128.78\"]}},\"stranger\":1,\"capabilities\":{\"mac\":true}"));
        assertThat(outcome.exitCode()).as(outcome.stdout()).isZero();
        assertThat(outcome.json().path("ips"))
                .map(ip -> ip.path("address").asText())
                .containsExactly("10.80.128.77/32", "fc01:a50:a11:2233:4455:0:0:77/128");
        assertThat(outcome.json().path("interfaces").path(0).path("mac").asText())
                .isEqualTo(mac);
        assertThat(outcome.json().path("dns").path("nameservers").path(0).asText())
                .isEqualTo("10.96.0.10");
        assertThat(NodeRig.run(node.host, "nft", "list", "map", "inet", "wirecloset", "hostport_pod4"))
                .contains("tcp . 8080 : 10.80.128.77");
        Outcome second = call(
                "ADD",
                "c1",
                node.newPod(),
                config(
                        "1.0.0",
                        "\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]}"));
        assertThat(second.code()).isEqualTo(111);
        assertThat(second.json().path("msg").asText())
                .isEqualTo("host port 8080/tcp is taken by default/web-0 (sandbox c0ffee)");
    }

    @Test
    @DisplayName("bandwidth: each end of the link limits what it lets out, and the kernel does so (CNI 53, 55)")
    void bandwidthIsLimited() throws Exception {
        NetworkNamespace pod = node.newPod();
        String asked = "\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":4294967295,"
                + "\"egressRate\":80000000000,\"egressBurst\":800000}}";
        Outcome outcome = call("ADD", "c1", pod, config("1.0.0", asked));
        assertThat(outcome.exitCode()).as(outcome.stdout()).isZero();
        String host = outcome.json().path("interfaces").path(1).path("name").asText();
        assertThat(NodeRig.run(node.host, "tc", "qdisc", "show", "dev", host))
                .contains("tbf", "rate 8Mbit", "burst 100000b");
        assertThat(NodeRig.run(pod, "tc", "qdisc", "show", "dev", "eth0")).contains("tbf", "rate 80Gbit");
        assertThat(NodeRig.pings(pod, "10.80.0.2")).isTrue();
    }
}
