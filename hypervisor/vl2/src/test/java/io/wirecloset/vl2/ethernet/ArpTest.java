package io.wirecloset.vl2.ethernet;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl2.Vectors;
import org.junit.jupiter.api.Test;

class ArpTest {
    private static final long MAC_A = 0x0254_0059_62f3L;
    private static final long MAC_B = 0x3233_4455_6677L;
    private static final int IP_A = 0x0a931401;
    private static final int IP_B = 0x0a931402;

    @Test
    void aRequestIsTheTwentyEightBytesOfTheStandard() {
        byte[] packet = new byte[Arp.LENGTH];

        Arp.putRequest(packet, 0, MAC_A, IP_A, IP_B);

        assertThat(Vectors.hex(packet)).isEqualTo("0001080006040001" + "0254005962f30a931401" + "0000000000000a931402");
        assertThat(Arp.isRequest(packet, 0, packet.length)).isTrue();
        assertThat(Arp.isReply(packet, 0, packet.length)).isFalse();
    }

    @Test
    void aReplyAnswersTheOneWhoAsked() {
        byte[] packet = new byte[3 + Arp.LENGTH];

        Arp.putReply(packet, 3, MAC_B, IP_B, MAC_A, IP_A);

        assertThat(Arp.isReply(packet, 3, Arp.LENGTH)).isTrue();
        assertThat(Arp.senderMac(packet, 3)).isEqualTo(MAC_B);
        assertThat(Arp.senderIp(packet, 3)).isEqualTo(IP_B);
        assertThat(Arp.targetMac(packet, 3)).isEqualTo(MAC_A);
        assertThat(Arp.targetIp(packet, 3)).isEqualTo(IP_A);
    }

    @Test
    void lookingAtFewerBytesIsNeverARequest() {
        byte[] packet = new byte[Arp.LENGTH];
        Arp.putRequest(packet, 0, MAC_A, IP_A, IP_B);

        for (int length = 0; length < Arp.LENGTH; length++) {
            assertThat(Arp.isRequest(packet, 0, length)).isFalse();
        }
    }

    @Test
    void otherProtocolsAndSizesAreNoArpForIpv4() {
        for (int at : new int[] {Arp.PROTOCOL, Arp.HARDWARE_LENGTH, Arp.PROTOCOL_LENGTH, Arp.OPERATION + 1}) {
            byte[] packet = new byte[Arp.LENGTH];
            Arp.putRequest(packet, 0, MAC_A, IP_A, IP_B);
            packet[at] ^= 0x10;
            assertThat(Arp.isRequest(packet, 0, packet.length))
                    .as("byte %d", at)
                    .isFalse();
        }
    }
}
