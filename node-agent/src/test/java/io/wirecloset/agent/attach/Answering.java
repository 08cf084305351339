package io.wirecloset.agent.attach;

import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A program in a namespace that waits at a port, by TCP and UDP, and tells whoever asks what address the question came from. */
final class Answering implements AutoCloseable {
    private static final int PATIENCE_MS = 1_500;

    private final ServerSocket tcp;
    private final DatagramSocket udp;
    private final String name;

    private Answering(ServerSocket tcp, DatagramSocket udp, String name) {
        this.tcp = tcp;
        this.udp = udp;
        this.name = name;
        Thread.ofPlatform().daemon().start(this::answerTcp);
        Thread.ofPlatform().daemon().start(this::answerUdp);
    }

    static Answering in(NetworkNamespace namespace, int port, String name) throws IOException {
        return namespace.run(() -> new Answering(new ServerSocket(port), new DatagramSocket(port), name));
    }

    private void answerTcp() {
        while (!tcp.isClosed()) {
            try (Socket caller = tcp.accept()) {
                caller.getOutputStream().write(answer(caller.getInetAddress()));
            } catch (IOException e) {
                // closed, or the caller went away; he sees it
            }
        }
    }

    private void answerUdp() {
        while (!udp.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[64], 64);
                udp.receive(packet);
                byte[] answer = answer(packet.getAddress());
                udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // closed
            }
        }
    }

    private byte[] answer(InetAddress from) {
        return (name + " " + from.getHostAddress()).getBytes(StandardCharsets.UTF_8);
    }

    /** @return who answered and whom he saw, or "nobody" */
    static String ask(NetworkNamespace from, String protocol, String address, int port) throws IOException {
        return from.run(() -> protocol.equals("tcp") ? askTcp(address, port) : askUdp(address, port));
    }

    private static String askTcp(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), PATIENCE_MS);
            socket.setSoTimeout(PATIENCE_MS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "nobody";
        }
    }

    private static String askUdp(String address, int port) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port));
            socket.send(new DatagramPacket(new byte[1], 1));
            DatagramPacket answer = new DatagramPacket(new byte[128], 128);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "nobody";
        }
    }

    @Override
    public void close() throws IOException {
        tcp.close();
        udp.close();
    }
}
