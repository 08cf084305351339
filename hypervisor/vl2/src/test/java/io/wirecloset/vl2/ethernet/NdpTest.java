package io.wirecloset.vl2.ethernet;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl2.Vectors;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NdpTest {
    private static final long NETWORK = 0x63f07dc54b00beefL;
    private static final long SELF = 0x465b562e8dL;
    private static final long OTHER = 0x03a8aa6f02L;

    /** Recorded: what a stock node puts on its tap when asked for another member's 6PLANE address. */
    private static final String SOLICITATION = "6000000000203a40fc28f0c32a03a8aa6f02000000000001"
            + "ff0200000000000000000001ff0000018700000000000000fc28f0c32a03a8aa6f020000000000010101020304050607";

    private static final String ADVERTISEMENT = "6000000000203afffc28f0c32a03a8aa6f02000000000001"
            + "fc28f0c32a465b562e8d0000000000018800d53060000000fc28f0c32a03a8aa6f020000000000010201eebda8e1aa7f";

    @Test
    @DisplayName("VL2 checklist 56: the emulated advertisement has the bytes a stock node makes")
    void theEmulatedAdvertisementHasTheBytesAStockNodeMakes() {
        byte[] asked = HexFormat.of().parseHex(SOLICITATION);
        byte[] own = DerivedAddresses.sixPlane(NETWORK, SELF);

        assertThat(Ndp.isSolicitation(asked, 0, asked.length)).isTrue();
        long node = DerivedAddresses.nodeBehind(NETWORK, own, DerivedAddresses.SIX_PLANE_PREFIX, asked, Ndp.TARGET);
        assertThat(node).isEqualTo(OTHER);

        byte[] answer = new byte[Ndp.LENGTH];
        Ndp.putAdvertisement(answer, 0, Ndp.SOLICITED | Ndp.OVERRIDE, asked, Ndp.TARGET, own, 0, Mac.of(node, NETWORK));
        assertThat(Vectors.hex(answer)).isEqualTo(ADVERTISEMENT);
        assertThat(Ndp.checksumIsRight(answer, 0, answer.length)).isTrue();
        assertThat(Ndp.linkLayerAddress(answer, 0, answer.length)).isEqualTo(Mac.of(OTHER, NETWORK));
    }

    @Test
    void aTargetInsideTheEightyBitsOfANodeIsThatNode() {
        byte[] own = DerivedAddresses.sixPlane(NETWORK, SELF);
        byte[] pod = DerivedAddresses.sixPlane(NETWORK, OTHER);
        pod[15] = 0x77;

        assertThat(DerivedAddresses.nodeBehind(NETWORK, own, 40, pod, 0)).isEqualTo(OTHER);
    }

    @Test
    void rfc4193TargetsAreFoundOnlyUnderOurOwnPrefix() {
        byte[] own = DerivedAddresses.rfc4193(NETWORK, SELF);

        assertThat(DerivedAddresses.nodeBehind(NETWORK, own, 88, DerivedAddresses.rfc4193(NETWORK, OTHER), 0))
                .isEqualTo(OTHER);
        assertThat(DerivedAddresses.nodeBehind(NETWORK, own, 88, DerivedAddresses.rfc4193(NETWORK + 1, OTHER), 0))
                .isZero();
        assertThat(DerivedAddresses.nodeBehind(NETWORK, own, 64, DerivedAddresses.rfc4193(NETWORK, OTHER), 0))
                .isZero();
    }

    @Test
    void aSolicitationGoesToTheGroupOfItsTarget() {
        byte[] packet = new byte[Ndp.LENGTH];
        byte[] source = DerivedAddresses.sixPlane(NETWORK, SELF);
        byte[] target = DerivedAddresses.sixPlane(NETWORK, OTHER);

        Ndp.putSolicitation(packet, 0, source, target, Mac.of(SELF, NETWORK));

        assertThat(Ndp.isSolicitation(packet, 0, packet.length)).isTrue();
        assertThat(Ndp.checksumIsRight(packet, 0, packet.length)).isTrue();
        assertThat(Ndp.linkLayerAddress(packet, 0, packet.length)).isEqualTo(Mac.of(SELF, NETWORK));
        assertThat(Vectors.hex(packet).substring(48, 80)).isEqualTo("ff0200000000000000000001ff000001");
    }

    @Test
    void aFlippedBitSpoilsTheChecksum() {
        byte[] packet = HexFormat.of().parseHex(ADVERTISEMENT);
        for (int i = Ndp.SOURCE; i < packet.length; i++) {
            packet[i] ^= 0x04;
            assertThat(Ndp.checksumIsRight(packet, 0, packet.length))
                    .as("byte %d", i)
                    .isFalse();
            packet[i] ^= 0x04;
        }
    }

    @Test
    void lookingAtFewerBytesNeverReadsBeyondThem() {
        byte[] whole = HexFormat.of().parseHex(SOLICITATION);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            if (Ndp.isSolicitation(cut, 0, length)) {
                assertThat(length).isGreaterThanOrEqualTo(Ndp.LENGTH_WITHOUT_OPTION);
                assertThat(Ndp.linkLayerAddress(cut, 0, length)).isEqualTo(-1);
                assertThat(Ndp.checksumIsRight(cut, 0, length)).isFalse();
            }
        }
    }

    @Test
    void anOptionOfLengthZeroDoesNotLoop() {
        byte[] packet = HexFormat.of().parseHex(SOLICITATION);
        packet[Ndp.OPTION_LENGTH] = 0;
        packet[Ndp.OPTION_TYPE] = 3;

        assertThat(Ndp.linkLayerAddress(packet, 0, packet.length)).isEqualTo(-1);
    }
}
