package io.wirecloset.engine;

import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.Checksum;
import io.wirecloset.vl2.ethernet.EthernetFrame;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.ethernet.Ndp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * As much of a host's network stack as a ping needs: ARP and neighbour discovery with a cache, ICMP and ICMPv6 echo. Asks
 * again only when told to ping again.
 */
final class HostStack {
    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int IPV6 = 0x86dd;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int ECHO_BYTES = 8;
    private static final int ICMP = 1;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REPLY = 0;
    private static final int ECHO_REQUEST_6 = 128;
    private static final int ECHO_REPLY_6 = 129;
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    /** As Linux keeps while it asks for a neighbour. */
    private static final int WAITING_PER_NEIGHBOUR = 3;

    private final MemoryTap tap;
    private final long mac;
    private LongConsumer onlooker = source -> {};
    private final List<byte[]> addresses = new ArrayList<>();
    private final Map<String, Long> neighbours = new HashMap<>();
    private final Map<String, List<byte[]>> waiting = new HashMap<>();
    private final Set<Integer> answered = new HashSet<>();
    private int nextSequence;
    private int frames;

    HostStack(MemoryTap tap, long mac) {
        this.tap = tap;
        this.mac = mac;
        tap.host(this::onFrame);
    }

    /** @param ip 4 or 16 bytes */
    void address(byte[] ip) {
        if (addresses.stream().noneMatch(known -> Arrays.equals(known, ip))) addresses.add(ip.clone());
    }

    /** The first address of that length, or null. */
    byte[] addressOf(int length) {
        return addresses.stream().filter(ip -> ip.length == length).findFirst().orElse(null);
    }

    /** Sends an echo request. @return its number, for {@link #answered} */
    int ping(byte[] ip, int dataBytes) {
        int sequence = nextSequence++ & 0xffff;
        byte[] echo = new byte[ECHO_BYTES + dataBytes];
        Arrays.fill(echo, ECHO_BYTES, echo.length, (byte) sequence);
        echo[0] = (byte) (ip.length == 4 ? ECHO_REQUEST : ECHO_REQUEST_6);
        ByteBuffer.wrap(echo).putShort(6, (short) sequence);
        sendTo(ip, packet(addressOf(ip.length), ip, echo));
        return sequence;
    }

    boolean answered(int sequence) {
        return answered.contains(sequence);
    }

    /** How many of its requests were answered, however often. */
    int answers() {
        return answered.size();
    }

    /** Frames that came out of the network. */
    int frames() {
        return frames;
    }

    void forgetNeighbours() {
        neighbours.clear();
    }

    /** Tells somebody the source of each frame that comes out of the network. */
    void watchedBy(LongConsumer newOnlooker) {
        onlooker = newOnlooker;
    }

    private void onFrame(byte[] frame) {
        frames++;
        onlooker.accept(EthernetFrame.source(frame, 0));
        int at = EthernetFrame.HEADER_LENGTH;
        int length = frame.length - at;
        long destination = EthernetFrame.destination(frame, 0);
        if (destination != mac && (destination >>> 40 & 1) == 0) return;
        switch (EthernetFrame.ethertype(frame, 0)) {
            case ARP -> onArp(frame, at, length);
            case IPV4 -> onIpv4(frame, at);
            case IPV6 -> onIpv6(frame, at, length);
            default -> {}
        }
    }

    private void onArp(byte[] frame, int at, int length) {
        byte[] sender = Arrays.copyOfRange(frame, at + Arp.SENDER_IP, at + Arp.SENDER_IP + 4);
        byte[] target = Arrays.copyOfRange(frame, at + Arp.TARGET_IP, at + Arp.TARGET_IP + 4);
        if (Arp.isReply(frame, at, length)) {
            learn(sender, Arp.senderMac(frame, at));
        } else if (Arp.isRequest(frame, at, length) && isOurs(target)) {
            learn(sender, Arp.senderMac(frame, at));
            byte[] reply = new byte[EthernetFrame.HEADER_LENGTH + Arp.LENGTH];
            EthernetFrame.put(reply, 0, Arp.senderMac(frame, at), mac, ARP);
            Arp.putReply(
                    reply,
                    EthernetFrame.HEADER_LENGTH,
                    mac,
                    Arp.targetIp(frame, at),
                    Arp.senderMac(frame, at),
                    Arp.senderIp(frame, at));
            tap.send(reply);
        }
    }

    private void onIpv4(byte[] frame, int at) {
        byte[] source = Arrays.copyOfRange(frame, at + 12, at + 16);
        byte[] destination = Arrays.copyOfRange(frame, at + 16, at + 20);
        int total = ByteBuffer.wrap(frame).getShort(at + 2) & 0xffff;
        byte[] echo = Arrays.copyOfRange(frame, at + IPV4_HEADER, at + total);
        if (!isOurs(destination) || frame[at + 9] != ICMP) return;
        if (Checksum.finish(Checksum.add(0, echo, 0, echo.length)) != 0) return;
        onEcho(source, destination, echo, ECHO_REQUEST, ECHO_REPLY);
    }

