package io.wirecloset.vl2;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.MulticastGather;
import io.wirecloset.vl2.wire.MulticastLike;
import java.util.List;

/** One good payload for each verb of VL2, and for each answer: where sweeps and fuzzing begin. */
final class Payloads {
    /** @param inReVerb the verb answered, when {@code verb} is OK or ERROR, else 0; the payload is then what follows the in-re fields */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Payload(int verb, int inReVerb, int errorCode, byte[] bytes) {
        @Override
        public String toString() {
            return Verb.name(verb) + (inReVerb == 0 ? "" : " in re " + Verb.name(inReVerb)) + " " + errorCode;
        }
    }

    private static final byte[] DATA = new byte[40];
    private static final MulticastGroup GROUP = new MulticastGroup(0x3333_0000_00fbL, 0);

    private Payloads() {}

    static List<Payload> all() {
        return List.of(
                verb(
                        Verb.FRAME,
                        new WireWriter(64).u64(Vl2Bench.NETWORK).u16(0x0800).bytes(DATA)),
                verb(Verb.EXT_FRAME, extFrame(0x10)),
                verb(Verb.EXT_FRAME, extFrame(0x01)),
                verb(Verb.MULTICAST_FRAME, multicastFrame()),
                verb(Verb.MULTICAST_LIKE, like()),
                verb(Verb.MULTICAST_GATHER, gather()),
                verb(Verb.NETWORK_CREDENTIALS, credentials()),
                verb(Verb.NETWORK_CONFIG_REQUEST, request()),
                verb(Verb.NETWORK_CONFIG, chunk()),
                new Payload(Verb.OK, Verb.NETWORK_CONFIG_REQUEST, 0, chunk().toByteArray()),
                new Payload(Verb.OK, Verb.MULTICAST_GATHER, 0, gatherResult(false)),
                new Payload(Verb.OK, Verb.MULTICAST_FRAME, 0, gatherResult(true)),
                new Payload(Verb.ERROR, Verb.NETWORK_CONFIG_REQUEST, 7, networkId()),
                new Payload(Verb.ERROR, Verb.FRAME, 6, networkId()),
                new Payload(
                        Verb.ERROR,
                        Verb.MULTICAST_FRAME,
                        8,
                        new WireWriter(32)
                                .u64(Vl2Bench.NETWORK)
                                .u16(0x3333)
                                .u32(0xfb)
                                .u32(0)
                                .toByteArray()));
    }

    /** Brings a payload to a Vl2 as VL1 would. */
    static void show(Vl2Bench bench, Payload payload) {
        switch (payload.verb) {
            case Verb.OK -> bench.receiveOk(Vl2Bench.MEMBER, payload.inReVerb, 1, payload.bytes);
            case Verb.ERROR -> bench.receiveError(Vl2Bench.MEMBER, payload.inReVerb, payload.errorCode, payload.bytes);
            default -> bench.receive(Vl2Bench.MEMBER, payload.verb, payload.bytes);
        }
    }

    private static Payload verb(int verb, WireWriter payload) {
        return new Payload(verb, 0, 0, payload.toByteArray());
    }

    private static WireWriter extFrame(int flags) {
        WireWriter out = new WireWriter(512).u64(Vl2Bench.NETWORK).u8(flags);
        if ((flags & 1) != 0) {
            Vl2Bench.certificate(Vl2Bench.MEMBER).write(out);
        }
        return out.u16((int) (Vl2Bench.SELF_MAC >>> 32))
                .u32(Vl2Bench.SELF_MAC)
                .u16((int) (Vl2Bench.MEMBER_MAC >>> 32))
                .u32(Vl2Bench.MEMBER_MAC)
                .u16(0x0800)
                .bytes(DATA);
    }

    private static WireWriter multicastFrame() {
        WireWriter out = new WireWriter(128);
        MulticastFrame.write(out, Vl2Bench.NETWORK, 8, 5, Vl2Bench.MEMBER_MAC, GROUP, 0x86dd);
        return out.bytes(DATA);
    }

    private static WireWriter like() {
        WireWriter out = new WireWriter(64);
        new MulticastLike(Vl2Bench.NETWORK, GROUP).write(out);
        new MulticastLike(Vl2Bench.NETWORK + 1, MulticastGroup.BROADCAST).write(out);
        return out;
    }

    private static WireWriter gather() {
        WireWriter out = new WireWriter(512);
        byte[] certificate = Vl2Bench.certificate(Vl2Bench.MEMBER).toBytes();
        new MulticastGather(Vl2Bench.NETWORK, GROUP, 10, certificate).write(out);
        return out;
    }

    private static WireWriter credentials() {
        WireWriter out = new WireWriter(1024);
        new CredentialsMessage(
                        List.of(Vl2Bench.certificate(Vl2Bench.MEMBER)),
                        List.of(),
                        List.of(Tag.issue(Vl2Bench.NETWORK, 7, 1, 2, Vl2Bench.MEMBER.address(), Vl2Bench.CONTROLLER)),
                        List.of(Revocation.issue(
                                1, Vl2Bench.NETWORK, 3, 1, 5, 1, Vl2Bench.OTHER.address(), Vl2Bench.CONTROLLER)),
                        List.of())
                .write(out);
        return out;
    }

    private static WireWriter request() {
        WireWriter out = new WireWriter(128);
        new ConfigRequest(Vl2Bench.NETWORK, Dictionary.writer().put("v", 7).toDictionary(), 1, 2).write(out);
        return out;
    }

    private static WireWriter chunk() {
        WireWriter out = new WireWriter(1024);
        ConfigChunk.cut(Vl2Bench.NETWORK, Vl2Bench.config().build().toBytes(), 9, Vl2Bench.CONTROLLER)
                .getFirst()
                .write(out);
        return out;
    }

    private static byte[] gatherResult(boolean ofFrame) {
        WireWriter out =
                new WireWriter(64).u64(Vl2Bench.NETWORK).u16(0x3333).u32(0xfb).u32(0);
        if (ofFrame) {
            out.u8(2);
        }
        return out.u32(2).u16(2).address(0x1111111111L).address(0x2222222222L).toByteArray();
    }

    private static byte[] networkId() {
        return new WireWriter(8).u64(Vl2Bench.NETWORK).toByteArray();
    }
}
