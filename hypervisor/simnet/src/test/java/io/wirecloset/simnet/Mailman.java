package io.wirecloset.simnet;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An application that keeps what it gets, and answers "echo" with the address it saw. */
final class Mailman implements SimApplication {
    record Letter(SimAddress from, String text, long atMs) {}

    static final int PORT = 9993;

    final SimHost host;
    final int socket;
    final List<Letter> letters = new ArrayList<>();

    Mailman(SimHost host) {
        this.host = host;
        this.socket = host.open(PORT);
    }

    @Override
    public void onDatagram(int socket, SimAddress from, byte[] payload, long nowMs) {
        String text = new String(payload, StandardCharsets.UTF_8);
        letters.add(new Letter(from, text, nowMs));
        if (text.equals("echo")) send(from, from.toString());
    }

    @Override
    public long poll(long nowMs) {
        return NEVER;
    }

    void send(SimAddress to, String text) {
        send(socket, to, text, SimHost.DEFAULT_TTL);
    }

    void send(int from, SimAddress to, String text, int ttl) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        host.send(from, to, bytes, 0, bytes.length, ttl);
    }

    SimAddress address() {
        return host.localAddress(socket);
    }

    boolean got(String text) {
        return letters.stream().anyMatch(letter -> letter.text().equals(text));
    }

    List<String> texts() {
        return letters.stream().map(Letter::text).toList();
    }
}
