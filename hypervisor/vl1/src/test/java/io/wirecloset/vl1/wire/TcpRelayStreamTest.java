package io.wirecloset.vl1.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

// VL1 checklist 73
class TcpRelayStreamTest {
    private final TcpRelayStream stream = new TcpRelayStream();
    private final List<String> heard = new ArrayList<>();

    static Stream<Vectors.Case> records() {
        return Vectors.cases("vl1-tcp-relay");
    }

    private boolean read(byte[] bytes) {
        return read(bytes, 0, bytes.length);
    }

    private boolean read(byte[] bytes, int from, int length) {
        return stream.onBytes(
                bytes,
                from,
                length,
                (endpoint, datagram, at, size) ->
                        heard.add(endpoint + " " + HexFormat.of().formatHex(datagram, at, at + size)));
    }

    private static Endpoint endpoint(Vectors.Case vector) {
        return Endpoint.parse(vector.text("remote_ipv4") + "/" + vector.number("remote_port"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void agreesWithTheGivenVectors(Vectors.Case vector) {
        byte[] datagram = vector.hex("datagram");
        byte[] wanted = vector.hex("stream_bytes");
        assertThat(TcpRelayStream.record(endpoint(vector), datagram, 0, datagram.length))
                .isEqualTo(wanted);
        assertThat(read(wanted)).isTrue();
        assertThat(heard).containsExactly(endpoint(vector) + " " + vector.text("datagram"));
    }

    @Test
    void theGreetingIsTheGivenOneAndPassedOver() {
        byte[] greeting = TcpRelayStream.greeting(1, 14, 1);
        assertThat(HexFormat.of().formatHex(greeting))
                .isEqualTo(Vectors.file("vl1-tcp-relay")
                        .get("client_greeting_for_version_1_14_1")
                        .asText());
        assertThat(read(greeting)).isTrue();
        assertThat(heard).isEmpty();
    }

    @Test
    void aStreamMayBeCutAnywhere() {
        byte[] whole = whole();
        for (int cut = 0; cut <= whole.length; cut++) {
            TcpRelayStream one = new TcpRelayStream();
            List<Integer> lengths = new ArrayList<>();
            TcpRelayStream.Out out = (endpoint, bytes, at, length) -> lengths.add(length);
            assertThat(one.onBytes(whole, 0, cut, out)).isTrue();
            assertThat(one.onBytes(whole, cut, whole.length - cut, out)).isTrue();
            assertThat(lengths).as("cut at " + cut).containsExactly(28, 68, 108, 148);
        }
        for (byte one : whole) {
            read(new byte[] {one});
        }
        assertThat(heard).hasSize(4);
    }

    @Test
    void whatIsCutOffIsNotDelivered() {
        records().forEach(vector -> {
            byte[] record = vector.hex("stream_bytes");
            for (int length = 0; length < record.length; length++) {
                TcpRelayStream one = new TcpRelayStream();
                assertThat(one.onBytes(record, 0, length, (endpoint, bytes, at, size) -> heard.add("too early")))
                        .isTrue();
            }
        });
        assertThat(heard).isEmpty();
    }

    @Test
    void aBentByteClosesTheStreamOrChangesWhatItSays() {
        byte[] record = records().findFirst().orElseThrow().hex("stream_bytes");
        for (int i = 0; i < record.length; i++) {
            byte[] bent = record.clone();
            bent[i] ^= 0x20;
            List<Integer> lengths = new ArrayList<>();
            boolean open = new TcpRelayStream()
                    .onBytes(bent, 0, bent.length, (endpoint, bytes, at, size) -> lengths.add(size));
            // the mark, a length too short for an address, and the type; a longer record waits for more
            assertThat(open).as("byte " + i).isEqualTo(!Set.of(0, 1, 2, 4, 5).contains(i));
            assertThat(lengths).as("byte " + i).allMatch(size -> size <= 28);
        }
    }

    @Test
    void aRelayMayAlsoSendIpv6AndNothing() {
        Endpoint six = Endpoint.parse("2001:db8::7/4711");
        assertThat(read(TcpRelayStream.record(six, new byte[] {1, 2, 3}, 1, 2))).isTrue();
        assertThat(heard).containsExactly(six + " 0203");
        assertThat(read(HexFormat.of().parseHex("1703030003000102"))).isTrue();
        assertThat(heard).hasSize(1);
    }

    @Test
    void whatIsNoRecordClosesTheStream() {
        for (String bad : List.of("16", "1702", "170304", "1703030000", "170303000105", "1703030006040a000001ff")) {
            byte[] bytes = HexFormat.of().parseHex(bad);
            TcpRelayStream one = new TcpRelayStream();
            assertThat(one.onBytes(bytes, 0, bytes.length, (endpoint, b, at, size) -> heard.add(bad)))
                    .as(bad)
                    .isFalse();
            byte[] good = whole();
            assertThat(one.onBytes(good, 0, good.length, (endpoint, b, at, size) -> heard.add(bad)))
                    .isFalse();
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aRecordTooLongForAPacketIsPassedOver() {
        byte[] huge = new byte[TcpRelayStream.HEADER_BYTES + 0xffff];
        huge[0] = 0x17;
        huge[1] = 0x03;
        huge[2] = 0x03;
        huge[3] = (byte) 0xff;
        huge[4] = (byte) 0xff;
        huge[5] = 4;
        assertThat(read(huge, 0, 30_000)).isTrue();
        assertThat(read(huge, 30_000, huge.length - 30_000)).isTrue();
        assertThat(heard).isEmpty();
        assertThat(read(whole())).isTrue();
        assertThat(heard).hasSize(4);
        assertThatThrownBy(() -> TcpRelayStream.record(Endpoint.parse("1.2.3.4/5"), huge, 0, huge.length))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noBytesMakeItThrow() {
        Random random = new Random(7);
        byte[] whole = whole();
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length));
            for (int bend = random.nextInt(4); bend > 0 && bytes.length > 0; bend--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            new TcpRelayStream().onBytes(bytes, 0, bytes.length, (endpoint, b, at, size) -> {
                assertThat(at + size).isLessThanOrEqualTo(b.length);
            });
        }
    }

    private static byte[] whole() {
        WireWriter all = new WireWriter(1024);
        records().forEach(vector -> all.bytes(vector.hex("stream_bytes")));
        return all.toByteArray();
    }
}
