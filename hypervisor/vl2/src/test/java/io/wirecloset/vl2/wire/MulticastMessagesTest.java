package io.wirecloset.vl2.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.Vectors;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.MulticastGroup;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MulticastMessagesTest {
    private static final long NETWORK = 0x63f07dc54b00beefL;
    private static final MulticastGroup GROUP = MulticastGroup.resolutionOfIpv4(0x0a931401);
    private static final byte[] MEMBERSHIP =
            Vectors.bytes(Vectors.read("vl2-com").getFirst().get("bytes"));

    private final WireWriter out = new WireWriter(64);

    @Test
    void likesAreReadUpToACutOne() {
        new MulticastLike(NETWORK, GROUP).write(out);
        new MulticastLike(NETWORK, MulticastGroup.BROADCAST).write(out);
        out.u64(NETWORK);

        assertThat(MulticastLike.readAll(reader()))
                .isEqualTo(List.of(
                        new MulticastLike(NETWORK, GROUP), new MulticastLike(NETWORK, MulticastGroup.BROADCAST)));
    }

    @Test
    void aGatherCarriesItsCertificate() {
        MulticastGather gather = new MulticastGather(NETWORK, GROUP, 32, MEMBERSHIP);
        gather.write(out);

        assertThat(MulticastGather.read(reader())).isEqualTo(gather);
        assertThat(Vectors.hex(out.toByteArray()))
                .startsWith("63f07dc54b00beef" + "01" + "ffffffffffff" + "0a931401" + "00000020" + "01");
    }

    @Test
    void bothAnswersNameTheMembers() {
        GatherResult result = new GatherResult(NETWORK, GROUP, 17, new long[] {0x465b562e8dL, 0x03a8aa6f02L});
        result.writeOfGather(out);
        assertThat(GatherResult.readOfGather(reader())).isEqualTo(result);

        out.reset();
        result.writeOfFrame(out);
        assertThat(GatherResult.readOfFrame(reader())).isEqualTo(result);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    @DisplayName("VL2 checklist 51: the fields of MULTICAST_FRAME for every combination of flags")
    void everyCombinationOfFlagsIsRead(int flags) {
        out.u64(NETWORK).u8(flags);
        if ((flags & Wire.MULTICAST_COM_ATTACHED) != 0) {
            out.bytes(MEMBERSHIP);
        }
        if ((flags & Wire.MULTICAST_GATHER_LIMIT) != 0) {
            out.u32(5);
        }
        if ((flags & Wire.MULTICAST_SOURCE_MAC) != 0) {
            out.u16(0x3211).u32(0x22334455);
        }
        GroupFields.write(out, GROUP);
        out.u16(0x0806).u32(0xcafe);
        byte[] packet = out.toByteArray();

        MulticastFrame frame = new MulticastFrame();
        assertThat(frame.over(packet, 0, packet.length)).isTrue();
        assertThat(frame.networkId()).isEqualTo(NETWORK);
        assertThat(frame.membershipLength()).isEqualTo((flags & 1) != 0 ? MEMBERSHIP.length : 0);
        assertThat(frame.gatherLimit()).isEqualTo((flags & 2) != 0 ? 5 : 0);
        assertThat(frame.hasSource()).isEqualTo((flags & 4) != 0);
        if (frame.hasSource()) {
            assertThat(frame.source()).isEqualTo(0x321122334455L);
        }
        assertThat(frame.wantsReplication()).isEqualTo((flags & 8) != 0);
        assertThat(frame.group()).isEqualTo(GROUP);
        assertThat(frame.ethertype()).isEqualTo(0x0806);
        assertThat(frame.dataLength()).isEqualTo(4);
        int inFrontOfData = packet.length - 4;
        for (int length = 0; length < inFrontOfData; length++) {
            assertThat(frame.over(packet, 0, length)).as("cut at %d", length).isFalse();
        }
    }

    @Test
    void whatIsWrittenIsReadWithTheFlagsItImplies() {
        MulticastFrame.write(out, NETWORK, Wire.MULTICAST_REPLICATE, 3, 0x321122334455L, GROUP, 0x0800);
        byte[] packet = out.toByteArray();

        MulticastFrame frame = new MulticastFrame();
        assertThat(frame.over(packet, 0, packet.length)).isTrue();
        assertThat(frame.flags()).isEqualTo(0x0e);
        assertThat(frame.dataLength()).isZero();
    }

    @Test
    void anExtFrameWithACertificateIsReadBehindIt() {
        out.u64(NETWORK)
                .u8(Wire.EXT_FRAME_COM_ATTACHED | Wire.EXT_FRAME_ACKNOWLEDGE)
                .bytes(MEMBERSHIP);
        out.u16(0x3211).u32(0x22334455).u16(0x3266).u32(0x778899aaL).u16(0x0800).u8(1);
        byte[] packet = out.toByteArray();

        ExtFrame frame = new ExtFrame();
        assertThat(frame.over(packet, 0, packet.length)).isTrue();
        assertThat(frame.wantsAcknowledgement()).isTrue();
        assertThat(frame.membershipLength()).isEqualTo(MEMBERSHIP.length);
        assertThat(frame.destination()).isEqualTo(0x321122334455L);
        assertThat(frame.source()).isEqualTo(0x3266778899aaL);
        assertThat(frame.ethertype()).isEqualTo(0x0800);
        assertThat(frame.dataLength()).isEqualTo(1);
        for (int length = 0; length < packet.length - 1; length++) {
            assertThat(frame.over(packet, 0, length)).as("cut at %d", length).isFalse();
        }
    }

    @Test
    void aTapFrameBecomesAnExtFrameByWhatIsWrittenInFrontOfIt() {
        byte[] slot = new byte[64];
        EthernetFrame.put(slot, 20, 0x321122334455L, 0x3266778899aaL, 0x0800);

        ExtFrame.putInFront(slot, 20 - ExtFrame.MEMBERSHIP, NETWORK, 0);

        ExtFrame frame = new ExtFrame();
        assertThat(frame.over(slot, 20 - ExtFrame.MEMBERSHIP, 40)).isTrue();
        assertThat(frame.dataAt()).isEqualTo(34);
        assertThat(frame.source()).isEqualTo(0x3266778899aaL);
    }

    private WireReader reader() {
        return new WireReader(out.toByteArray());
    }
}
