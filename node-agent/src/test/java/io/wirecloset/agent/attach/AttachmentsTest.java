package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wirecloset.agent.attach.AttachException.Reason;
import io.wirecloset.agent.attach.Attachment.State;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.LinkSettings;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pods' interfaces in a real kernel, over a fake overlay. */
class AttachmentsTest {
    @TempDir
    Path directory;

    private NodeRig node;

    @BeforeEach
    void start() throws Exception {
        node = new NodeRig(directory);
    }

    @AfterEach
    void stop() {
        if (node != null) {
            node.close();
        }
    }

    private Reason reasonOf(Callable<?> call) {
        try {
            call.call();
            throw new AssertionError("it succeeded");
        } catch (AttachException e) {
            return e.reason();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // --- what a pod gets

    @Test
    void aPodGetsAnInterfaceWithAddressesGatewayAndRoutes() throws Exception {
        NetworkNamespace pod = node.newPod();
        Attachment a = node.attach("c1", pod);
        assertThat(a.state()).isEqualTo(State.ATTACHED);
        assertThat(a.ipv4().getHostAddress()).isEqualTo("10.80.128.1");
        assertThat(a.ipv6()).isEqualTo(InetAddress.ofLiteral("fc01:0a50:0a11:2233:4455::2"));
        try (Netlink inside = Netlink.openIn(pod)) {
            var eth0 = inside.link("eth0").orElseThrow();
            assertThat(eth0.mac()).isEqualTo(a.key().podMac());
            assertThat(eth0.mtu()).isEqualTo(2800);
            assertThat(eth0.hasCarrier()).isTrue();
            assertThat(inside.addresses(eth0.index()))
                    .extracting(x -> x.prefix().toString())
                    .contains("10.80.128.1/32");
            assertThat(inside.routes(Route.TABLE_MAIN))
                    .filteredOn(r -> r.destination().length() == 0)
                    .extracting(Route::mtu)
                    .containsExactly(1500, 1500);
            assertThat(inside.neighbours(eth0.index()))
                    .filteredOn(n -> n.isPermanent())
                    .extracting(n -> n.ip().getHostAddress())
                    .contains("169.254.1.1");
        }
        assertThat(node.overlay.neighbours.get(NodeRig.PODS.id())).containsExactlyInAnyOrderElementsOf(a.addresses());
        assertThat(node.overlay.announced).containsExactlyElementsOf(a.addresses());
    }

    @Test
    void podsReachEachOtherTheNodeAndPodsElsewhere() throws Exception {
        NetworkNamespace one = node.newPod();
        NetworkNamespace two = node.newPod();
        Attachment first = node.attach("c1", one);
        Attachment second = node.attach("c2", two);
        assertThat(NodeRig.pings(one, second.ipv4().getHostAddress()))
                .as("pod to pod")
                .isTrue();
        assertThat(NodeRig.pings(one, second.ipv6().getHostAddress()))
                .as("pod to pod, IPv6")
                .isTrue();
        assertThat(NodeRig.pings(node.host, first.ipv4().getHostAddress()))
                .as("node to pod")
                .isTrue();
        assertThat(NodeRig.pings(node.host, first.ipv6().getHostAddress()))
                .as("node to pod, IPv6")
                .isTrue();
        assertThat(NodeRig.pings(one, "10.80.0.1")).as("pod to its node").isTrue();
        assertThat(NodeRig.pings(one, "10.80.0.2")).as("pod to a member").isTrue();
        assertThat(NodeRig.pings(one, "10.80.129.5"))
                .as("pod to a pod on another node")
                .isTrue();
        assertThat(NodeRig.pings(one, "fc01:0a50:0a99::2"))
                .as("pod to a member, IPv6")
                .isTrue();
        assertThat(NodeRig.pings(node.outside, first.ipv4().getHostAddress()))
                .as("member to pod")
                .isTrue();
        assertThat(NodeRig.pings(node.outside, first.ipv6().getHostAddress()))
                .as("member to pod, IPv6")
                .isTrue();
        assertThat(NodeRig.succeeds(one, "ping", "-c", "1", "-W", "2", "-M", "do", "-s", "2772", "10.80.129.5"))
                .as("a packet of the network's full MTU")
                .isTrue();
    }

    @Test
    void anUnusedAddressOfTheOwnBlockIsUnreachableAtOnce() throws Exception {
        NetworkNamespace pod = node.newPod();
        node.attach("c1", pod);
        assertThat(NodeRig.pings(pod, "10.80.128.77")).isFalse();
        assertThat(node.netlink.routes(Route.TABLE_MAIN))
                .filteredOn(r -> r.type() == Route.UNREACHABLE)
                .extracting(Route::destination)
                .contains(IpPrefix.parse("10.80.128.0/24"));
    }

    // --- idempotence and order (T2, T3, T4; F7 to F10)

    @Test
    @DisplayName("the same ADD again gives the same result and changes nothing (F8, T3)")
    void theSameAddAgainGivesTheSameResult() throws Exception {
        NetworkNamespace pod = node.newPod();
        Attachment first = node.attach("c1", pod);
        Map<String, Object> before = node.account();
        assertThat(node.attach("c1", pod)).isEqualTo(first);
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName("an ADD for another namespace under the same id is refused and changes nothing (F7, F8, T3)")
    void anAddForAnotherNamespaceIsRefused() throws Exception {
        node.attach("c1", node.newPod());
        Map<String, Object> before = node.account();
        NetworkNamespace other = node.newPod();
        assertThat(reasonOf(() -> node.attach("c1", other))).isEqualTo(Reason.CONFLICT);
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    void aRepeatedAddWhoseInterfaceWasDamagedIsAnError() throws Exception {
        NetworkNamespace pod = node.newPod();
        Attachment a = node.attach("c1", pod);
        NodeRig.run(pod, "ip", "addr", "del", a.ipv4().getHostAddress() + "/32", "dev", "eth0");
        assertThat(reasonOf(() -> node.attach("c1", pod))).isEqualTo(Reason.NOT_INTACT);
    }

    @Test
    @DisplayName("an interface of that name which is not ours is left alone (CNI 16)")
    void aForeignInterfaceOfTheSameNameIsLeftAlone() throws Exception {
        NetworkNamespace pod = node.newPod();
        NodeRig.run(pod, "ip", "link", "add", "eth0", "type", "veth", "peer", "theirs");
        Map<String, Object> before = node.account();
        assertThat(reasonOf(() -> node.attach("c1", pod))).isEqualTo(Reason.CONFLICT);
        assertThat(node.account()).isEqualTo(before);
        assertThat(NodeRig.run(pod, "ip", "link", "show", "eth0")).contains("theirs");
    }

    @Test
    @DisplayName("DEL three times, of an unknown one, and with the namespace gone succeeds (F9, T2; CNI 19)")
    void delSucceedsWhateverIsLeft() throws Exception {
        Map<String, Object> before = node.account();
        node.attachments.detach(NodeRig.key("never"));
        node.attach("c1", node.newPod());
        for (int i = 0; i < 3; i++) {
            node.attachments.detach(NodeRig.key("c1"));
        }
        NetworkNamespace gone = NetworkNamespace.create();
        node.attach("c2", gone);
        gone.close();
        node.attachments.detach(NodeRig.key("c2"));
        assertThat(node.account()).isEqualTo(before);
        assertThat(node.overlay.neighbours.get(NodeRig.PODS.id())).isEmpty();
    }

    @Test
    @DisplayName("an ADD that comes after the DEL is refused for five minutes (F9, T3)")
    void aLateAddIsRefusedForFiveMinutes() throws Exception {
        NetworkNamespace pod = node.newPod();
        node.attachments.detach(NodeRig.key("c1"));
        assertThat(reasonOf(() -> node.attach("c1", pod))).isEqualTo(Reason.DELETED);
        node.restart();
        node.boot.uptimeS += 299;
        assertThat(reasonOf(() -> node.attach("c1", pod))).isEqualTo(Reason.DELETED);
        node.boot.uptimeS += 2;
        assertThat(node.attach("c1", pod).state()).isEqualTo(State.ATTACHED);
    }

    private static List<List<String>> orders() {
        List<List<String>> orders = new ArrayList<>(List.of(List.of()));
        for (int i = 0; i < 4; i++) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> order : orders) {
                for (String act : List.of("add new", "add old", "del old", "add old late")) {
                    if (!order.contains(act)) {
                        longer.add(Stream.concat(order.stream(), Stream.of(act)).toList());
                    }
                }
            }
            orders = longer;
        }
        return orders;
    }

    @ParameterizedTest
    @MethodSource("orders")
    @DisplayName("the new sandbox of a pod keeps its interface, in whatever order the old one comes and goes (F10, T4)")
    void theOldSandboxDoesNotTakeTheNewOneWithIt(List<String> order) throws Exception {
        Map<String, Object> before = node.account();
        NetworkNamespace oldPod = node.newPod();
        NetworkNamespace newPod = node.newPod();
        Attachment fresh = null;
        boolean deleted = false;
        for (String act : order) {
            switch (act) {
                case "add new" -> fresh = node.attach("new", newPod);
                case "del old" -> {
                    node.attachments.detach(NodeRig.key("old"));
                    deleted = true;
                }
                default -> {
                    if (deleted) {
                        assertThat(reasonOf(() -> node.attach("old", oldPod))).isEqualTo(Reason.DELETED);
                    } else {
                        assertThat(node.attach("old", oldPod).state()).isEqualTo(State.ATTACHED);
                    }
                }
            }
        }
        assertThat(NodeRig.pings(newPod, "10.80.0.1")).isTrue();
        assertThat(NodeRig.pings(node.host, fresh.ipv4().getHostAddress())).isTrue();
        node.attachments.detach(NodeRig.key("old"));
        assertThat(NodeRig.pings(newPod, "10.80.0.2")).isTrue();
        node.attachments.detach(NodeRig.key("new"));
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    void aFailedAddLeavesNothing() throws Exception {
        Map<String, Object> before = node.account();
        NetworkNamespace pod = node.newPod();
        NodeRig.run(node.host, "nft", "delete", "table", "inet", "wirecloset"); // the filter's step fails
        assertThatThrownBy(() -> node.attach("c1", pod)).isNotNull();
        node.attachments.repair();
        assertThat(node.account()).isEqualTo(before);
        try (Netlink inside = Netlink.openIn(pod)) {
            assertThat(inside.link("eth0")).isEmpty();
        }
        assertThat(node.attach("c1", pod).state()).isEqualTo(State.ATTACHED);
    }

    @Test
    void anAddWaitsForItsNetworkAndSaysWhatIsMissing() throws Exception {
        node.overlay.status(NodeRig.PODS.id(), Overlay.Status.missing("no controller answers"));
        assertThatThrownBy(() -> node.attach("c1", node.newPod()))
                .isInstanceOfSatisfying(
                        AttachException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TRY_AGAIN))
                .hasMessageContaining("no controller answers");
    }

    // --- addresses

    @Test
    @DisplayName("a freed address rests while others are free, and a full block says so at once (F26, T10)")
    void addressesAreReusedLateAndAFullBlockSaysSo() throws Exception {
        PodNetwork small = NodeRig.network("pods", NodeRig.PODS.id(), true, "10.80.0.0/16", "10.80.128.0/28");
        node.serve(List.of(small));
        node.attachments.repair();
        for (int i = 1; i <= 14; i++) {
            assertThat(node.attach("c" + i, node.newPod()).ipv4().getHostAddress())
                    .isEqualTo("10.80.128." + i);
        }
        assertThat(reasonOf(() -> node.attach("c15", node.newPod()))).isEqualTo(Reason.NO_ADDRESS_LEFT);
        node.attachments.detach(NodeRig.key("c3"));
        node.boot.uptimeS += 1;
        node.attachments.detach(NodeRig.key("c9"));
        node.boot.uptimeS += 1;
        assertThat(node.attach("d1", node.newPod()).ipv4().getHostAddress()).isEqualTo("10.80.128.3");
        node.attachments.detach(NodeRig.key("d1"));
        node.boot.uptimeS += 50;
        assertThat(node.attach("d2", node.newPod()).ipv4().getHostAddress()).isEqualTo("10.80.128.9");
        node.attachments.detach(NodeRig.key("c1"));
        node.attachments.detach(NodeRig.key("c2"));
        node.boot.uptimeS += 60;
        assertThat(node.attach("d3", node.newPod()).ipv4().getHostAddress())
                .as("all have rested")
                .isEqualTo("10.80.128.1");
    }

    @Test
    void twoHundredAddsInParallelGetTwoHundredAddresses() throws Exception {
        try (var pool = Executors.newFixedThreadPool(8)) {
            List<Callable<Attachment>> calls = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                NetworkNamespace pod = node.newPod();
                String id = "p" + i;
                calls.add(() -> node.attach(id, pod));
            }
            Set<InetAddress> addresses = new java.util.HashSet<>();
            for (var future : pool.invokeAll(calls)) {
                assertThat(addresses.addAll(future.get().addresses())).isTrue();
            }
            assertThat(addresses).hasSize(400);
            List<Callable<Void>> deletions = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                AttachmentKey key = NodeRig.key("p" + i);
                deletions.add(() -> {
                    node.attachments.detach(key);
                    return null;
                });
            }
            for (var future : pool.invokeAll(deletions)) {
                future.get();
            }
        }
    }

