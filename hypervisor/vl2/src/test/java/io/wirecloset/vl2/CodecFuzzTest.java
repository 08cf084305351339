package io.wirecloset.vl2;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.config.ConfigAssembly;
import io.wirecloset.vl2.config.ConfigAssembly.Arrival;
import io.wirecloset.vl2.config.ConfigChunk;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.NetworkConfig;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Credential;
import io.wirecloset.vl2.credential.CredentialsMessage;
import io.wirecloset.vl2.credential.Revocation;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.Ndp;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.ExtFrame;
import io.wirecloset.vl2.wire.GatherResult;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.MulticastFrame;
import io.wirecloset.vl2.wire.MulticastGather;
import io.wirecloset.vl2.wire.MulticastLike;
import io.wirecloset.vl2.wire.Wire;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Any bytes into each parser: what is read is written and read again the same, what is not read is malformed, and no
 * other exception comes out. Runs over its seeds in every build, and on its own with {@code JAZZER_FUZZ=1}.
 */
class CodecFuzzTest {
    private static final Identity CONTROLLER = Identity.parse(Vectors.read("vl2-com").stream()
            .filter(one -> one.has("signer"))
            .map(one -> (JsonNode) one.get("signer"))
            .findFirst()
            .orElseThrow()
            .asText());

    @FuzzTest
    void membership(byte[] data) {
        credential(data, CertificateOfMembership::read);
    }

    @FuzzTest
    void tag(byte[] data) {
        credential(data, Tag::read);
    }

    @FuzzTest
    void capability(byte[] data) {
        credential(data, Capability::read);
    }

    @FuzzTest
    void ownership(byte[] data) {
        credential(data, CertificateOfOwnership::read);
    }

    @FuzzTest
    void revocation(byte[] data) {
        credential(data, Revocation::read);
    }

    private static <C extends Credential> void credential(byte[] data, Function<WireReader, C> read) {
        C credential;
        try {
            credential = read.apply(new WireReader(data));
        } catch (MalformedException refused) {
            return;
        }
        credential.verify(address -> CONTROLLER);
        credential.verify(address -> null);
        byte[] written = credential.toBytes();
        check(Arrays.equals(read.apply(new WireReader(written)).toBytes(), written));
    }

    @FuzzTest
    void credentialsMessage(byte[] data) {
        readAndWrite(data, CredentialsMessage::read, CredentialsMessage::toBytes);
    }

    @FuzzTest
    void ruleTable(byte[] data) {
        readAndWrite(data, in -> RuleTable.read(in.bytes(in.remaining())), RuleTable::toBytes);
    }

    @FuzzTest
    void configRequest(byte[] data) {
        readAndWrite(data, ConfigRequest::read, ConfigRequest::toBytes);
    }

    @FuzzTest
    void configChunk(byte[] data) {
        readAndWrite(data, ConfigChunk::read, ConfigChunk::toBytes);
    }

    private static <T> void readAndWrite(byte[] data, Function<WireReader, T> read, Function<T, byte[]> write) {
        byte[] written;
        try {
            written = write.apply(read.apply(new WireReader(data)));
        } catch (MalformedException refused) {
            return;
        }
        check(Arrays.equals(write.apply(read.apply(new WireReader(written))), written));
    }

    @FuzzTest
    void networkConfig(byte[] data) {
        NetworkConfig config;
        try {
            config = NetworkConfig.read(data);
        } catch (MalformedException refused) {
            return;
        }
        check(config.mtu() >= Wire.MTU_MIN && config.mtu() <= Wire.MTU_MAX);
        check(config.rules().size() <= Limits.BASE_RULES && config.routes().size() <= Limits.ROUTES);
        check(config.capabilities().size() <= Limits.CAPABILITIES
                && config.tags().size() <= Limits.TAGS);
        byte[] written = config.toBytes();
        check(NetworkConfig.read(written).equals(config));
    }

    /** The bytes say where signed chunks of a dictionary lie, in which order, overlapping or not. */
    @FuzzTest
    void configAssembly(byte[] data) {
        ConfigAssembly assembly = new ConfigAssembly();
        WireReader in = new WireReader(data);
        while (in.remaining() >= 9) {
            long updateId = 1L + in.u8() % 5;
            long total = in.u32() >>> 8;
            long offset = in.u16();
            byte[] piece = new byte[in.u16() % 600];
            Arrays.fill(piece, (byte) offset);
            ConfigChunk chunk;
            try {
                chunk = ConfigChunk.read(new WireReader(signedChunk(updateId, total, offset, piece)));
            } catch (MalformedException refused) {
                continue;
            }
            if (assembly.arrive(chunk, 1, 2, address -> CONTROLLER) instanceof Arrival.Complete complete) {
                check(complete.dictionary().length == total && complete.updateId() == updateId);
            }
        }
    }

    private static byte[] signedChunk(long updateId, long total, long offset, byte[] piece) {
        WireWriter out = new WireWriter(piece.length + 160);
        out.u64(CONTROLLER.address() << 24).u16(piece.length).bytes(piece);
        out.u8(0).u64(updateId).u32(total).u32(offset);
        byte[] signature = CONTROLLER.sign(out.buffer(), out.offset(), out.length());
        return out.u8(Wire.SIGNATURE_ED25519)
                .u16(Wire.SIGNATURE_BYTES)
                .bytes(signature)
                .toByteArray();
    }

    @FuzzTest
    void multicastMessages(byte[] data) {
        anyOf(data, in -> check(MulticastLike.readAll(in).size() == data.length / Wire.LIKE_BYTES));
        anyOf(data, in -> check(GatherResult.readOfFrame(in).members().length <= data.length));
        readAndWrite(data, GatherResult::readOfGather, result -> {
            WireWriter out = new WireWriter(64);
            result.writeOfGather(out);
            return out.toByteArray();
        });
        readAndWrite(data, MulticastGather::read, gather -> {
            WireWriter out = new WireWriter(64);
            gather.write(out);
            return out.toByteArray();
        });
    }

    private static void anyOf(byte[] data, Consumer<WireReader> read) {
        try {
            read.accept(new WireReader(data));
        } catch (MalformedException refused) {
            // the one thing that may come out
        }
    }

    @FuzzTest
    void frames(byte[] data) {
        ExtFrame ext = new ExtFrame();
        if (ext.over(data, 0, data.length)) {
            check(ext.dataAt() + ext.dataLength() == data.length && ext.dataLength() >= 0);
            check(ext.membershipLength() >= 0 && ext.source() >>> 48 == 0 && ext.destination() >>> 48 == 0);
        }
        MulticastFrame multicast = new MulticastFrame();
        if (multicast.over(data, 0, data.length)) {
            check(multicast.dataAt() + multicast.dataLength() == data.length && multicast.dataLength() >= 0);
            check(multicast.gatherLimit() >= 0 && multicast.group().mac() == multicast.destination());
            check(!multicast.hasSource() || multicast.source() >>> 48 == 0);
        }
    }

    @FuzzTest
    void neighbours(byte[] data) {
        if (Arp.isRequest(data, 0, data.length) || Arp.isReply(data, 0, data.length)) {
            check(Arp.senderMac(data, 0) >>> 48 == 0 && Arp.targetMac(data, 0) >>> 48 == 0);
            Arp.senderIp(data, 0);
            Arp.targetIp(data, 0);
        }
        if (Ndp.isSolicitation(data, 0, data.length) || Ndp.isAdvertisement(data, 0, data.length)) {
            check(Ndp.linkLayerAddress(data, 0, data.length) >= -1);
            Ndp.checksumIsRight(data, 0, data.length);
        }
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("not as it should be");
        }
    }
}
