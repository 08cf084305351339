package io.wirecloset.vl2.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The filter as its text reads (rules.md 4 to 6), one object per thing and nothing clever: what the fast one is compared
 * with. It shares no code with it but the reading of entries.
 */
final class ReferenceFilter {
    /** One node's credentials, in ordinary collections. */
    static final class Credentials {
        final Map<Long, Long> tags = new HashMap<>();
        final TreeMap<Long, RuleTable> capabilities = new TreeMap<>();
        final List<byte[]> ips = new ArrayList<>();
        final List<Long> macs = new ArrayList<>();
        /** Own 6PLANE and RFC 4193 addresses, if emulation is on. */
        byte[] sixPlane;

        byte[] rfc4193;
        boolean unknownMatches;

        Party party() {
            Party.Builder builder = Party.builder().unknownMatches(unknownMatches);
            tags.forEach(builder::tag);
            capabilities.forEach(builder::capability);
            ips.forEach(builder::owns);
            macs.forEach(builder::ownsMac);
            if (sixPlane != null) {
                builder.emulates(sixPlane, 5);
            }
            if (rfc4193 != null) {
                builder.emulates(rfc4193, 11);
            }
            return builder.build();
        }

        boolean owns(byte[] ip) {
            return ips.stream().anyMatch(own -> Arrays.equals(own, ip));
        }

        boolean emulates(byte[] ip) {
            return sixPlane != null && Arrays.equals(sixPlane, 0, 5, ip, 0, 5)
                    || rfc4193 != null && Arrays.equals(rfc4193, 0, 11, ip, 0, 11);
        }
    }

    /** The frame and all that is known beside it. {@code chance} is the number a match of chance sees. */
    record Question(
            boolean inbound,
            long source,
            long destination,
            long sourceMac,
            long destinationMac,
            int ethertype,
            byte[] data,
            Credentials self,
            Credentials remote,
            boolean noTee,
            long chance) {
        long selfAddress() {
            return inbound ? destination : source;
        }

        Question between(Credentials own, Credentials other) {
            return new Question(
                    inbound,
                    source,
                    destination,
                    sourceMac,
                    destinationMac,
                    ethertype,
                    data,
                    own,
                    other,
                    noTee,
                    chance);
        }

        Question cutTo(int length) {
            byte[] begin = Arrays.copyOf(data, length);
            return new Question(
                    inbound,
                    source,
                    destination,
                    sourceMac,
                    destinationMac,
                    ethertype,
                    begin,
                    self,
                    remote,
                    noTee,
                    chance);
        }
    }

    record Copy(long to, int length, int flags) {}

    record Answer(Decision decision, List<Copy> copies, int qosBucket) {}

    private enum Outcome {
        NO_MATCH,
        DROP,
        ACCEPT,
        SUPER_ACCEPT,
        REDIRECT
    }

    /** What a match says: yes or no, and whether NOT may change it. */
    private record Said(boolean yes, boolean forced) {}

    private static final Said FORCED_FALSE = new Said(false, true);
    private static final Said FORCED_TRUE = new Said(true, true);

    private final Question asked;
    private final byte[] data;

    // of one table
    private boolean skipDrop;
    private boolean superAccept;
    private long newDestination;
    private Copy copy;
    private int bucket;

    private ReferenceFilter(Question asked) {
        this.asked = asked;
        this.data = asked.data();
    }

    static Answer answer(RuleTable base, Question asked) {
        return new ReferenceFilter(asked).answer(base);
    }