    private void onIpv6(byte[] frame, int at, int length) {
        byte[] source = Arrays.copyOfRange(frame, at + 8, at + 24);
        byte[] destination = Arrays.copyOfRange(frame, at + 24, at + 40);
        if (frame[at + 6] != Ndp.ICMP6) return;
        if (Ndp.isSolicitation(frame, at, length)) {
            byte[] target = Arrays.copyOfRange(frame, at + Ndp.TARGET, at + Ndp.TARGET + 16);
            if (isOurs(target)) advertise(target, source, Ndp.linkLayerAddress(frame, at, length));
        } else if (Ndp.isAdvertisement(frame, at, length)) {
            byte[] target = Arrays.copyOfRange(frame, at + Ndp.TARGET, at + Ndp.TARGET + 16);
            if (Ndp.checksumIsRight(frame, at, length)) learn(target, Ndp.linkLayerAddress(frame, at, length));
        } else if (isOurs(destination)) {
            int segment = ByteBuffer.wrap(frame).getShort(at + 4) & 0xffff;
            byte[] echo = Arrays.copyOfRange(frame, at + IPV6_HEADER, at + IPV6_HEADER + segment);
            if (Checksum.ofIpv6(frame, at, at + IPV6_HEADER, segment, Ndp.ICMP6) != 0) return;
            onEcho(source, destination, echo, ECHO_REQUEST_6, ECHO_REPLY_6);
        }
    }

    private void onEcho(byte[] source, byte[] destination, byte[] echo, int request, int reply) {
        int type = echo[0] & 0xff;
        if (type == reply) {
            answered.add(ByteBuffer.wrap(echo).getShort(6) & 0xffff);
        } else if (type == request) {
            echo[0] = (byte) reply;
            sendTo(source, packet(destination, source, echo));
        }
    }

    private void advertise(byte[] target, byte[] asker, long askerMac) {
        byte[] frame = new byte[EthernetFrame.HEADER_LENGTH + Ndp.LENGTH];
        EthernetFrame.put(frame, 0, askerMac, mac, IPV6);
        int flags = Ndp.SOLICITED | Ndp.OVERRIDE;
        Ndp.putAdvertisement(frame, EthernetFrame.HEADER_LENGTH, flags, target, 0, asker, 0, mac);
        tap.send(frame);
    }

    private void sendTo(byte[] ip, byte[] packet) {
        Long neighbour = neighbours.get(key(ip));
        if (neighbour != null) {
            tap.send(frame(neighbour, ip.length == 4 ? IPV4 : IPV6, packet));
            return;
        }
        List<byte[]> packets = waiting.computeIfAbsent(key(ip), unknown -> new ArrayList<>());
        if (packets.size() == WAITING_PER_NEIGHBOUR) packets.removeFirst();
        packets.add(packet);
        tap.send(ip.length == 4 ? arpRequest(ip) : solicitation(ip));
    }

    private void learn(byte[] ip, long neighbourMac) {
        neighbours.put(key(ip), neighbourMac);
        List<byte[]> packets = waiting.remove(key(ip));
        if (packets == null) return;
        for (byte[] packet : packets) tap.send(frame(neighbourMac, ip.length == 4 ? IPV4 : IPV6, packet));
    }

    private byte[] arpRequest(byte[] target) {
        byte[] frame = new byte[EthernetFrame.HEADER_LENGTH + Arp.LENGTH];
        EthernetFrame.put(frame, 0, BROADCAST, mac, ARP);
        int from = ByteBuffer.wrap(addressOf(4)).getInt();
        Arp.putRequest(
                frame,
                EthernetFrame.HEADER_LENGTH,
                mac,
                from,
                ByteBuffer.wrap(target).getInt());
        return frame;
    }

    private byte[] solicitation(byte[] target) {
        byte[] frame = new byte[EthernetFrame.HEADER_LENGTH + Ndp.LENGTH];
        long group = 0x3333_ff00_0000L | ByteBuffer.wrap(target).getInt(12) & 0xff_ffff;
        EthernetFrame.put(frame, 0, group, mac, IPV6);
        Ndp.putSolicitation(frame, EthernetFrame.HEADER_LENGTH, addressOf(16), target, mac);
        return frame;
    }

    private byte[] frame(long destination, int ethertype, byte[] packet) {
        byte[] frame = new byte[EthernetFrame.HEADER_LENGTH + packet.length];
        EthernetFrame.put(frame, 0, destination, mac, ethertype);
        System.arraycopy(packet, 0, frame, EthernetFrame.HEADER_LENGTH, packet.length);
        return frame;
    }

    /** The echo message in an IP packet, with the checksums of both. */
    private static byte[] packet(byte[] from, byte[] to, byte[] echo) {
        ByteBuffer echoFields = ByteBuffer.wrap(echo).putShort(2, (short) 0);
        if (from.length == 4) {
            echoFields.putShort(2, (short) Checksum.finish(Checksum.add(0, echo, 0, echo.length)));
            byte[] packet = new byte[IPV4_HEADER + echo.length];
            ByteBuffer header = ByteBuffer.wrap(packet);
            header.put((byte) 0x45)
                    .put((byte) 0)
                    .putShort((short) packet.length)
                    .putInt(0);
            header.put((byte) 64)
                    .put((byte) ICMP)
                    .putShort((short) 0)
                    .put(from)
                    .put(to)
                    .put(echo);
            header.putShort(10, (short) Checksum.finish(Checksum.add(0, packet, 0, IPV4_HEADER)));
            return packet;
        }
        byte[] packet = new byte[IPV6_HEADER + echo.length];
        ByteBuffer header = ByteBuffer.wrap(packet);
        header.putInt(0x6000_0000)
                .putShort((short) echo.length)
                .put((byte) Ndp.ICMP6)
                .put((byte) 64);
        header.put(from).put(to).put(echo);
        int checksum = Checksum.ofIpv6(packet, 0, IPV6_HEADER, echo.length, Ndp.ICMP6);
        header.putShort(IPV6_HEADER + 2, (short) checksum);
        return packet;
    }

    private boolean isOurs(byte[] ip) {
        return addresses.stream().anyMatch(own -> Arrays.equals(own, ip));
    }

    private static String key(byte[] ip) {
        return Arrays.toString(ip);
    }

    @Override
    public String toString() {
        return Mac.format(mac);
    }
}
