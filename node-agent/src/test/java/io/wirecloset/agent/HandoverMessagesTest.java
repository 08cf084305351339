package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.FileCalls;
import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.linux.UnixServerSocket;
import io.wirecloset.transport.udp.OpenSocket;
import io.wirecloset.vl1.wire.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoverMessagesTest {
    @TempDir
    Path folder;

    private UnixServerSocket door;
    private UnixConnection raw;
    private HandoverMessages near;
    private HandoverMessages far;
    private final List<Descriptor> files = new ArrayList<>();

    @BeforeEach
    void connect() throws IOException {
        door = UnixServerSocket.listen(folder.resolve("door"), 0600, 1);
        raw = UnixServerSocket.connect(folder.resolve("door"));
        near = new HandoverMessages(raw).waiting(5_000);
        far = new HandoverMessages(door.accept()).waiting(5_000);
    }

    @AfterEach
    void close() {
        near.close();
        far.close();
        door.close();
        files.forEach(Descriptor::close);
    }

    private Descriptor file(String name) throws IOException {
        Path path = Files.createFile(folder.resolve(name));
        Descriptor opened = Descriptor.open(path.toString(), FileCalls.O_RDONLY);
        files.add(opened);
        return opened;
    }

    private static long openDescriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        }
    }

    @Test
    void whatIsPassedComesInTheOrderOfTheLanes() throws IOException {
        Estate estate = new Estate(
                List.of(
                        new OpenSocket(Endpoint.parse("192.0.2.1/9993"), "eth0", List.of(file("a"), file("b"))),
                        new OpenSocket(Endpoint.parse("2001:db8::1/9993"), "", List.of(file("c"), file("d")))),
                Map.of("zwabc", List.of(file("e"), file("f"))));
        near.pass(estate);
        try (Estate came = far.take()) {
            assertThat(came.sockets()).hasSize(2);
            for (OpenSocket sent : estate.sockets()) {
                OpenSocket same = came.sockets().stream()
                        .filter(s -> s.bound().equals(sent.bound()))
                        .findFirst()
                        .orElseThrow();
                assertThat(same.interfaceName()).isEqualTo(sent.interfaceName());
                assertThat(inodes(same.perLane())).isEqualTo(inodes(sent.perLane()));
            }
            assertThat(inodes(came.taps().get("zwabc")))
                    .isEqualTo(inodes(estate.taps().get("zwabc")));
        }
    }

    private static List<Long> inodes(List<Descriptor> all) throws IOException {
        List<Long> inodes = new ArrayList<>();
        for (Descriptor each : all) {
            inodes.add(each.inode());
        }
        return inodes;
    }

    /** The first message is good and carries a descriptor, which must not stay open. */
    @ParameterizedTest
    @ValueSource(strings = {"tap zwabc", "udp nonsense", "over and out", "", "leads"})
    void whatMakesNoSenseLeavesNothingOpen(String said) throws IOException {
        Descriptor file = file("a");
        long before = openDescriptors();
        send("udp 192.0.2.1/9993 eth0", file);
        send(said, said.startsWith("udp") ? file : null);
        send(HandoverMessages.OVER, null);
        assertThatThrownBy(far::take).isInstanceOf(Exception.class);
        assertThat(openDescriptors()).isEqualTo(before);
    }

    @Test
    void whoGoesAwayInTheMiddleLeavesNothingOpen() throws IOException {
        Descriptor file = file("a");
        send("tap zwabc", file);
        raw.send(new byte[] {0, 9, 't'}, 0, 3, file);
        near.close();
        long before = openDescriptors();
        assertThatThrownBy(far::take).isInstanceOf(IOException.class);
        far.close();
        assertThat(openDescriptors()).isLessThan(before);
    }

    private void send(String text, Descriptor with) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] whole = ByteBuffer.allocate(2 + bytes.length)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
        raw.send(whole, 0, whole.length, with);
    }
}