    private Answer answer(RuleTable base) {
        List<Copy> copies = new ArrayList<>();
        Outcome outcome = evaluate(base.rules());
        Copy baseCopy = copy;
        if (outcome == Outcome.NO_MATCH) {
            Credentials sender = asked.inbound() ? asked.remote() : asked.self();
            outcome = Outcome.DROP;
            for (RuleTable capability : sender.capabilities.values()) {
                Outcome granted = evaluate(capability.rules());
                if (granted != Outcome.NO_MATCH && granted != Outcome.DROP) {
                    outcome = granted;
                    if (copy != null && !asked.noTee()) {
                        copies.add(copy);
                    }
                    break;
                }
            }
        }
        if (outcome == Outcome.DROP) {
            return new Answer(Decision.DROP, List.of(), 0);
        }
        if (baseCopy != null && !asked.noTee()) {
            copies.add(baseCopy);
        }
        if (outcome == Outcome.REDIRECT && newDestination != 0) {
            copies.add(new Copy(newDestination, data.length, asked.inbound() ? 0x0a : 0x04));
            return new Answer(Decision.REDIRECTED, copies, bucket);
        }
        if (outcome == Outcome.SUPER_ACCEPT && asked.inbound()) {
            return new Answer(Decision.SUPER_ACCEPT, copies, bucket);
        }
        return new Answer(Decision.ACCEPT, copies, bucket);
    }

    private Outcome evaluate(List<Rule> rules) {
        boolean set = true;
        skipDrop = false;
        superAccept = false;
        copy = null;
        newDestination = 0;
        bucket = 0;
        for (Rule rule : rules) {
            if (rule.isAction() && set) {
                switch (rule.type()) {
                    case 6 -> {
                        bucket = asked.inbound() ? 0 : rule.qosBucket() <= 8 ? rule.qosBucket() : 4;
                        return Outcome.ACCEPT;
                    }
                    case 0 -> {
                        if (!skipDrop) {
                            return Outcome.DROP;
                        }
                        skipDrop = false;
                    }
                    case 1 -> {
                        return superAccept ? Outcome.SUPER_ACCEPT : Outcome.ACCEPT;
                    }
                    case 5 -> {
                        return Outcome.NO_MATCH;
                    }
                    case 2, 3, 4 -> {
                        long target = target(rule);
                        if (target == asked.source()) {
                            continue;
                        } else if (target == asked.selfAddress()) {
                            if (asked.inbound()) {
                                return Outcome.SUPER_ACCEPT;
                            }
                        } else if (target == asked.destination()) {
                            continue;
                        } else if (rule.type() == 4) {
                            newDestination = target;
                            return Outcome.REDIRECT;
                        } else {
                            copy = copy(rule, target);
                        }
                    }
                    default -> {}
                }
            } else if (rule.isAction()) {
                boolean forwards = List.of(2, 3, 4).contains(rule.type());
                if (asked.inbound() && forwards && target(rule) == asked.selfAddress()) {
                    superAccept = true;
                }
                set = true;
            } else if (set || rule.or()) {
                Said said = match(rule);
                boolean matches = rule.not() && !said.forced() ? !said.yes() : said.yes();
                set = rule.or() ? set || matches : set && matches;
            }
        }
        return Outcome.NO_MATCH;
    }

    private static long target(Rule rule) {
        return rule.u64(0) & 0xff_ffff_ffffL;
    }

    /** Null for a copy to nobody. */
    private Copy copy(Rule rule, long target) {
        int limit = rule.u16(12);
        int length = limit == 0 || limit > data.length ? data.length : limit;
        boolean watch = rule.type() == 3;
        int flags = asked.inbound() ? (watch ? 0x1c : 0x08) : (watch ? 0x16 : 0x02);
        return target == 0 ? null : new Copy(target, length, flags);
    }

    private static Said plain(boolean yes) {
        return new Said(yes, false);
    }

    private Said match(Rule rule) {
        byte[] d = rule.data();
        return switch (rule.type()) {
            case 24 -> plain(asked.source() == number(d, 0, 5));
            case 25 -> plain(asked.destination() == number(d, 0, 5));
            case 26 -> plain(rule.u16(0) == 0);
            case 27, 28 -> plain(rule.u8(0) == 0);
            case 29 -> plain(asked.sourceMac() == number(d, 0, 6));
            case 30 -> plain(asked.destinationMac() == number(d, 0, 6));
            case 31 -> ipv4(d, 12);
            case 32 -> ipv4(d, 16);
            case 33 -> ipv6(d, 8);
            case 34 -> ipv6(d, 24);
            case 35 -> tos(rule);
            case 36 -> protocol(rule.u8(0));
            case 37 -> plain(asked.ethertype() == rule.u16(0));
            case 38 -> icmp(rule);
            case 39 -> port(rule, 0);
            case 40 -> port(rule, 2);
            case 41 -> plain((characteristics() & rule.u64(0)) != 0);
            case 42 -> plain(rule.u16(0) <= data.length && data.length <= rule.u16(2));
            case 43 -> plain(asked.chance() <= rule.u32(0));
            case 44, 45, 46, 47, 48 -> twoTags(rule);
            case 49 -> oneTag(rule, asked.inbound(), false);
            case 50 -> oneTag(rule, !asked.inbound(), true);
            case 51 -> integer(rule);
            default -> plain(asked.self().unknownMatches);
        };
    }

