package io.wirecloset.vl1.path;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.Wire;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What the owner of this node says of physical networks and of peers: "physical" and "virtual" of local.conf (notes on
 * behaviour, section 10). Immutable, so lanes read it too; asking allocates nothing.
 */
public final class PathPolicy {
    /** Nothing out of the ordinary. */
    public static final PathPolicy USUAL = new PathPolicy(List.of(), Map.of());

    /**
     * A physical network.
     *
     * @param blacklisted no path leads there
     * @param trustedPathId packets from and to it are in the clear and carry this id; 0 for none
     * @param mtuBytes largest datagram, UDP payload; 0 for the usual one
     */
    public record Physical(InetCidr network, boolean blacklisted, long trustedPathId, int mtuBytes) {
        public Physical {
            if (mtuBytes != 0 && (mtuBytes < Wire.MIN_MTU || mtuBytes > Wire.MAX_MTU)) {
                throw new IllegalArgumentException(
                        "mtu " + mtuBytes + " is not 0 or " + Wire.MIN_MTU + " to " + Wire.MAX_MTU);
            }
        }
    }

    /**
     * A peer.
     *
     * @param tries endpoints to try while it has no path
     * @param blacklist networks in which no path of it lies
     */
    public record Virtual(List<Endpoint> tries, List<InetCidr> blacklist) {
        public Virtual {
            tries = List.copyOf(tries);
            blacklist = List.copyOf(blacklist);
        }
    }

    /** By family, prefix length and address: the first that contains an endpoint speaks for it. */
    private final Physical[] physical;

    private final Map<Long, Virtual> virtual;

    /** @param virtual by address */
    public PathPolicy(List<Physical> physical, Map<Long, Virtual> virtual) {
        List<Physical> sorted = new ArrayList<>(physical);
        sorted.sort(Comparator.comparing((Physical one) -> !one.network.isV4())
                .thenComparing(one -> one.network.prefixLength())
                .thenComparing(one -> HexFormat.of().formatHex(one.network.ip())));
        this.physical = sorted.toArray(Physical[]::new);
        this.virtual = Map.copyOf(virtual);
    }

    /** @return the id that packets to this endpoint carry instead of a seal; 0 if they are sealed */
    public long trustedPathId(Endpoint to) {
        Physical speaking = speakingFor(to);
        return speaking == null ? 0 : speaking.trustedPathId;
    }

    /** Is a packet from this endpoint believed for the id it carries? */
    public boolean isTrusted(Endpoint from, long trustedPathId) {
        if (trustedPathId == 0) {
            return false;
        }
        for (Physical one : physical) {
            if (one.trustedPathId == trustedPathId && one.network.contains(from)) {
                return true;
            }
        }
        return false;
    }

    /** @return largest datagram to send to this endpoint, UDP payload */
    public int mtu(Endpoint to, int usual) {
        Physical speaking = speakingFor(to);
        return speaking == null || speaking.mtuBytes == 0 ? usual : speaking.mtuBytes;
    }

    /** May this endpoint not be a path, of anybody's? */
    public boolean forbids(Endpoint endpoint) {
        Physical speaking = speakingFor(endpoint);
        return speaking != null && speaking.blacklisted;
    }

    /** May this endpoint not be a path of this peer's? */
    public boolean forbids(long peer, Endpoint endpoint) {
        Virtual one = virtual.get(peer);
        return one != null && one.blacklist.stream().anyMatch(network -> network.contains(endpoint));
    }

    /** Endpoints to try while the peer has no path. */
    public List<Endpoint> tries(long peer) {
        Virtual one = virtual.get(peer);
        return one == null ? List.of() : one.tries;
    }

    private Physical speakingFor(Endpoint endpoint) {
        for (Physical one : physical) {
            if (one.network.contains(endpoint)) {
                return one;
            }
        }
        return null;
    }
}
