package io.wirecloset.vl2;

import io.wirecloset.vl1.Received;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.network.ConfigClient;
import io.wirecloset.vl2.network.Network;
import io.wirecloset.vl2.network.NetworkStatus;
import io.wirecloset.vl2.network.Underlay;
import java.util.function.LongFunction;

/** This node as a network controller: who asks is taken to it, and what it says goes out signed (vl2.md 4). */
final class Serving {
    private final Underlay underlay;
    private final LongFunction<Network> networks;
    private final ConfigClient configs;
    private final RandomSource random;

    private ConfigRequests controller;

    /**
     * @param networks those joined; null for others
     * @param configs where our own node's configurations go
     */
    Serving(Underlay underlay, LongFunction<Network> networks, ConfigClient configs, RandomSource random) {
        this.underlay = underlay;
        this.networks = networks;
        this.configs = configs;
        this.random = random;
    }

    void controller(ConfigRequests handler) {
        controller = handler;
    }

    boolean authorizedRecently(long networkId, long member, long nowMs) {
        return controller != null && controller.authorizedRecently(networkId, member, nowMs);
    }

    // ---- somebody asks

    void onConfigRequest(Received packet, long nowMs) throws MalformedException {
        ConfigRequest request = ConfigRequest.read(packet.reader());
        if (!isOurs(request.networkId())) {
            WireWriter error =
                    new WireWriter(9).u8(ErrorCode.UNSUPPORTED_OPERATION).u64(request.networkId());
            underlay.reply(packet, Verb.ERROR, error.buffer(), error.offset(), error.length(), nowMs);
            return;
        }
        controller.onConfigRequest(request, packet.from, packet.path, packet.packetId, nowMs);
    }

    /** Our own node is a member too. */
    void askOurselves(ConfigRequest request, long nowMs) {
        if (isOurs(request.networkId())) {
            controller.onConfigRequest(
                    request, underlay.self().withoutSecret(), null, ConfigRequests.LOCAL_REQUEST, nowMs);
        }
    }

    private boolean isOurs(long networkId) {
        return controller != null
                && NetworkIds.controllerOf(networkId) == underlay.self().address();
    }

    // ---- what it says; to ourselves without a packet

    void sendConfig(long member, long requestPacketId, long networkId, byte[] dictionary, long nowMs) {
        if (isOurselves(member)) {
            Network n = networks.apply(networkId);
            if (n != null) {
                configs.accept(n, dictionary, nowMs);
            }
            return;
        }
        long updateId;
        do {
            updateId = random.nextLong();
        } while (updateId == 0);
        for (ConfigChunk chunk : ConfigChunk.cut(networkId, dictionary, updateId, underlay.self())) {
            WireWriter payload = new WireWriter(512);
            if (requestPacketId != 0) {
                payload.u8(Verb.NETWORK_CONFIG_REQUEST).u64(requestPacketId);
            }
            chunk.write(payload);
            int verb = requestPacketId != 0 ? Verb.OK : Verb.NETWORK_CONFIG;
            send(member, verb, payload, nowMs);
        }
    }

    void sendConfigError(long member, long requestPacketId, long networkId, int code, long nowMs) {
        if (isOurselves(member)) {
            Network n = networks.apply(networkId);
            if (n != null) {
                boolean denied = code == ErrorCode.NETWORK_ACCESS_DENIED;
                configs.refused(n, denied ? NetworkStatus.ACCESS_DENIED : NetworkStatus.NOT_FOUND);
            }
            return;
        }
        WireWriter error = new WireWriter(32)
                .u8(Verb.NETWORK_CONFIG_REQUEST)
                .u64(requestPacketId)
                .u8(code)
                .u64(networkId);
        send(member, Verb.ERROR, error, nowMs);
    }

    void sendRevocation(long member, Revocation revocation, long nowMs) {
        if (!isOurselves(member)) {
            byte[] payload = CredentialsMessage.of(revocation).toBytes();
            underlay.send(member, Verb.NETWORK_CREDENTIALS, payload, 0, payload.length, Underlay.COMPRESS, nowMs);
        }
    }

    private boolean isOurselves(long member) {
        return member == underlay.self().address();
    }

    private void send(long to, int verb, WireWriter payload, long nowMs) {
        underlay.send(to, verb, payload.buffer(), payload.offset(), payload.length(), Underlay.COMPRESS, nowMs);
    }
}