    private boolean isP4() {
        return asked.ethertype() == 0x0800 && data.length >= 20;
    }

    private boolean isP6() {
        return asked.ethertype() == 0x86dd && data.length >= 40;
    }

    private int h4() {
        return 4 * (data[0] & 15);
    }

    /** Position and protocol, or null. */
    private int[] l6() {
        if (!isP6()) {
            return null;
        }
        int pos = 40;
        int proto = data[6] & 0xff;
        while (Set.of(0, 43, 60, 135).contains(proto)) {
            if (pos + 8 > data.length) {
                return null;
            }
            proto = data[pos] & 0xff;
            pos += (data[pos + 1] & 0xff) * 8 + 8;
        }
        return pos > data.length ? null : new int[] {pos, proto};
    }

    private Said ipv4(byte[] rule, int offset) {
        if (!isP4()) {
            return FORCED_FALSE;
        }
        for (int bit = 0; bit < Math.min(rule[4] & 0xff, 32); bit++) {
            if (bit(rule, bit) != bit(data, 8 * offset + bit)) {
                return plain(false);
            }
        }
        return plain(true);
    }

    private Said ipv6(byte[] rule, int offset) {
        if (!isP6()) {
            return FORCED_FALSE;
        }
        for (int bit = 0; bit < 128; bit++) {
            boolean masked = bit < (rule[16] & 0xff) && bit(data, 8 * offset + bit);
            if (bit(rule, bit) != masked) {
                return plain(false);
            }
        }
        return plain(true);
    }

    private static boolean bit(byte[] b, int i) {
        return (b[i / 8] >> (7 - i % 8) & 1) != 0;
    }

    private Said tos(Rule rule) {
        int value;
        if (isP4()) {
            value = data[1] & 0xff;
        } else if (isP6()) {
            value = (data[0] & 0x0f) << 4 | (data[1] & 0xf0) >> 4;
        } else {
            return FORCED_FALSE;
        }
        int masked = value & rule.u8(0);
        return plain(rule.u8(1) <= masked && masked <= rule.u8(2));
    }

    private Said protocol(int wanted) {
        if (isP4()) {
            return plain((data[9] & 0xff) == wanted);
        }
        int[] l6 = l6();
        return l6 == null ? FORCED_FALSE : plain(l6[1] == wanted);
    }

    private Said icmp(Rule rule) {
        int pos;
        if (isP4() && data[9] == 1) {
            pos = h4();
        } else if (l6() != null && l6()[1] == 58) {
            pos = l6()[0];
        } else {
            return FORCED_FALSE;
        }
        if (data.length < pos + 2 || (data[pos] & 0xff) != rule.u8(0)) {
            return FORCED_FALSE;
        }
        return (rule.u8(2) & 1) != 0 ? plain((data[pos + 1] & 0xff) == rule.u8(1)) : FORCED_TRUE;
    }

    private Said port(Rule rule, int offset) {
        Set<Integer> withPorts = Set.of(6, 17, 132, 136);
        int[] l6 = l6();
        if (isP4()) {
            if (!withPorts.contains(data[9] & 0xff) || data.length <= h4() + 4) {
                return plain(false);
            }
            long port = number(data, h4() + offset, 2);
            return plain(rule.u16(0) <= port && port <= rule.u16(2));
        }
        if (l6 == null) {
            return FORCED_FALSE;
        }
        if (!withPorts.contains(l6[1]) || data.length <= l6[0] + 4) {
            return plain(false);
        }
        long port = number(data, l6[0] + offset, 2);
        return plain(port != 0 && rule.u16(0) <= port && port <= rule.u16(2));
    }