    // --- restart, reboot, repair

    @Test
    @DisplayName("a restart of the agent leaves the pods as they are (F3, I6)")
    void aRestartLeavesThePodsAsTheyAre() throws Exception {
        NetworkNamespace pod = node.newPod();
        Attachment a = node.attach("c1", pod);
        Map<String, Object> before = node.account();
        node.stop();
        assertThat(NodeRig.pings(pod, "10.80.0.1"))
                .as("while the agent is away")
                .isTrue();
        node.start();
        assertThat(node.account()).isEqualTo(before);
        assertThat(node.records.get(a.key())).isEqualTo(a);
        assertThat(node.overlay.neighbours.get(NodeRig.PODS.id())).containsExactlyInAnyOrderElementsOf(a.addresses());
    }

    @Test
    @DisplayName("after a reboot all records are void and the kernel is not asked about them (T12, F5)")
    void afterARebootAllRecordsAreVoid() throws Exception {
        Map<String, Object> before = node.account();
        for (int i = 0; i < 10; i++) {
            try (NetworkNamespace pod = NetworkNamespace.create()) {
                node.attach("c" + i, pod);
            }
        }
        node.stop();
        node.boot.id = "another";
        // the next boot may have an interface of the same name: it is not the record's
        String link = NodeRig.key("c3").hostLink();
        NodeRig.awaitGone(node.host, link);
        NodeRig.run(node.host, "ip", "link", "add", link, "type", "bridge");
        node.start();
        NodeRig.run(node.host, "ip", "link", "del", link);
        assertThat(node.records.all()).isEmpty();
        assertThat(node.account()).isEqualTo(before);
        assertThat(node.attach("d1", node.newPod()).ipv4().getHostAddress()).isEqualTo("10.80.128.1");
    }

