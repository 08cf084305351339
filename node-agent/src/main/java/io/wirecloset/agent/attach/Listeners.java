package io.wirecloset.agent.attach;

import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** Which ports the node's own programs wait at: leading such a port to a pod would cut the program off. */
final class Listeners {
    private static final Path PROC = Path.of("/proc/thread-self/net");
    private static final String TCP_LISTEN = "0A";
    /** A UDP socket that is bound to no peer. */
    private static final String UDP_UNCONNECTED = "07";

    private Listeners() {}

    /** @return the address in use, as {@code 0.0.0.0}, or null when nobody in the namespace waits there */
    static InetAddress at(NetworkNamespace host, PortMapping wanted) throws IOException {
        String state = wanted.protocol().equals("tcp") ? TCP_LISTEN : UDP_UNCONNECTED;
        if (wanted.protocol().equals("sctp")) {
            return null;
        }
        return host.visit(() -> {
            for (String suffix : List.of("", "6")) {
                InetAddress found = at(PROC.resolve(wanted.protocol() + suffix), state, wanted);
                if (found != null) {
                    return found;
                }
            }
            return null;
        });
    }

    /** A line: {@code sl local_address rem_address st …}, the address in the machine's order of bytes, in words of 32 bits. */
    private static InetAddress at(Path file, String state, PortMapping wanted) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
        } catch (NoSuchFileException e) {
            return null; // no IPv6
        }
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] fields = line.strip().split("\\s+");
            String[] local = fields.length > 3 ? fields[1].split(":") : new String[0];
            if (local.length == 2 && fields[3].equals(state) && Integer.parseInt(local[1], 16) == wanted.hostPort()) {
                InetAddress address = address(local[0]);
                if (takes(address, wanted)) {
                    return address;
                }
            }
        }
        return null;
    }

    /** One that listens on all addresses of IPv6 mostly does on those of IPv4 too. */
    private static boolean takes(InetAddress bound, PortMapping wanted) {
        return wanted.isForAllAddresses() || bound.isAnyLocalAddress() || bound.equals(wanted.hostIp());
    }

    private static InetAddress address(String hex) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(hex);
        ByteBuffer words = ByteBuffer.wrap(bytes);
        for (int i = 0; i < bytes.length; i += Integer.BYTES) {
            int word = words.getInt(i);
            words.putInt(i, ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(word) : word);
        }
        return InetAddress.getByAddress(bytes);
    }
}
