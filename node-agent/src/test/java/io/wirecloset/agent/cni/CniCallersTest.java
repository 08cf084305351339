package io.wirecloset.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.agent.attach.AttachmentKey;
import io.wirecloset.agent.attach.NodeRig;
import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.linux.UnixServerSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who may ask, and what those get who ask badly. */
class CniCallersTest extends ShimAndServer {
    // --- who may ask, and how much (T28)

    @Test
    @DisplayName("the socket is root's alone (T28)")
    void theSocketIsRootsAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
        assertThat(NodeRig.succeeds(
                        node.host,
                        "setpriv",
                        "--reuid=65534",
                        "--clear-groups",
                        "cat",
                        socket.getParent().toString()))
                .isFalse();
    }

    @Test
    @DisplayName("a caller who is not root is turned away even where the file would let him in (T28)")
    void anotherUserIsTurnedAway() throws Exception {
        server.close();
        CniServer picky = CniServer.start(socket, new CniVerbs(node.attachments, () -> missing), observer(), 1_000);
        try (UnixConnection caller = UnixServerSocket.connect(socket)) {
            caller.timeout(5_000);
            assertThatThrownBy(() -> {
                        caller.send(new byte[] {0, 0, 0, 2, '{', '}'}, 0, 6);
                        if (caller.receive(new byte[8], 0, 8) < 0) {
                            throw new IOException("closed");
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(refusals).contains("uid");
        } finally {
            picky.close();
        }
    }

    @Test
    @DisplayName("idle, slow, huge and senseless callers do not keep the real one waiting (T28)")
    void badCallersDoNotKeepTheRealOneWaiting() throws Exception {
        List<UnixConnection> idle = new ArrayList<>();
        try {
            for (int announced : new int[] {1 << 20, -1, CniRequest.LIMIT_BYTES}) {
                UnixConnection caller = UnixServerSocket.connect(socket);
                idle.add(caller);
                caller.send(ByteBuffer.allocate(4).putInt(announced).array(), 0, 4);
            }
            for (int i = 0; i < 300; i++) {
                idle.add(UnixServerSocket.connect(socket));
            }
            assertThat(call("ADD", "c1", node.newPod(), config("1.1.0")).exitCode())
                    .isZero();
            assertThat(refusals).contains("length", "reading");
        } finally {
            idle.forEach(UnixConnection::close);
        }
    }

    @Test
    void senselessRequestsAreAnsweredWithAnError() throws Exception {
        for (String senseless : List.of(
                "",
                "{}",
                "[]",
                "null",
                "{\"version\":2}",
                "{\"version\":1}",
                "\u0000",
                "{\"version\":1,\"command\":\"ADD\",\"config\":{}}")) {
            try (UnixConnection caller = UnixServerSocket.connect(socket)) {
                caller.timeout(5_000);
                byte[] body = senseless.getBytes(StandardCharsets.UTF_8);
                byte[] whole = ByteBuffer.allocate(4 + body.length)
                        .putInt(body.length)
                        .put(body)
                        .array();
                caller.send(whole, 0, whole.length);
                byte[] head = new byte[8];
                int have = 0;
                while (have < 8) {
                    have += caller.receive(head, have, 8 - have);
                }
                assertThat(ByteBuffer.wrap(head).getInt(4)).as(senseless).isEqualTo(1);
            }
        }
        assertThat(node.records.all()).isEmpty();
    }

    @Test
    void theKeyOfARecordIsTheKeyOfTheCall() throws Exception {
        call("ADD", "c1", node.newPod(), config("1.1.0"));
        var record = node.records.get(new AttachmentKey("c1", "eth0"));
        assertThat(record.cniName()).isEqualTo("wirecloset");
        assertThat(record.pod().toString()).isEqualTo("default/web-0");
    }
}
