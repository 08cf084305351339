package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A host's seat in a multicast group on one of its devices: hears what the others say there, and says things. */
public final class UdpGroup implements AutoCloseable {
    private static final int GLANCE_MS = 20;

    private final MulticastSocket socket;
    private final InetSocketAddress group;

    private UdpGroup(MulticastSocket socket, InetSocketAddress group) {
        this.socket = socket;
        this.group = group;
    }

    /** @param group a literal multicast address */
    public static UdpGroup join(Host host, String device, String group, int port) {
        InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral(group), port);
        return Namespaces.in(host.namespacePath(), () -> {
            NetworkInterface on = NetworkInterface.getByName(device);
            MulticastSocket socket = new MulticastSocket(port);
            socket.setNetworkInterface(on);
            socket.setTimeToLive(1);
            socket.joinGroup(to, on);
            return new UdpGroup(socket, to);
        });
    }

    public void say(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, group));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has this been said since the last look? Takes in everything that waits. */
    public boolean hears(String text) {
        try {
            socket.setSoTimeout(GLANCE_MS);
            while (true) {
                DatagramPacket p = new DatagramPacket(new byte[2048], 2048);
                socket.receive(p);
                if (new String(p.getData(), 0, p.getLength(), StandardCharsets.UTF_8).equals(text)) {
                    return true;
                }
            }
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
