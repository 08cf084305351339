package io.wirecloset.node.controller;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.controller.Controller;
import io.wirecloset.controller.Listener;
import io.wirecloset.controller.Sender;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.node.localapi.ApiRequest;
import io.wirecloset.node.localapi.ApiResponse;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Revocation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The controller's API over files in a folder, all on the calling thread, with a clock that is a number. */
final class SectionRig implements Sender {
    static final List<JsonNode> SCENARIOS = Vectors.of("controller", "controller-scenarios");
    static final Identity CONTROLLER =
            Identity.parse(SCENARIOS.getFirst().get("controller").asText());
    static final Identity ALICE = Identity.parse(
            SCENARIOS.getFirst().get("steps").findValue("request").asText());
    static final String NETWORK = "63f07dc54b000abc";
    private static final Endpoint HOME = Endpoint.parse("198.51.100.7/9993");
    private static final String METADATA = "pv=c\nmajv=1\nminv=e\nrevv=1\nrevr=1";

    final FileStore store;
    final Controller controller;
    final ControllerSection section;
    final List<Said> said = new ArrayList<>();
    final List<NetworkConfig> configs = new ArrayList<>();
    final List<Revocation> revocations = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    long nowMs = 1_000_000;
    long wallMs = 1_700_000_000_000L;

    /** Something the controller said. */
    sealed interface Said {
        long to();

        record Config(long to, long inReplyTo, NetworkConfig config) implements Said {}

        record Refusal(long to, long inReplyTo, int code) implements Said {}

        record Revoked(long to, Revocation revocation) implements Said {}
    }

    SectionRig(Path folder) {
        store = new FileStore(folder, Runnable::run, Runnable::run);
        controller = new Controller(CONTROLLER, store, this, Listener.NOBODY, RandomSource.of(new Random(42)));
        section = new ControllerSection(
                CONTROLLER.address(), controller, store, Runnable::run, () -> wallMs, RandomSource.of(new Random(42)));
        controller.start(nowMs, wallMs, new Completion() {
            @Override
            public void done() {
                section.ready();
            }

            @Override
            public void failed(String why) {
                failures.add(why);
            }
        });
    }

    ApiResponse get(String path) {
        return send("GET", path, "");
    }

    ApiResponse post(String path, String body) {
        return send("POST", path, body.replace('\'', '"'));
    }

    ApiResponse delete(String path) {
        return send("DELETE", path, "");
    }

    private ApiResponse send(String method, String path, String body) {
        ApiResponse answer = section.answer(
                new ApiRequest(method, List.of(path.substring(1).split("/")), body.getBytes(StandardCharsets.UTF_8)));
        poll();
        return answer;
    }

    void ask(Identity who, String network) {
        ask(who, network, nowMs, METADATA, 2_000);
    }

    void ask(Identity who, String network, long packetId, String metadata, long laterMs) {
        nowMs += laterMs;
        wallMs += laterMs;
        poll();
        Dictionary said = Dictionary.read(metadata.getBytes(StandardCharsets.ISO_8859_1));
        ConfigRequest request = new ConfigRequest(Long.parseUnsignedLong(network, 16), said, 0, 0);
        controller.onConfigRequest(request, who, HOME, packetId, nowMs);
        poll();
    }

    void poll() {
        while (controller.poll(nowMs, wallMs) <= nowMs) {
            // Until nothing is due.
        }
    }

    @Override
    public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
        NetworkConfig config = NetworkConfig.read(dictionary);
        configs.add(config);
        said.add(new Said.Config(member, requestPacketId, config));
    }

    @Override
    public void error(long member, long requestPacketId, long networkId, int code) {
        said.add(new Said.Refusal(member, requestPacketId, code));
    }

    @Override
    public void revocation(long member, Revocation revocation) {
        revocations.add(revocation);
        said.add(new Said.Revoked(member, revocation));
    }
}
