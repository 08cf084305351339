package io.wirecloset.vl1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.vl1.crypto.SessionKeys;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.TcpRelayStream;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl1.world.World;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Any bytes into each parser: what is read is written and read again the same, what is not read is malformed, and no
 * other exception comes out. Runs over its seeds in every build, and on its own with {@code JAZZER_FUZZ=1}.
 */
// VL1 checklist 78
class BaseFuzzTest {
    private static final SessionKeys KEYS = SessionKeys.of(new byte[48]);
    private static final Armor ARMOR = new Armor();

    @FuzzTest
    void identityBinary(byte[] data) {
        Identity identity;
        try {
            identity = Identity.read(new WireReader(data));
        } catch (MalformedException refused) {
            return;
        }
        WireWriter out = new WireWriter(Wire.IDENTITY_WITH_SECRET_BYTES);
        identity.write(out, identity.hasSecret());
        check(Arrays.equals(out.toByteArray(), Arrays.copyOf(data, out.length())));
    }

    @FuzzTest
    void identityText(byte[] data) {
        Identity identity;
        try {
            identity = Identity.parse(new String(data, StandardCharsets.UTF_8));
        } catch (MalformedException refused) {
            return;
        }
        check(Identity.parse(identity.toPublicText()).equals(identity));
    }

    @FuzzTest
    void endpointBinary(byte[] data) {
        Endpoint endpoint;
        try {
            endpoint = Endpoint.read(new WireReader(data));
        } catch (MalformedException refused) {
            return;
        }
        if (endpoint != null) {
            check(Endpoint.parse(endpoint.toString()).equals(endpoint));
            check(endpoint.gateBucket() >= 0 && endpoint.scope() >= 0);
        }
    }

    @FuzzTest
    void tcpRelayStream(byte[] data) {
        WireWriter again = new WireWriter(256);
        TcpRelayStream.Out out =
                (endpoint, bytes, at, length) -> again.bytes(TcpRelayStream.record(endpoint, bytes, at, length));
        boolean open = new TcpRelayStream().onBytes(data, 0, data.length, out);
        int cut = data.length / 2;
        WireWriter inPieces = new WireWriter(256);
        TcpRelayStream pieces = new TcpRelayStream();
        TcpRelayStream.Out outOfPieces =
                (endpoint, bytes, at, length) -> inPieces.bytes(TcpRelayStream.record(endpoint, bytes, at, length));
        check((pieces.onBytes(data, 0, cut, outOfPieces) && pieces.onBytes(data, cut, data.length - cut, outOfPieces))
                == open);
        check(Arrays.equals(again.toByteArray(), inPieces.toByteArray()));
        check(again.length() <= data.length);
    }

    @FuzzTest
    void endpointText(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        try {
            Endpoint endpoint = Endpoint.parse(text);
            check(Endpoint.parse(endpoint.toString()).equals(endpoint));
        } catch (MalformedException refused) {
            // as it should be
        }
        try {
            InetCidr cidr = InetCidr.parse(text);
            check(InetCidr.parse(cidr.toString()).equals(cidr));
            check(cidr.contains(cidr.network()) == cidr.network().contains(cidr.network()));
        } catch (MalformedException refused) {
            // as it should be
        }
    }

    @FuzzTest
    void dictionary(byte[] data) {
        Dictionary read = Dictionary.read(data);
        Dictionary.Writer out = Dictionary.writer();
        for (String key : read.keys()) {
            read.getLong(key, 0);
            read.getBoolean(key, false);
            read.getString(key, "");
            out.put(key, read.getBytes(key));
        }
        Dictionary again = out.toDictionary();
        check(again.keys().equals(read.keys()));
        for (String key : read.keys()) {
            check(Arrays.equals(again.getBytes(key), read.getBytes(key)));
        }
    }

    @FuzzTest
    void world(byte[] data) {
        World world;
        try {
            world = World.read(data);
        } catch (MalformedException refused) {
            return;
        }
        check(World.read(world.toBytes()).equals(world));
        world.mayReplace(null);
        world.verify(world.nextUpdateKey());
    }

    @FuzzTest
    void compressedPayload(byte[] data) {
        byte[] slot = new byte[PacketHeader.LENGTH + data.length];
        System.arraycopy(data, 0, slot, PacketHeader.LENGTH, data.length);
        try {
            int length = Compression.decompress(slot, 0, slot.length, new byte[Wire.MAX_PACKET_BYTES], 0);
            check(length > PacketHeader.LENGTH && length <= Wire.MAX_PACKET_BYTES);
        } catch (MalformedException refused) {
            // as it should be
        }
    }

    /** Nobody guesses a MAC, so no bytes open, and none change. */
    @FuzzTest
    void armor(byte[] data) {
        byte[] packet = data.clone();
        check(!ARMOR.open(packet, 0, packet.length, KEYS));
        check(Arrays.equals(packet, data));
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("does not hold");
        }
    }
}
