package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttachmentKeyTest {
    @ParameterizedTest
    @CsvSource({
        "'',eth0",
        "-a,eth0",
        "a/b,eth0",
        "..,eth0",
        "a@b,eth0",
        "a,''",
        "a,.",
        "a,..",
        "a,a/b",
        "a,a:b",
        "a,a b",
        "a,abcdefghijklmnop",
        "a,äöüäöüäö"
    })
    void namesThatCniDoesNotAllowAreRefused(String id, String ifname) {
        assertThatThrownBy(() -> new AttachmentKey(id, ifname)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textAndAliasReadBack() {
        AttachmentKey key = new AttachmentKey("c0ffee", "a@b");
        assertThat(AttachmentKey.parse(key.toString())).isEqualTo(key);
        assertThat(AttachmentKey.ofAlias(key.alias())).isEqualTo(key);
        assertThat(AttachmentKey.ofAlias("uplink")).isNull();
        assertThat(AttachmentKey.ofAlias("wirecloset:nonsense")).isNull();
    }

    @Test
    void namesAndAddressesFollowFromTheKeyAlone() {
        AttachmentKey key = new AttachmentKey("c0ffee", "eth0");
        AttachmentKey other = new AttachmentKey("c0ffee", "eth1");
        assertThat(key.hostLink()).hasSize(14).isNotEqualTo(other.hostLink());
        assertThat(key.podMac()).isNotEqualTo(key.hostMac()).isNotEqualTo(other.podMac());
        assertThat(key.podMac() >>> 40 & 0x03)
                .as("unicast, locally administered")
                .isEqualTo(0x02);
    }
}
