package io.wirecloset.agent;

import io.wirecloset.transport.linux.Descriptor;
import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.udp.OpenSocket;
import io.wirecloset.vl1.wire.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What two agents say to each other, on a connection of {@link Succession}. A message is {@code u16 length | text}, a
 * descriptor travels with the first byte of the message that names it:
 *
 * <pre>
 * udp 192.0.2.1/9993 eth0     one per lane, those of a socket behind each other; the interface may be missing
 * tap zwabcdefghijklm         one per lane
 * </pre>
 *
 * For one thread.
 */
final class HandoverMessages implements AutoCloseable {
    /** Of whatever version. */
    static final String ANY_SUCCESSOR = "successor ";

    static final String SUCCESSOR = ANY_SUCCESSOR + "1";
    static final String WELCOME = "welcome";
    /** To a greeting of another version. */
    static final String REFUSED = "refused, " + SUCCESSOR + " only";

    static final String TAKE = "take";
    static final String OVER = "over";
    static final String LEADS = "leads";

    private static final int TEXT_LIMIT_BYTES = 512;
    /** Sockets are 64 at most and networks as many, with a few lanes each. */
    private static final int DESCRIPTORS_LIMIT = 4_096;

    private final UnixConnection connection;

    HandoverMessages(UnixConnection connection) {
        this.connection = connection;
    }

    /** @param limitMs how long to wait for each message; -1 for ever */
    HandoverMessages waiting(int limitMs) {
        connection.timeout(limitMs);
        return this;
    }

    void say(String text) throws IOException {
        say(text, null);
    }

    private void say(String text, Descriptor with) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] whole = ByteBuffer.allocate(Short.BYTES + bytes.length)
                .putShort((short) bytes.length)
                .put(bytes)
                .array();
        connection.send(whole, 0, whole.length, with);
    }

    /** @throws IOException when the other side goes away, or says what no agent says */
    String hear() throws IOException {
        byte[] head = new byte[Short.BYTES];
        receive(head);
        int length = Short.toUnsignedInt(ByteBuffer.wrap(head).getShort());
        if (length > TEXT_LIMIT_BYTES) {
            throw new IOException("a message of " + length + " bytes is none of an agent's");
        }
        byte[] text = new byte[length];
        receive(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    void expect(String wanted) throws IOException {
        String said = hear();
        if (!said.equals(wanted)) {
            throw new IOException("the other agent said \"" + said + "\" instead of \"" + wanted + "\"");
        }
    }

    private void receive(byte[] into) throws IOException {
        int have = 0;
        while (have < into.length) {
            int got = connection.receive(into, have, into.length - have);
            if (got < 0) {
                throw new IOException("the other agent went away");
            }
            have += got;
        }
    }

    /** The sender keeps its own descriptors. */
    void pass(Estate estate) throws IOException {
        for (OpenSocket socket : estate.sockets()) {
            for (Descriptor lane : socket.perLane()) {
                say("udp " + socket.bound() + " " + socket.interfaceName(), lane);
            }
        }
        for (Map.Entry<String, List<Descriptor>> tap : estate.taps().entrySet()) {
            for (Descriptor queue : tap.getValue()) {
                say("tap " + tap.getKey(), queue);
            }
        }
        say(OVER);
    }

    /** @return the caller's; nothing stays open when it throws */
    Estate take() throws IOException {
        Map<String, List<Descriptor>> sockets = new HashMap<>();
        Map<String, List<Descriptor>> taps = new HashMap<>();
        List<Descriptor> all = new ArrayList<>();
        try {
            for (String said = hear(); !said.equals(OVER); said = hear()) {
                Descriptor came = connection.takeDescriptor();
                if (came == null || all.size() >= DESCRIPTORS_LIMIT) {
                    throw new IOException("\"" + said + "\" came without its descriptor");
                }
                all.add(came);
                if (said.startsWith("udp ")) {
                    sockets.computeIfAbsent(said, s -> new ArrayList<>()).add(came);
                } else if (said.startsWith("tap ")) {
                    taps.computeIfAbsent(said.substring("tap ".length()), t -> new ArrayList<>())
                            .add(came);
                } else {
                    throw new IOException("the other agent passed \"" + said + "\"");
                }
            }
            return new Estate(
                    sockets.entrySet().stream()
                            .map(e -> socket(e.getKey(), e.getValue()))
                            .toList(),
                    taps);
        } catch (IOException | RuntimeException e) {
            all.forEach(Descriptor::close);
            throw e;
        }
    }

    private static OpenSocket socket(String said, List<Descriptor> perLane) {
        String[] words = said.split(" ", -1);
        return new OpenSocket(Endpoint.parse(words[1]), words.length > 2 ? words[2] : "", perLane);
    }

    @Override
    public void close() {
        connection.close();
    }
}
