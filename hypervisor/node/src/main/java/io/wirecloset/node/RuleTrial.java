package io.wirecloset.node;

import io.wirecloset.controller.language.RuleSet;
import io.wirecloset.controller.language.RuleSet.CapabilitySource;
import io.wirecloset.controller.language.RuleSet.TagSource;
import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireWriter;
import io.wirecloset.vl2.ethernet.Arp;
import io.wirecloset.vl2.ethernet.Ethertype;
import io.wirecloset.vl2.ethernet.Mac;
import io.wirecloset.vl2.rule.Filter;
import io.wirecloset.vl2.rule.FrameFacts;
import io.wirecloset.vl2.rule.Party;
import io.wirecloset.vl2.rule.Ruling;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Asks a rule set about one frame, with no network at hand: first as the sending member would, then as the receiving one.
 * The very code that decides in a node decides here.
 */
final class RuleTrial {
    static final Set<String> OPTIONS =
            Set.of("from", "to", "tcp-flags", "icmp", "from-tag", "to-tag", "from-cap", "owned", "bytes");

    private static final Map<String, Integer> PROTOCOLS = Map.of("tcp", 6, "udp", 17, "sctp", 132, "icmp", 1);
    private static final List<String> TCP_FLAGS = List.of("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr");
    private static final int ICMP6 = 58;
    private static final int ECHO = 8;
    private static final int ECHO6 = 128;
    private static final int TTL = 64;
    private static final int LARGEST_FRAME = 10_000;

    private final RuleSet rules;
    private final CommandLine words;
    private final PrintStream out;
    private final Filter filter;

    private final long from;
    private final long to;
    private final FrameFacts frame = new FrameFacts();
    private int ethertype;

    RuleTrial(RuleSet rules, CommandLine words, RandomSource random, PrintStream out) {
        this.rules = rules;
        this.words = words;
        this.out = out;
        this.filter = new Filter(random);
        from = node("from", "1111111111");
        to = node("to", "2222222222");
    }

    /** @return whether the frame comes out at the other end */
    boolean run() {
        byte[] data = data();
        frame.of(from, to, Mac.of(from, 0), Mac.of(to, 0), ethertype, data, 0, data.length);
        Party sender = sender();
        Party receiver = tagged(Party.builder(), "to-tag").build();
        boolean sent = say("sender", filter.outbound(rules.table(), frame, sender, receiver, false));
        return sent && say("receiver", filter.inbound(rules.table(), frame, receiver, sender));
    }

    private boolean say(String who, Ruling ruling) {
        out.println(who + ": "
                + switch (ruling.decision()) {
                    case ACCEPT -> "passes";
                    case SUPER_ACCEPT -> "passes, as a copy for an observer";
                    case DROP -> "dropped";
                    case REDIRECTED -> "goes elsewhere";
                });
        for (int i = 0; i < ruling.copies(); i++) {
            out.println("  " + ruling.copyLength(i) + " bytes to " + Addresses.format(ruling.copyTo(i)));
        }
        return ruling.passes();
    }

    // ---- who

