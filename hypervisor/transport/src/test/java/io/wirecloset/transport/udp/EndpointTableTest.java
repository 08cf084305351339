package io.wirecloset.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.Endpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EndpointTableTest {
    private final EndpointTable table = new EndpointTable();
    private final MemorySegment memory = Arena.ofAuto().allocate(SocketAddress.ROOM_BYTES, 8);

    @Test
    void theSameAddressIsTheSameObject() {
        Endpoint first = read(Endpoint.parse("192.0.2.1/9993"));
        assertThat(read(Endpoint.parse("192.0.2.1/9993"))).isSameAs(first);
        assertThat(read(Endpoint.parse("192.0.2.1/9994"))).isNotEqualTo(first);
    }

    @Test
    void whateverIsWrittenIsReadAgainHoweverMany() {
        Random random = new Random(1);
        for (int i = 0; i < 50_000; i++) {
            byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(ip);
            Endpoint endpoint = Endpoint.of(ip, random.nextInt(0x10000));
            assertThat(read(endpoint)).isEqualTo(endpoint);
        }
    }

    private Endpoint read(Endpoint endpoint) {
        SocketAddress.write(memory, 0, endpoint);
        return table.at(memory, 0);
    }
}
