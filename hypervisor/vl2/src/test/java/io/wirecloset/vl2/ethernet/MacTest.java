package io.wirecloset.vl2.ethernet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacTest {
    @Test
    void whatIsWrittenInPlaceIsReadBack() {
        byte[] buffer = new byte[16];

        Mac.put(buffer, 5, 0x0254_0059_62f3L);

        assertThat(buffer).startsWith(0, 0, 0, 0, 0, 0x02, 0x54, 0x00, 0x59, 0x62, 0xf3, 0, 0);
        assertThat(Mac.get(buffer, 5)).isEqualTo(0x0254_0059_62f3L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"02:54:00:59:62:f3", "02-54-00-59-62-F3", "0254005962f3"})
    void textWithColonsDashesOrNothingIsRead(String text) {
        assertThat(Mac.format(Mac.parse(text))).isEqualTo("02:54:00:59:62:f3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "02:54:00:59:62", "02:54:00:59:62:g3", "02540059:62f3", "02:54:00:59:62:f3:00"})
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> Mac.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBridgedMacIsNoMember() {
        assertThat(Mac.isMember(0xaabb_ccdd_eeffL, 0x8056c2e21c000001L)).isFalse();
    }

    @Test
    void broadcastIsMulticast() {
        assertThat(Mac.isMulticast(Mac.BROADCAST)).isTrue();
        assertThat(Mac.isMulticast(0x3333_ff00_0001L)).isTrue();
    }

    @Test
    void groupsAreOrderedByMacThenAdi() {
        var lowMac = new MulticastGroup(1, 0xffff_ffffL);
        var highMac = new MulticastGroup(2, 0);
        var highAdi = new MulticastGroup(2, 0xffff_ffffL);

        assertThat(lowMac).isLessThan(highMac);
        assertThat(highMac).isLessThan(highAdi);
    }
}
