package io.wirecloset.node.localapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wirecloset.node.home.NetworkSettings;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What the local API asks of the node it stands in front of. Thread-safe; every call answers with a picture of now. */
public interface LocalNode {
    Status status();

    List<PeerStatus> peers();

    List<JoinedNetwork> networks();

    /** Joins when not joined yet, applies the change of settings, and returns the network as it then is. */
    JoinedNetwork join(long networkId, UnaryOperator<NetworkSettings> change);

    /** @return false when it was not joined */
    boolean leave(long networkId);

    default Optional<JoinedNetwork> network(long networkId) {
        return networks().stream().filter(n -> n.id() == networkId).findFirst();
    }

    /** @param conf local.conf as read */
    record Status(
            String address,
            String publicIdentity,
            boolean online,
            long planetId,
            long planetTimestamp,
            int primaryPort,
            String homeDir,
            List<String> listeningOn,
            List<String> surfaceAddresses,
            ObjectNode conf) {}

    /**
     * @param role LEAF, MOON or PLANET
     * @param latencyMs -1 when unknown
     * @param tunneled reached through a TCP relay only
     * @param versionMajor -1 when unknown, as are the two others
     */
    record PeerStatus(
            String address,
            int versionMajor,
            int versionMinor,
            int versionRevision,
            int latencyMs,
            String role,
            boolean tunneled,
            List<PathStatus> paths) {}

    /**
     * Times are in milliseconds since 1970.
     *
     * @param endpoint as ip/port
     * @param localSocket a number for the socket it is reached from
     * @param localPort that socket's port, 0 when it is closed by now
     */
    record PathStatus(
            String endpoint,
            long lastSendMs,
            long lastReceiveMs,
            boolean active,
            boolean expired,
            boolean preferred,
            long trustedPathId,
            int localSocket,
            int localPort) {}

    /**
     * @param reason why a network is not served although its status is OK, for people; empty when it is
     * @param sso null when the network asks for none
     */
    record JoinedNetwork(
            long id,
            String mac,
            String name,
            String status,
            boolean isPrivate,
            int mtu,
            boolean bridge,
            boolean broadcast,
            int portError,
            long revision,
            String device,
            NetworkSettings settings,
            List<String> addresses,
            List<RouteStatus> routes,
            List<GroupStatus> groups,
            String dnsDomain,
            List<String> dnsServers,
            String reason,
            SsoStatus sso) {}

    /** @param expiryMs wall time when the sign-on ends */
    record SsoStatus(String authenticationUrl, long expiryMs) {}

    /** @param via null when the target is on-link */
    record RouteStatus(String target, String via, int flags, int metric) {}

    record GroupStatus(String mac, long adi) {}
}
