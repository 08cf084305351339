package io.wirecloset.agent.attach;

import io.wirecloset.transport.netlink.Address;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.transport.netlink.Link;
import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netlink.Route;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.nftables.Nftables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;

/**
 * A node in a namespace of its own, with a fake overlay and as many pods as a test wants. Everything is without a name
 * and gone when closed.
 */
public final class NodeRig implements AutoCloseable {
    public static final String BOOT = "11111111-2222-3333-4444-555555555555";
    /** The pods' network: pods of another node are 10.80.129.0/24 behind 10.80.0.2, in the namespace {@link #outside}. */
    public static final PodNetwork PODS = network("pods", 0x8056c2e21c000001L, true, "10.80.0.0/16", "10.80.128.0/24");

    public final NetworkNamespace host;
    public final NetworkNamespace outside;
    public final FakeOverlay overlay;
    public final Networks networks = new Networks();
    public final TestBoot boot = new TestBoot();
    public final Path directory;
    public Netlink netlink;
    public HostFilter filter;
    public AttachmentStore records;
    public Attachments attachments;

    private final List<AutoCloseable> toClose = new ArrayList<>();

    /** A boot that ends when the test says so. */
    public static final class TestBoot implements Boot {
        public volatile String id = BOOT;
        public volatile long uptimeS = 1_000;

        @Override
        public String id() {
            return id;
        }

        @Override
        public long uptimeS() {
            return uptimeS;
        }
    }

    public NodeRig(Path directory) throws IOException {
        assumeRoot();
        this.directory = directory;
        host = closing(NetworkNamespace.create());
        outside = closing(NetworkNamespace.create());
        overlay = new FakeOverlay(host, outside);
        host.run(() -> {
            exec("ip", "link", "set", "lo", "up");
            Files.writeString(Path.of("/proc/sys/net/ipv4/ip_forward"), "1");
            Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/forwarding"), "1");
            withoutDad();
            return null;
        });
        outside.run(() -> {
            withoutDad();
            return null;
        });
        serve(List.of(PODS));
        setUpOutside();
        start();
    }

    /** The part that ends with a process, on a node that another process made; see {@link CrashTest}. */
    public NodeRig(Path directory, NetworkNamespace host, NetworkNamespace outside, CrashPoints crash)
            throws IOException {
        this.directory = directory;
        this.host = host;
        this.outside = outside;
        this.overlay = new FakeOverlay(host, outside);
        serve(List.of(PODS));
        start(crash);
    }

    /** Links are asked for a second whether their address is free before they answer; a test's are as if they had been up long. */
    private static void withoutDad() throws IOException {
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/default/accept_dad"), "0");
        Files.writeString(Path.of("/proc/sys/net/ipv6/conf/all/accept_dad"), "0");
    }