    private long node(String option, String otherwise) {
        String text = words.get(option, otherwise);
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException | MalformedException e) {
            throw new UsageException("rules try: --" + option + " " + text + " is no node address of ten digits");
        }
    }

    private Party sender() {
        Party.Builder sender = tagged(Party.builder(), "from-tag");
        List<String> named = words.all("from-cap");
        for (String name : named) {
            if (!rules.capabilities().containsKey(name.toLowerCase(Locale.ROOT))) {
                throw new UsageException("rules try: there is no capability '" + name + "'");
            }
        }
        for (Map.Entry<String, CapabilitySource> one : rules.capabilities().entrySet()) {
            if (one.getValue().isDefault() || named.stream().anyMatch(name -> name.equalsIgnoreCase(one.getKey()))) {
                sender.capability(one.getValue().id(), one.getValue().table());
            }
        }
        for (String ip : words.all("owned")) {
            sender.owns(endpoint(ip).ip());
        }
        return sender.build();
    }

    /** What was given first: of one id the first counts. Then what every new member has. */
    private Party.Builder tagged(Party.Builder party, String option) {
        for (String given : words.all(option)) {
            String[] parts = given.split("=", 2);
            TagSource tag = rules.tags().get(parts[0].toLowerCase(Locale.ROOT));
            Long value = tag == null || parts.length < 2 ? null : tag.valueOf(parts[1]);
            if (value == null) {
                throw new UsageException("rules try: --" + option + " " + given
                        + ": expected tag=value, of a tag and a name or number that the rules define");
            }
            party.tag(tag.id(), value);
        }
        for (TagSource tag : rules.tags().values()) {
            if (tag.standard() != null) {
                party.tag(tag.id(), tag.standard());
            }
        }
        return party;
    }

    // ---- what

    private byte[] data() {
        List<String> what = words.arguments();
        if (what.size() != 4) {
            throw new UsageException("rules try: expected FILE, tcp, udp, sctp, icmp or arp, and two addresses");
        }
        Endpoint source = endpoint(what.get(2));
        Endpoint destination = endpoint(what.get(3));
        if (source.isV4() != destination.isV4()) {
            throw new UsageException("rules try: one address is of IPv4 and one of IPv6");
        }
        String kind = what.get(1).toLowerCase(Locale.ROOT);
        WireWriter data = new WireWriter(64);
        if (kind.equals("arp") && source.isV4()) {
            ethertype = Ethertype.ARP;
            byte[] request = new byte[Arp.LENGTH];
            Arp.putRequest(request, 0, Mac.of(from, 0), (int) source.ipLow(), (int) destination.ipLow());
            data.bytes(request);
        } else if (PROTOCOLS.containsKey(kind)) {
            byte[] payload = payload(kind, source, destination);
            int protocol = kind.equals("icmp") && !source.isV4() ? ICMP6 : PROTOCOLS.get(kind);
            putIpHeader(source, destination, protocol, payload.length, data);
            data.bytes(payload);
        } else {
            throw new UsageException("rules try: '" + what.get(1) + "' is not tcp, udp, sctp, icmp, or arp of IPv4");
        }
        int length = Math.max(data.length(), number("bytes", words.get("bytes", "0"), LARGEST_FRAME));
        return data.bytes(new byte[length - data.length()]).toByteArray();
    }

    private void putIpHeader(Endpoint source, Endpoint destination, int protocol, int payloadBytes, WireWriter to) {
        if (source.isV4()) {
            ethertype = Ethertype.IPV4;
            to.u8(0x45).u8(0).u16(20 + payloadBytes).u32(0).u8(TTL).u8(protocol).u16(0);
        } else {
            ethertype = Ethertype.IPV6;
            to.u32(0x6000_0000L).u16(payloadBytes).u8(protocol).u8(TTL);
        }
        to.bytes(source.ip()).bytes(destination.ip());
    }

    private byte[] payload(String kind, Endpoint source, Endpoint destination) {
        WireWriter payload = new WireWriter(20);
        switch (kind) {
            case "icmp" -> {
                String[] typeAndCode =
                        words.get("icmp", (source.isV4() ? ECHO : ECHO6) + "/0").split("/", 2);
                payload.u8(number("icmp", typeAndCode[0], 0xff));
                payload.u8(typeAndCode.length == 1 ? 0 : number("icmp", typeAndCode[1], 0xff));
                payload.bytes(new byte[6]);
            }
            case "tcp" -> {
                payload.u16(source.port()).u16(destination.port()).u64(0);
                payload.u8(0x50).u8(tcpFlags()).bytes(new byte[6]);
            }
            default -> payload.u16(source.port()).u16(destination.port()).bytes(new byte[8]);
        }
        return payload.toByteArray();
    }

    private int tcpFlags() {
        int flags = 0;
        for (String name : words.get("tcp-flags", "syn").split(",", -1)) {
            int bit = TCP_FLAGS.indexOf(name.toLowerCase(Locale.ROOT));
            if (bit < 0) {
                throw new UsageException(
                        "rules try: --tcp-flags " + name + " is not among " + String.join(", ", TCP_FLAGS));
            }
            flags |= 1 << bit;
        }
        return flags;
    }

    private static int number(String option, String text, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException("rules try: --" + option + " " + text + " is no number up to " + most);
    }

    private static Endpoint endpoint(String text) {
        try {
            return Endpoint.parse(text.indexOf('/') < 0 ? text + "/0" : text);
        } catch (MalformedException e) {
            throw new UsageException(
                    "rules try: '" + text + "' is no address with a port behind it, like 10.1.0.5/443");
        }
    }
}
