package io.wirecloset.vl1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.DirectPaths;
import io.wirecloset.vl1.peer.ErrorAnswer;
import io.wirecloset.vl1.peer.Hello;
import io.wirecloset.vl1.peer.HelloOk;
import io.wirecloset.vl1.peer.Moons;
import io.wirecloset.vl1.peer.Negotiate;
import io.wirecloset.vl1.peer.Rendezvous;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Any bytes into a living node, as a datagram and as the payload of an authenticated packet: nothing is thrown, and a
 * datagram never brings out more than a bounded number of others. Runs over its seeds in every build, and on its own
 * with {@code JAZZER_FUZZ=1}.
 */
// VL1 checklist 78
class Vl1FuzzTest {
    private static final JsonNode FILE = Vectors.file("vl1-node-probes");
    private static final Identity SELF = Identity.parse(FILE.get("node_secret").asText());
    private static final Identity ROOT =
            Identity.parse(FILE.get("root").get("identity_secret").asText());
    private static final Identity PEER =
            Identity.parse(FILE.get("peers").get(0).get("identity_secret").asText());
    private static final Endpoint AT_ROOT = Endpoint.parse("10.9.0.1/9993");
    private static final Endpoint AT_PEER = Endpoint.parse("10.9.4.4/9993");
    /** At most this many datagrams for one, by the limits on what a push of paths may cause. */
    private static final int MOST_OUT = 200;

    private static final Bench CONTROL = node(false);
    private static final Bench LANE = node(true);
    private static long nowMs = FILE.get("epoch_ms").asLong();

    private static Bench node(boolean withLane) {
        World planet = World.read(HexFormat.of().parseHex(FILE.get("planet").asText()));
        Bench bench = new Bench(SELF, planet, withLane, settings -> settings);
        long atMs = FILE.get("epoch_ms").asLong();
        bench.vl1.introduce(PEER, List.of(), atMs);
        bench.poll(atMs);
        bench.take();
        return bench;
    }

    @FuzzTest
    void datagramIntoControl(byte[] data) {
        feed(CONTROL, data);
    }

    @FuzzTest
    void datagramIntoLane(byte[] data) {
        feed(LANE, data);
    }

    private static void feed(Bench bench, byte[] data) {
        nowMs += 10;
        bench.datagram(AT_PEER, data, nowMs);
        if (data.length >= PacketHeader.LENGTH) {
            // the same for us, so that it gets further
            byte[] ours = data.clone();
            io.wirecloset.vl1.wire.Addresses.put(ours, PacketHeader.DESTINATION, SELF.address());
            bench.datagram(AT_PEER, ours, nowMs);
        }
        checkBounded(bench);
    }

    /** First byte the verb, the rest its payload; once from a peer, once from a root, who is believed more. */
    @FuzzTest
    void verbIntoControl(byte[] data) {
        if (data.length == 0 || data.length > Wire.MAX_PAYLOAD_BYTES) {
            return;
        }
        nowMs += 1_000;
        for (Identity from : List.of(PEER, ROOT)) {
            byte[] packet = new byte[PacketHeader.LENGTH + data.length - 1];
            PacketHeader.put(packet, 0, 42, SELF.address(), from.address(), data[0] & Verb.MASK);
            System.arraycopy(data, 1, packet, PacketHeader.LENGTH, data.length - 1);
            Endpoint where = from == ROOT ? AT_ROOT : AT_PEER;
            CONTROL.vl1.onHandedOver(Stage.OPENED, 0, where, packet, 0, packet.length, nowMs);
        }
        CONTROL.poll(nowMs);
        checkBounded(CONTROL);
    }

    private static void checkBounded(Bench bench) {
        check(bench.take().size() <= MOST_OUT);
        bench.seen.clear();
        bench.events.clear();
    }

    /** First byte which one. What is read is written and read again the same. */
    @FuzzTest
    void codecs(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] payload = Arrays.copyOfRange(data, 1, data.length);
        try {
            byte[] once = rewritten(data[0], payload);
            check(Arrays.equals(once, rewritten(data[0], once)));
        } catch (MalformedException refused) {
            // as it should be
        }
    }

    private static byte[] rewritten(int which, byte[] payload) {
        WireReader in = new WireReader(payload);
        WireWriter out = new WireWriter(64);
        switch (Math.floorMod(which, 7)) {
            case 0 -> Hello.read(in).write(out);
            case 1 -> Rendezvous.read(in).write(out);
            case 2 -> DirectPaths.read(in).write(out);
            case 3 -> HelloOk.read(in).write(out);
            case 4 -> ErrorAnswer.read(in).write(out);
            case 5 -> Moons.read(in).write(out);
            default -> {
                Negotiate said = Negotiate.read(in);
                if (said != null) {
                    said.write(out);
                }
            }
        }
        return out.toByteArray();
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("does not hold");
        }
    }
}
