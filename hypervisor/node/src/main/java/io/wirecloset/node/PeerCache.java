package io.wirecloset.node;

import io.wirecloset.engine.Engine;
import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.node.home.PeerFile;
import io.wirecloset.vl1.PeerView;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Remembers over a restart whom the node talked to and where, so that it finds them again with no root (notes on worlds,
 * section 4). Roots need no remembering. Stock nodes read a file when the peer is wanted; here all are greeted at the start.
 */
final class PeerCache {
    private static final System.Logger LOG = System.getLogger("io.wirecloset.node");
    private static final Duration KEPT = Duration.ofDays(30);
    /** The latest ones; each costs a HELLO at the start. */
    private static final int PEERS_LIMIT = 256;
    /** A file is written anew when it would say something else; as its time tells when the peer was there, also this often. */
    private static final long RENEWED_MS = 300_000;

    private record Written(byte[] content, long wallMs) {}

    private final HomeDirectory home;
    private final Engine engine;

    // background thread only
    /** What the files of those in contact say. */
    private final Map<Long, Written> written = new HashMap<>();

    PeerCache(HomeDirectory home, Engine engine) {
        this.home = home;
        this.engine = engine;
    }

    void recall(long wallMs) {
        for (byte[] file : home.peers(wallMs - KEPT.toMillis(), PEERS_LIMIT)) {
            try {
                PeerFile peer = PeerFile.read(file);
                engine.post(() -> engine.vl1().recall(peer.identity(), peer.endpoints(), engine.nowMs()));
            } catch (MalformedException e) {
                LOG.log(Level.WARNING, "a file of peers.d is ignored: {0}", e.getMessage());
            }
        }
    }

    void save(long wallMs) {
        List<PeerFile> peers = Question.ask(engine, this::inContact);
        written.keySet()
                .retainAll(peers.stream().map(p -> p.identity().address()).toList());
        for (PeerFile peer : peers) {
            long address = peer.identity().address();
            byte[] content = peer.toBytes();
            Written before = written.get(address);
            if (before == null
                    || !Arrays.equals(before.content(), content)
                    || Math.abs(wallMs - before.wallMs()) >= RENEWED_MS) {
                home.savePeer(address, content, wallMs);
                written.put(address, new Written(content, wallMs));
            }
        }
    }

    /**
     * Those we reach directly; and the controllers of our networks however we reach them, because without a controller's
     * identity no member's certificate can be checked, and nobody may be there to ask for it after a restart.
     */
    private List<PeerFile> inContact() {
        long nowMs = engine.nowMs();
        Set<Long> controllers = engine.vl2().views().stream()
                .map(network -> NetworkIds.controllerOf(network.id()))
                .collect(Collectors.toSet());
        return engine.vl1().peerViews(nowMs).stream()
                .filter(peer ->
                        peer.role() == PeerView.Role.LEAF && (peer.isDirect() || controllers.contains(peer.address())))
                .sorted(Comparator.comparingLong(PeerView::lastReceiveMs).reversed())
                .limit(PEERS_LIMIT)
                .map(peer -> file(peer, engine.vl1().identityOf(peer.address(), nowMs)))
                .filter(Objects::nonNull)
                .toList();
    }

    private static PeerFile file(PeerView peer, Identity identity) {
        List<Endpoint> alive = peer.paths().stream()
                .filter(PeerView.PathView::active)
                .map(PeerView.PathView::endpoint)
                .distinct()
                .sorted(Comparator.comparing(Endpoint::toString))
                .toList();
        if (identity == null) {
            return null;
        }
        List<Integer> software = Stream.of(peer.software().split("\\."))
                .map(field -> Math.max(0, Integer.parseInt(field)))
                .toList();
        return new PeerFile(
                identity, List.of(peer.protocol(), software.get(0), software.get(1), software.get(2)), alive);
    }
}