    @Test
    @DisplayName("records that were torn are set aside, and made anew from the kernel (F14)")
    void tornRecordsAreMadeAnewFromTheKernel() throws Exception {
        NetworkNamespace pod = node.newPod();
        Attachment a = node.attach("c1", pod);
        node.stop();
        Path record = directory.resolve("attachments/c1@eth0");
        byte[] bytes = Files.readAllBytes(record);
        Files.write(record, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        node.start();
        Attachment found = node.records.get(a.key());
        assertThat(found.state()).isEqualTo(State.ATTACHED);
        assertThat(found.addresses()).isEqualTo(a.addresses());
        assertThat(directory.resolve("quarantine/c1@eth0")).exists();
        assertThat(NodeRig.pings(pod, "10.80.0.1")).isTrue();
        assertThat(node.attach("c2", node.newPod()).addresses()).doesNotContainAnyElementsOf(a.addresses());
        node.attachments.detach(a.key());
        node.awaitRemovals();
        assertThat(node.netlink.link(a.hostLink())).isEmpty();
    }

    @Test
    @DisplayName("what belongs to a namespace that is gone is freed (CNI 44, F7)")
    void whatBelongsToAGoneNamespaceIsFreed() throws Exception {
        Map<String, Object> before = node.account();
        NetworkNamespace pod = NetworkNamespace.create();
        Attachment a = node.attach("c1", pod);
        pod.close();
        NodeRig.awaitGone(node.host, a.hostLink());
        node.attachments.repair();
        assertThat(node.account()).isEqualTo(before);
    }

    @Test
    @DisplayName("routes, addresses and filter that someone removed are put back (F32)")
    void whatSomeoneRemovedIsPutBack() throws Exception {
        NetworkNamespace pod = node.newPod();
        Attachment a = node.attach("c1", pod);
        Map<String, Object> before = node.account();
        List<List<String>> vandalism = List.of(
                List.of("ip", "route", "del", a.ipv4().getHostAddress()),
                List.of("ip", "route", "del", "10.80.0.0/16"),
                List.of("ip", "route", "del", "unreachable", "10.80.128.0/24"),
                List.of("ip", "route", "del", "10.80.129.0/24"),
                List.of("ip", "addr", "del", "10.80.0.1/32", "dev", node.overlay.tap(NodeRig.PODS.id())),
                List.of(
                        "ip",
                        "route",
                        "add",
                        "10.80.140.0/24",
                        "dev",
                        node.overlay.tap(NodeRig.PODS.id()),
                        "proto",
                        "150"),
                List.of("nft", "delete", "table", "inet", "wirecloset"),
                List.of("nft", "delete", "table", "netdev", "wirecloset"),
                List.of("nft", "flush", "chain", "inet", "wirecloset", "forward"),
                List.of("nft", "flush", "chain", "netdev", "wirecloset", a.hostLink()),
                List.of("nft", "flush", "set", "inet", "wirecloset", "pods4_8056c2e21c000001"));
        for (List<String> act : vandalism) {
            NodeRig.run(node.host, act.toArray(String[]::new));
            assertThat(node.account()).as(act.toString()).isNotEqualTo(before);
            assertThat(node.attachments.repair()).as(act.toString()).isPositive();
            node.account()
                    .forEach((kind, state) ->
                            assertThat(state).as(kind + " after " + act).isEqualTo(before.get(kind)));
            assertThat(node.attachments.repair()).as("again after " + act).isZero();
        }
        assertThat(NodeRig.pings(pod, "10.80.129.5")).isTrue();
    }

    @Test
    @DisplayName("the filter follows a network whose ranges change, and takes the place of another release's")
    void theFilterSaysWhatIsWantedNow() throws Exception {
        NetworkNamespace pod = node.newPod();
        node.attach("c1", pod);
        NodeRig.run(node.outside, "ip", "addr", "add", "10.81.0.7/32", "dev", "lo");
        assertThat(NodeRig.succeeds(node.outside, "ping", "-c", "1", "-W", "1", "-I", "10.81.0.7", "10.80.128.1"))
                .as("from outside the range")
                .isFalse();
        PodNetwork p = NodeRig.PODS;
        List<IpPrefix> wider = List.of(IpPrefix.parse("10.80.0.0/15"), p.pools().getLast());
        node.serve(List.of(new PodNetwork(
                p.name(),
                p.id(),
                true,
                p.mtuBytes(),
                wider,
                p.block(),
                p.block6(),
                p.addresses(),
                p.remoteBlocks(),
                p.hostAccess(),
                p.podNamespaces())));
        assertThat(node.attachments.repair()).isPositive();
        assertThat(NodeRig.succeeds(node.outside, "ping", "-c", "1", "-W", "2", "-I", "10.81.0.7", "10.80.128.1"))
                .as("the range is wider now")
                .isTrue();
        assertThat(node.attachments.repair()).isZero();

        NodeRig.run(node.host, "nft", "flush chain inet wirecloset edition");
        NodeRig.run(node.host, "nft", "add rule inet wirecloset edition return comment \"0123456789abcdef\"");
        assertThat(node.attachments.repair()).as("as another release left it").isEqualTo(1);
        assertThat(node.attachments.repair()).isZero();
    }

    // --- GC and uninstall

    @Test
    void theNodeSpeaksFromItsOwnAddressAlsoWhenThatCameLate() throws Exception {
        PodNetwork p = NodeRig.PODS;
        PodNetwork early = new PodNetwork(
                p.name(),
                p.id(),
                true,
                p.mtuBytes(),
                p.pools(),
                p.block(),
                p.block6(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        node.serve(List.of(early));
        node.attachments.repair();
        assertThat(poolRoute().source()).isNull();
        node.serve(List.of(p));
        node.attachments.repair();
        assertThat(poolRoute().source()).isEqualTo(p.addresses().getFirst());
        assertThat(node.attachments.repair()).as("nothing is left to do").isZero();
    }

    private Route poolRoute() throws Exception {
        return node.netlink.routes(Route.TABLE_MAIN).stream()
                .filter(r ->
                        r.destination().equals(NodeRig.PODS.pools().getFirst().network()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("GC removes what the runtime does not list, and nothing else (CNI 24, T11)")
    void gcRemovesWhatTheRuntimeDoesNotList() throws Exception {
        PodNetwork other = NodeRig.network("other", 0x8056c2e21c000002L, false, "10.90.0.0/16", "10.90.128.0/24");
        node.serve(List.of(NodeRig.PODS, other));
        node.attachments.repair();
        NetworkNamespace kept = node.newPod();
        node.attach("kept", kept);
        node.attach("orphan", node.newPod());
        node.attachments.attach(new Attachments.Request(
                new AttachmentKey("foreign", "net1"),
                "multus-other",
                "other",
                node.newPod(),
                "",
                Attachment.Pod.UNKNOWN,
                Attachments.Wishes.NONE));
        assertThat(node.attachments.collect("wirecloset", List.of(NodeRig.key("kept"))))
                .isEmpty();
        node.awaitRemovals();
        assertThat(node.attachments.list())
                .extracting(a -> a.key().toString())
                .containsExactlyInAnyOrder("kept@eth0", "foreign@net1");
        assertThat(NodeRig.pings(kept, "10.80.0.1")).isTrue();
    }

    @Test
    @DisplayName("fifty attachments cut off in their making, and fifty in their removal, go with the next start (T11)")
    void whatWasCutOffGoesWithTheNextStart() throws Exception {
        NetworkNamespace living = node.newPod();
        node.attach("living", living);
        Map<String, Object> wanted = node.account();
        NetworkNamespace crowd = node.newPod();
        for (int i = 0; i < 50; i++) {
            attachAs("making" + i, "m" + i, crowd);
            attachAs("removal" + i, "r" + i, crowd);
        }
        List<Attachment> all = node.attachments.list();
        node.stop();
        for (Attachment a : all) {
            if (!a.key().containerId().equals("living")) {
                State state = a.key().containerId().startsWith("making") ? State.ADDING : State.REMOVING;
                Files.write(
                        directory.resolve("attachments").resolve(a.key().toString()),
                        AttachmentCodec.write(a.in(state, 1_000)));
            }
        }
        node.start();
        assertThat(node.account()).isEqualTo(wanted);
        assertThat(NodeRig.pings(living, "10.80.0.1")).isTrue();
    }

    @Test
    @DisplayName("fifty orphans of each kind go by GC and start, and no living pod is touched (T11)")
    void fiftyOrphansOfEachKindGo() throws Exception {
        NetworkNamespace living = node.newPod();
        node.attach("living", living);
        Map<String, Object> wanted = node.account();
        NetworkNamespace crowd = node.newPod();
        for (int i = 0; i < 50; i++) {
            attachAs("unlisted" + i, "u" + i, crowd);
        }
        assertThat(node.attachments.collect("wirecloset", List.of(NodeRig.key("living"))))
                .isEmpty();
        assertThat(node.account()).as("those that GC does not list").isEqualTo(wanted);

        for (int i = 0; i < 50; i++) {
            attachAs("linkless" + i, "l" + i, crowd);
        }
        List<Attachment> linkless = node.attachments.list().stream()
                .filter(a -> a.key().containerId().startsWith("linkless"))
                .toList();
        node.stop();
        try (Netlink host = Netlink.openIn(node.host)) {
            for (Attachment a : linkless) {
                host.deleteLink(host.indexOf(a.hostLink()));
            }
            for (int i = 0; i < 50; i++) {
                host.createVeth(
                        LinkSettings.named("wc%012x".formatted(i)),
                        LinkSettings.named("n" + i).in(crowd));
            }
        }
        for (int i = 0; i < 50; i++) {
            Attachment before = linkless.get(i);
            Attachment ofAnotherBoot = new Attachment(
                    NodeRig.key("boot" + i),
                    State.ATTACHED,
                    "wirecloset",
                    before.network(),
                    before.networkId(),
                    "",
                    1,
                    "another",
                    before.ipv4(),
                    null,
                    2800,
                    Attachment.Pod.UNKNOWN,
                    1,
                    Attachment.Options.NONE);
            Files.write(
                    directory.resolve("attachments").resolve(ofAnotherBoot.key().toString()),
                    AttachmentCodec.write(ofAnotherBoot));
        }
        node.start();
        node.account().forEach((kind, found) -> assertThat(found)
                .as(kind + " after a start: no link, no name, another boot")
                .isEqualTo(wanted.get(kind)));
        assertThat(NodeRig.pings(living, "10.80.0.1")).isTrue();
    }

    private void attachAs(String id, String ifname, NetworkNamespace pod) throws IOException {
        node.attachments.attach(new Attachments.Request(
                new AttachmentKey(id, ifname),
                "wirecloset",
                null,
                pod,
                "",
                Attachment.Pod.UNKNOWN,
                new Attachments.Wishes(List.of(), List.of(), List.of(), null, null, true)));
    }

    @Test
    @DisplayName("after uninstall nothing of ours is left on the host")
    void uninstallLeavesNothing() throws Exception {
        node.attach("c1", node.newPod());
        node.attach("c2", node.newPod());
        node.attachments.uninstall();
        node.overlay.leave(NodeRig.PODS.id());
        Map<String, Object> left = node.account();
        assertThat(left.get("links")).asString().isEqualTo("[lo]");
        assertThat(left.get("routes")).asString().isEqualTo("[]");
        assertThat(left.get("nft")).asString().isEmpty();
        assertThat(directory.resolve("attachments")).isEmptyDirectory();
    }

    // --- leaks (T5, small)

    @Test
    @DisplayName("a hundred attachments later nothing has grown (T5)")
    void aHundredAttachmentsLaterNothingHasGrown() throws Exception {
        attachAndDetach("warm", 5);
        Map<String, Object> before = node.account();
        long descriptors = openDescriptors();
        long threads = ourThreads();
        attachAndDetach("c", 100);
        // a removal may end behind its answer, and threads rest for ten seconds before they end
        await().atMost(Duration.ofMinutes(1)).pollInSameThread().untilAsserted(() -> {
            assertThat(node.account()).isEqualTo(before);
            assertThat(openDescriptors()).isLessThanOrEqualTo(descriptors);
            assertThat(ourThreads()).isLessThanOrEqualTo(threads);
        });
    }

    /** Without those in which the JDK waits for processes that the test started. */
    private static long ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !t.getName().startsWith("process reaper"))
                .count();
    }

    private void attachAndDetach(String prefix, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (NetworkNamespace pod = NetworkNamespace.create()) {
                node.attach(prefix + i, pod);
                node.attachments.detach(NodeRig.key(prefix + i));
            }
        }
    }

    /** Without the libraries, which the JDK opens when it first needs a class of theirs. */
    private static long openDescriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.filter(fd -> !isLibrary(fd)).count();
        }
    }

    private static boolean isLibrary(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString().endsWith(".jar");
        } catch (IOException e) {
            return true; // closed meanwhile, as the one that lists them is
        }
    }
}