    public static void assumeRoot() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
    }

    public static PodNetwork network(String name, long id, boolean primary, String pool, String block) {
        IpPrefix range = IpPrefix.parse(pool);
        byte[] own = range.ip().getAddress();
        own[3] = 1;
        byte[] other = own.clone();
        other[3] = 2;
        byte[] otherBlock = IpPrefix.parse(block).ip().getAddress();
        otherBlock[2]++;
        String plane = "fc%02x:%02x%02x:%02x".formatted(id & 0xff, own[0], own[1], own[0]);
        return new PodNetwork(
                name,
                id,
                primary,
                2800,
                List.of(range, IpPrefix.parse(plane + "00::/40")),
                IpPrefix.parse(block),
                IpPrefix.parse(plane + "11:2233:4455::/80"),
                List.of(IpPrefix.of(own, 32).ip(), InetAddress.ofLiteral(plane + "11:2233:4455::1")),
                List.of(new PodNetwork.RemoteBlock(
                        IpPrefix.of(otherBlock, 24), IpPrefix.of(other, 32).ip(), 0)),
                List.of(new PodNetwork.HostPort("tcp", 10_250)),
                List.of("ns"));
    }

    /** The rest of the network: one machine that is a member (10.80.0.2) and a node with a pod (10.80.129.5). */
    private void setUpOutside() throws IOException {
        String tap = overlay.tap(PODS.id());
        outside.run(() -> {
            exec("ip", "link", "set", "lo", "up");
            exec("ip", "addr", "add", "10.80.0.2/16", "dev", tap);
            exec("ip", "addr", "add", "10.80.129.5/32", "dev", "lo");
            exec("ip", "route", "add", "10.80.128.0/24", "via", "10.80.0.1");
            exec("ip", "addr", "add", "fc01:0a50:0a99::2/40", "dev", tap, "nodad");
            exec("ip", "route", "add", "fc01:0a50:0a11:2233:4455::/80", "via", "fc01:0a50:0a11:2233:4455::1");
            return null;
        });
    }

    /** These networks are served from now on. */
    public void serve(List<PodNetwork> served) {
        networks.replace(served);
        served.forEach(overlay::join);
    }

    /** Starts the part of the agent that keeps attachments, on what is there. */
    public void start() throws IOException {
        start(CrashPoints.none());
    }

    void start(CrashPoints crash) throws IOException {
        netlink = Netlink.openIn(host);
        filter = new HostFilter(Nftables.openIn(host));
        records = AttachmentStore.open(directory.resolve("attachments"));
        attachments = new Attachments(
                records, boot, networks, overlay, netlink, filter, crash, new Attachments.Settings(200, ""));
        attachments.reconcile();
    }

    /** Ends it, as a stop of the process does; the kernel keeps what it has. */
    public void stop() {
        if (attachments != null) {
            attachments.close();
            filter.close();
            netlink.close();
            attachments = null;
        }
    }

    public void restart() throws IOException {
        stop();
        start();
    }

    /** What was deleted goes behind the answer; this waits for it. */
    public void awaitRemovals() {
        if (!attachments.awaitRemovals(10_000)) {
            throw new AssertionError("interfaces of deleted attachments are still there");
        }
    }

    public NetworkNamespace newPod() throws IOException {
        return closing(NetworkNamespace.create());
    }

    public Attachment attach(String containerId, NetworkNamespace pod) throws IOException {
        return attachments.attach(request(containerId, pod)).attachment();
    }

    public static Attachments.Request request(String containerId, NetworkNamespace pod) {
        return request(containerId, pod, Attachments.Wishes.NONE);
    }

    static Attachments.Request request(String containerId, NetworkNamespace pod, Attachments.Wishes wishes) {
        return new Attachments.Request(
                key(containerId),
                "wirecloset",
                null,
                pod,
                "/run/netns/" + containerId,
                new Attachment.Pod("ns", containerId, "uid"),
                wishes);
    }

    public static AttachmentKey key(String containerId) {
        return new AttachmentKey(containerId, "eth0");
    }

    /** Everything of ours in the kernel and on disk, for before-and-after comparisons. */
    public Map<String, Object> account() throws IOException {
        awaitRemovals();
        Map<String, Object> account = new TreeMap<>();
        List<Link> links = netlink.links();
        account.put("links", links.stream().map(Link::name).sorted().toList());
        account.put(
                "addresses",
                netlink.addresses().stream()
                        .map(Address::prefix)
                        .filter(prefix -> !prefix.ip().isLinkLocalAddress())
                        .map(IpPrefix::toString)
                        .sorted()
                        .toList());
        account.put(
                "routes",
                netlink.routes().stream()
                        .filter(r -> r.protocol() == Route.OURS)
                        .map(r -> r.destination() + " " + r.type())
                        .sorted()
                        .toList());
        account.put("nft", withoutNumbers(filterListing()));
        account.put(
                "records",
                records.all().stream()
                        .filter(Attachment::holdsAddresses)
                        .map(Attachment::key)
                        .map(String::valueOf)
                        .sorted()
                        .toList());
        return account;
    }

    public String filterListing() throws IOException {
        return run(host, "nft", "list", "ruleset");
    }

    private static String withoutNumbers(String listing) {
        return listing.replaceAll("packets \\d+ bytes \\d+", "");
    }

    /** Runs a command inside a namespace; its output. */
    public static String run(NetworkNamespace inside, String... command) throws IOException {
        return inside.run(() -> exec(command));
    }

    /** @return whether the command succeeded there */
    public static boolean succeeds(NetworkNamespace inside, String... command) throws IOException {
        return inside.run(() -> start(command).waitFor() == 0);
    }

    public static boolean pings(NetworkNamespace from, String to) throws IOException {
        return succeeds(from, "ping", "-c", "1", "-W", "2", to);
    }

    static String exec(String... command) throws IOException {
        try {
            Process process = start(command);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** A namespace dies some time after its last user. */
    static void awaitGone(NetworkNamespace host, String link) throws IOException {
        try (Netlink netlink = Netlink.openIn(host)) {
            org.awaitility.Awaitility.await().until(() -> netlink.link(link).isEmpty());
        }
    }

    private <T extends AutoCloseable> T closing(T thing) {
        toClose.add(thing);
        return thing;
    }

    @Override
    public void close() {
        stop();
        for (AutoCloseable thing : toClose.reversed()) {
            try {
                thing.close();
            } catch (Exception e) {
                throw new UncheckedIOException(new IOException(e));
            }
        }
    }
}