    private long characteristics() {
        long bits = asked.inbound() ? 1L << 63 : 0;
        if ((asked.destinationMac() >> 40 & 1) != 0) {
            bits |= 1L << 62;
        }
        if (asked.destinationMac() == 0xffff_ffff_ffffL) {
            bits |= 1L << 61;
        }
        Credentials sender = asked.inbound() ? asked.remote() : asked.self();
        if (isSenderIpOwned(sender)) {
            bits |= 1L << 60;
        }
        if (sender.macs.contains(asked.sourceMac())) {
            bits |= 1L << 59;
        }
        int[] l6 = l6();
        if (isP4() && data[9] == 6 && data.length >= h4() + 14) {
            bits |= number(data, h4() + 12, 2) & 0xfff;
        } else if (l6 != null && l6[1] == 6 && data.length > l6[0] + 14) {
            bits |= number(data, l6[0] + 12, 2) & 0xfff;
        }
        return bits;
    }

    private boolean isSenderIpOwned(Credentials sender) {
        if (isP4()) {
            return sender.owns(Arrays.copyOfRange(data, 12, 16));
        }
        if (isP6()) {
            byte[] ip = Arrays.copyOfRange(data, 8, 24);
            if (data.length >= 64 && data[6] == 58) {
                if ((data[40] & 0xff) == 0x87) {
                    return true;
                }
                if ((data[40] & 0xff) == 0x88) {
                    ip = Arrays.copyOfRange(data, 48, 64);
                }
            }
            return sender.owns(ip) || asked.inbound() && asked.self().emulates(ip);
        }
        return asked.ethertype() == 0x0806 && data.length >= 28 && sender.owns(Arrays.copyOfRange(data, 14, 18));
    }

    private Said twoTags(Rule rule) {
        long value = rule.u32(4);
        Long local = asked.self().tags.get(rule.u32(0));
        Long remote = asked.remote().tags.get(rule.u32(0));
        if (local == null) {
            return FORCED_FALSE;
        }
        if (remote == null) {
            return asked.inbound() && !superAccept ? FORCED_FALSE : assumed();
        }
        return plain(
                switch (rule.type()) {
                    case 44 -> Math.abs(local - remote) <= value;
                    case 45 -> (local & remote) == value;
                    case 46 -> (local | remote) == value;
                    case 47 -> (local ^ remote) == value;
                    default -> local == value && remote == value;
                });
    }

    private Said oneTag(Rule rule, boolean sideIsRemote, boolean receiver) {
        if (superAccept) {
            return assumed();
        }
        Long tag = (sideIsRemote ? asked.remote() : asked.self()).tags.get(rule.u32(0));
        if (tag != null) {
            return plain(tag == rule.u32(4));
        }
        return sideIsRemote && receiver ? assumed() : FORCED_FALSE;
    }

    private Said assumed() {
        skipDrop = true;
        return FORCED_TRUE;
    }

    private Said integer(Rule rule) {
        int format = rule.u8(18);
        int bits = (format & 63) + 1;
        int bytes = (bits + 7) / 8;
        int index = rule.u16(16);
        boolean little = (format & 0x80) != 0;
        int begin = little ? index : index + 8 - bytes;
        long value = 0;
        if (begin + bytes <= data.length) {
            byte[] window = Arrays.copyOfRange(data, begin, begin + bytes);
            if (little) {
                byte[] word = new byte[8];
                for (int i = 0; i < bytes; i++) {
                    word[bytes - 1 - i] = window[i];
                }
                value = number(word, 0, 8) >>> (64 - bits);
            } else {
                value = number(window, 0, bytes) & (bits == 64 ? -1 : (1L << bits) - 1);
            }
        }
        return plain(Long.compareUnsigned(rule.u64(0), value) <= 0 && Long.compareUnsigned(value, rule.u64(8)) <= 0);
    }

    private static long number(byte[] b, int at, int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | b[at + i] & 0xff;
        }
        return value;
    }
}
