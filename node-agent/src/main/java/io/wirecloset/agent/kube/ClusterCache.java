package io.wirecloset.agent.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.agent.attach.PodNetwork;
import io.wirecloset.crds.ClusterInfo;
import io.wirecloset.crds.ClusterInfo.ControllerInfo;
import io.wirecloset.transport.netlink.IpPrefix;
import io.wirecloset.vl1.Acquaintance;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.NetworkIds;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What the cluster said last, as one file that is replaced whole and survives a power cut. A file of a later version is read
 * for what is known of it: after a downgrade pods are served too, API server or not.
 */
public final class ClusterCache {
    private static final Logger LOG = System.getLogger(ClusterCache.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;

    private final Path file;

    public ClusterCache(Path file) {
        this.file = file;
    }

    /** @return {@link ClusterView#NOTHING} when there is none, or none that can be read */
    public ClusterView load() {
        try {
            return read(JSON.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return ClusterView.NOTHING;
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "{0} is of no use, the API server will be asked: {1}", file, e.getMessage());
            return ClusterView.NOTHING;
        }
    }

    public void save(ClusterView view) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(
                folder,
                "." + file.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                for (ByteBuffer b = ByteBuffer.wrap(JSON.writeValueAsBytes(write(view))); b.hasRemaining(); ) {
                    out.write(b);
                }
                out.force(true);
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
        try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
            entry.force(true);
        }
    }

    // --- its shape

    private static ObjectNode write(ClusterView view) {
        ObjectNode json = JSON.createObjectNode().put("version", FORMAT);
        json.put("planet", view.info().planet());
        view.info().moons().forEach(json.putArray("moons")::add);
        ArrayNode controllers = json.putArray("controllers");
        for (ControllerInfo c : view.info().controllers()) {
            ObjectNode one = controllers.addObject().put("identity", c.identity());
            c.endpoints().forEach(one.putArray("endpoints")::add);
        }
        ArrayNode networks = json.putArray("networks");
        view.networks().forEach(n -> networks.add(write(n)));
        ArrayNode nodes = json.putArray("nodes");
        for (Acquaintance node : view.nodes()) {
            ObjectNode one = nodes.addObject().put("identity", node.identity().toPublicText());
            ArrayNode endpoints = one.putArray("endpoints");
            node.endpoints().forEach(e -> endpoints.add(e.toString()));
        }
        return json;
    }

    private static ObjectNode write(PodNetwork n) {
        ObjectNode json = JSON.createObjectNode()
                .put("name", n.name())
                .put("id", NetworkIds.format(n.id()))
                .put("primary", n.primary())
                .put("mtu", n.mtuBytes())
                .put("block", n.block() == null ? null : n.block().toString())
                .put("block6", n.block6() == null ? null : n.block6().toString());
        ArrayNode pools = json.putArray("pools");
        n.pools().forEach(p -> pools.add(p.toString()));
        ArrayNode addresses = json.putArray("addresses");
        n.addresses().forEach(a -> addresses.add(a.getHostAddress()));
        ArrayNode remote = json.putArray("remoteBlocks");
        n.remoteBlocks().forEach(r -> remote.addObject()
                .put("block", r.block().toString())
                .put("via", r.via().getHostAddress())
                .put("node", r.node() == 0 ? null : Addresses.format(r.node())));
        ArrayNode ports = json.putArray("hostAccess");
        n.hostAccess()
                .forEach(p -> ports.addObject().put("protocol", p.protocol()).put("port", p.port()));
        n.podNamespaces().forEach(json.putArray("podNamespaces")::add);
        return json;
    }

    private static ClusterView read(JsonNode json) throws IOException {
        if (json.path("version").asInt() < FORMAT) {
            throw new IOException("it has no version");
        }
        List<ControllerInfo> controllers = new ArrayList<>();
        for (JsonNode c : json.path("controllers")) {
            controllers.add(new ControllerInfo(c.path("identity").asText(), texts(c.path("endpoints"))));
        }
        List<PodNetwork> networks = new ArrayList<>();
        for (JsonNode n : json.path("networks")) {
            networks.add(readNetwork(n));
        }
        List<Acquaintance> nodes = new ArrayList<>();
        for (JsonNode n : json.path("nodes")) {
            List<Endpoint> endpoints =
                    texts(n.path("endpoints")).stream().map(Endpoint::parse).toList();
            nodes.add(new Acquaintance(Identity.parse(n.path("identity").asText()), endpoints));
        }
        byte[] planet = json.path("planet").isMissingNode()
                ? new byte[0]
                : json.path("planet").binaryValue();
        ClusterInfo info = new ClusterInfo(planet, controllers, new byte[0], texts(json.path("moons")));
        return new ClusterView(networks, info, nodes);
    }

    private static PodNetwork readNetwork(JsonNode n) {
        List<PodNetwork.RemoteBlock> remote = new ArrayList<>();
        for (JsonNode r : n.path("remoteBlocks")) {
            InetAddress via = InetAddress.ofLiteral(r.path("via").asText());
            long node =
                    r.path("node").isTextual() ? Addresses.parse(r.path("node").asText()) : 0;
            remote.add(new PodNetwork.RemoteBlock(IpPrefix.parse(r.path("block").asText()), via, node));
        }
        List<PodNetwork.HostPort> ports = new ArrayList<>();
        for (JsonNode p : n.path("hostAccess")) {
            ports.add(new PodNetwork.HostPort(
                    p.path("protocol").asText(), p.path("port").asInt()));
        }
        return new PodNetwork(
                n.path("name").asText(),
                NetworkIds.parse(n.path("id").asText()),
                n.path("primary").asBoolean(),
                n.path("mtu").asInt(),
                texts(n.path("pools")).stream().map(IpPrefix::parse).toList(),
                prefixOrNull(n.path("block")),
                prefixOrNull(n.path("block6")),
                texts(n.path("addresses")).stream().map(InetAddress::ofLiteral).toList(),
                remote,
                ports,
                texts(n.path("podNamespaces")));
    }

    private static IpPrefix prefixOrNull(JsonNode text) {
        return text.isTextual() ? IpPrefix.parse(text.asText()) : null;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(t -> texts.add(t.asText()));
        return texts;
    }
}
