package io.wirecloset.vl1.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.Vectors;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    static Stream<Vectors.Case> encodings() {
        return Vectors.cases("vl1-inetaddress");
    }

    // VL1 checklist 77, 68 (scope)
    @ParameterizedTest
    @MethodSource("encodings")
    void agreesWithTheGivenVectors(Vectors.Case vector) {
        WireReader in = new WireReader(vector.hex("binary"));
        Endpoint endpoint = Endpoint.read(in);
        assertThat(in.remaining()).isZero();
        WireWriter out = new WireWriter(1);
        Endpoint.write(out, endpoint);
        assertThat(out.toByteArray()).isEqualTo(vector.hex("binary"));
        if (vector.text("text").isEmpty()) {
            assertThat(endpoint).isNull();
            return;
        }
        assertThat(endpoint).hasToString(vector.text("text")).isEqualTo(Endpoint.parse(vector.text("text")));
        assertThat(endpoint.scope()).isEqualTo(vector.number("scope"));
        assertThat(endpoint.gateBucket()).isEqualTo(vector.number("rate_gate_hash"));
        assertThat(Endpoint.of(endpoint.ip(), endpoint.port())).isEqualTo(endpoint);
    }

    static Stream<Vectors.Case> decodings() {
        return Vectors.cases("vl1-inetaddress", "decode_cases");
    }

    // VL1 checklist 42
    @ParameterizedTest
    @MethodSource("decodings")
    void skipsWhatItKnowsToSkipAndRefusesTheRest(Vectors.Case vector) {
        WireReader in = new WireReader(vector.hex("binary"));
        if (!vector.flag("parse_ok")) {
            assertThatThrownBy(() -> Endpoint.read(in)).isInstanceOf(MalformedException.class);
            return;
        }
        assertThat(Endpoint.read(in)).isNull();
        assertThat(in.position()).isEqualTo(vector.number("consumed"));
    }

    // VL1 checklist 78
    @Test
    void everyTruncationIsMalformed() {
        for (String whole : new String[] {"1.2.3.4/5", "2001:db8::1/5"}) {
            WireWriter out = new WireWriter(20);
            Endpoint.parse(whole).write(out);
            for (int length = 0; length < out.length(); length++) {
                WireReader in = new WireReader(out.toByteArray(), 0, length);
                assertThatThrownBy(() -> Endpoint.read(in)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "1.2.3.4",
                "1.2.3/5",
                "1.2.3.4.5/6",
                "1.2.3.256/1",
                "1.2.3.4/65536",
                "1.2.3.4/-1",
                "1.2.3.4/",
                "1.2.3.4/ 5",
                "::1",
                ":::/1",
                "1::2::3/4",
                "1:2:3:4:5:6:7/1",
                "1:2:3:4:5:6:7:8:9/1",
                "12345::/1",
                "g::/1",
                "::1.2.3/4",
                "1:2:3:4:5:6:7:1.2.3.4/5",
                "host/5",
                "1:/2",
                ":1/2",
                "::1%eth0/9993",
                "1:2:3:4:5:6:7::8/1"
            })
    void refusesTextThatIsNoEndpoint(String text) {
        assertThatThrownBy(() -> Endpoint.parse(text)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:1:0:0:0:0/1, 0:0:0:1::/1",
        "1:0:0:2:0:0:0:3/1, 1:0:0:2::3/1",
        "1:0:2:3:4:5:6:7/1, 1:0:2:3:4:5:6:7/1",
        "::/1, ::/1",
        "1::/1, 1::/1",
        "::1.2.3.4/1, ::102:304/1",
        "64:ff9b::1.2.3.4/1, 64:ff9b::102:304/1",
        "::FFFF:1.2.3.4/1, ::ffff:1.2.3.4/1",
        "2001:DB8:0:0:1:0:0:1/1, 2001:db8::1:0:0:1/1"
    })
    void writesTheCanonicalText(String text, String canonical) {
        assertThat(Endpoint.parse(text)).hasToString(canonical);
    }

    @Test
    void textAndBytesAreTheSameThing() {
        Random random = new Random(20);
        for (int i = 0; i < 5_000; i++) {
            byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
            for (int at = 0; at < ip.length; at++) {
                ip[at] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            Endpoint endpoint = Endpoint.of(ip, random.nextInt(0x10000));
            assertThat(Endpoint.parse(endpoint.toString())).isEqualTo(endpoint);
            assertThat(endpoint.ip()).isEqualTo(ip);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8.8.8.8/1, true",
        "10.0.0.1/1, true",
        "127.0.0.1/1, false",
        "169.254.1.1/1, false",
        "224.0.0.1/1, false",
        "2001:db8::1/1, true",
        "2001:470::1/1, false",
        "2001:471::1/1, true",
        "fe80::2/1, false",
        "fd00::1/1, true"
    })
    void onlySomeScopesArePaths(String text, boolean usable) {
        assertThat(Endpoint.parse(text).isUsableAsPath()).isEqualTo(usable);
    }

    @Test
    void sameIpIgnoresThePortAndFamiliesNeverMatch() {
        Endpoint one = Endpoint.parse("1.2.3.4/5");
        assertThat(one.sameIp(Endpoint.parse("1.2.3.4/6"))).isTrue();
        assertThat(one.sameIp(Endpoint.parse("1.2.3.5/5"))).isFalse();
        assertThat(one.sameIp(Endpoint.parse("::1.2.3.4/5"))).isFalse();
        assertThat(one).isNotEqualTo(one.withPort(6)).isEqualTo(one.withPort(5));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, ::a00:0, false",
        "0.0.0.0/0, 255.1.2.3, true",
        "1.2.3.4/32, 1.2.3.4, true",
        "1.2.3.4/32, 1.2.3.5, false",
        "fd00::/8, fdff::1, true",
        "2001:db8:0:1::/64, 2001:db8:0:1:ffff::, true",
        "2001:db8:0:1::/64, 2001:db8:0:2::, false",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "::/0, 1::, true",
        "::1/128, ::1, true",
        "::1/128, ::, false"
    })
    void aNetworkContainsItsAddresses(String network, String ip, boolean inside) {
        InetCidr cidr = InetCidr.parse(network);
        assertThat(cidr.contains(Endpoint.parse(ip + "/0"))).isEqualTo(inside);
        assertThat(cidr.contains(InetCidr.parse(ip).ip())).isEqualTo(inside);
        WireWriter out = new WireWriter(20);
        cidr.write(out);
        assertThat(InetCidr.read(new WireReader(out.toByteArray())))
                .isEqualTo(cidr)
                .hasToString(network);
    }

    @Test
    void aPrefixIsNoLongerThanItsAddress() {
        assertThatThrownBy(() -> InetCidr.parse("1.2.3.4/33")).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> InetCidr.parse("::/129")).isInstanceOf(MalformedException.class);
        assertThat(InetCidr.parse("10.1.2.3/8").network()).hasToString("10.0.0.0/8");
        assertThat(InetCidr.parse("2001:db8::1/32").network()).hasToString("2001:db8::/32");
        assertThat(InetCidr.parse("10.0.0.0/8").contains(InetCidr.parse("10.1.0.0/16")))
                .isTrue();
        assertThat(InetCidr.parse("10.1.0.0/16").contains(InetCidr.parse("10.0.0.0/8")))
                .isFalse();
    }
}
