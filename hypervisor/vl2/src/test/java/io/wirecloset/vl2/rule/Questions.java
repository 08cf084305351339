package io.wirecloset.vl2.rule;

import io.wirecloset.vl2.ethernet.Bytes;
import io.wirecloset.vl2.rule.ReferenceFilter.Answer;
import io.wirecloset.vl2.rule.ReferenceFilter.Copy;
import io.wirecloset.vl2.rule.ReferenceFilter.Credentials;
import io.wirecloset.vl2.rule.ReferenceFilter.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tables, frames and credentials out of a stream of choices (a seeded generator, or a fuzzer's bytes), from few values,
 * so that what rules ask for often is there.
 */
final class Questions {
    static final long SELF = 0x465b562e8dL;
    static final long PEER = 0x03a8aa6f02L;
    static final long THIRD = 0xcf38fea004L;
    private static final long[] ADDRESSES = {SELF, PEER, THIRD, 0};
    private static final long[] MACS = {
        0xeef85b1debf0L, 0xeebda8e1aa7fL, 0xffff_ffff_ffffL, 0x3333_0000_0001L, 0x02aabbccddeeL
    };
    private static final int[] ETHERTYPES = {0x0800, 0x86dd, 0x0806, 0x88cc};
    private static final int[] PROTOCOLS = {6, 17, 1, 58, 132, 136, 0, 43, 60, 135, 44, 50};
    private static final byte[] SIX_PLANE = {
        (byte) 0xfc, 0x28, (byte) 0xf0, (byte) 0xc3, 0x2a, 0x46, 0x5b, 0x56, 0x2e, (byte) 0x8d, 0, 0, 0, 0, 0, 1
    };
    private static final byte[] RFC4193 = {
        (byte) 0xfd,
        0x63,
        (byte) 0xf0,
        0x7d,
        (byte) 0xc5,
        0x4b,
        0,
        (byte) 0xbe,
        (byte) 0xef,
        (byte) 0x99,
        (byte) 0x93,
        0x46,
        0x5b,
        0x56,
        0x2e,
        (byte) 0x8d
    };

    /** Below the bound it is given. */
    private final IntUnaryOperator choose;

    Questions(IntUnaryOperator choose) {
        this.choose = choose;
    }

    private int upTo(int bound) {
        return choose.applyAsInt(bound);
    }

    private boolean oneIn(int n) {
        return upTo(n) == 0;
    }

    private byte anyByte() {
        return (byte) upTo(256);
    }

    RuleTable table(int atMost) {
        List<Rule> rules = new ArrayList<>();
        int count = upTo(atMost + 1);
        for (int i = 0; i < count; i++) {
            rules.add(rule());
        }
        return RuleTable.of(rules);
    }

    private Rule rule() {
        if (oneIn(4)) {
            return action();
        }
        int type = oneIn(40) ? 52 + upTo(12) : 24 + upTo(28);
        return Rule.of(type, oneIn(4), oneIn(4), value(type));
    }

    private Rule action() {
        int type = oneIn(30) ? 7 + upTo(9) : new int[] {0, 0, 1, 1, 1, 2, 3, 4, 5, 6}[upTo(10)];
        if (type == RuleType.PRIORITY) {
            return Rule.priority(upTo(12));
        }
        return Rule.of(type, oneIn(8), oneIn(8), value(type));
    }

    private byte[] value(int type) {
        byte[] data = new byte[RuleType.dataBytes(type)];
        switch (type) {
            case RuleType.TEE, RuleType.WATCH, RuleType.REDIRECT -> {
                Bytes.putU64(data, 0, ADDRESSES[upTo(4)] | (oneIn(10) ? 1L << 50 : 0));
                Bytes.putU16(data, 12, oneIn(2) ? 0 : upTo(100));
            }
            case RuleType.SOURCE_ZEROTIER_ADDRESS, RuleType.DEST_ZEROTIER_ADDRESS -> {
                long address = ADDRESSES[upTo(4)];
                Bytes.putU32(data, 0, (int) (address >>> 8));
                data[4] = (byte) address;
            }
            case RuleType.VLAN_ID, RuleType.VLAN_PCP, RuleType.VLAN_DEI -> data[data.length - 1] = (byte) upTo(2);
            case RuleType.MAC_SOURCE, RuleType.MAC_DEST -> {
                long mac = MACS[upTo(MACS.length)];
                Bytes.putU16(data, 0, (int) (mac >>> 32));
                Bytes.putU32(data, 2, (int) mac);
            }
            case RuleType.IPV4_SOURCE, RuleType.IPV4_DEST -> {
                System.arraycopy(ipv4(), 0, data, 0, 4);
                data[4] = (byte) (oneIn(10) ? upTo(256) : upTo(33));
            }
            case RuleType.IPV6_SOURCE, RuleType.IPV6_DEST -> {
                byte[] ip = ipv6();
                int bits = oneIn(10) ? upTo(256) : upTo(129);
                if (!oneIn(4)) {
                    clearBehind(ip, bits);
                }
                System.arraycopy(ip, 0, data, 0, 16);
                data[16] = (byte) bits;
            }
            case RuleType.IP_TOS -> {
                data[0] = oneIn(2) ? (byte) 0xff : anyByte();
                data[1] = (byte) upTo(128);
                data[2] = anyByte();
            }
            case RuleType.IP_PROTOCOL -> data[0] = (byte) PROTOCOLS[upTo(PROTOCOLS.length)];
            case RuleType.ETHERTYPE -> Bytes.putU16(data, 0, ETHERTYPES[upTo(ETHERTYPES.length)]);
            case RuleType.ICMP -> {
                data[0] = (byte) new int[] {8, 0, 128, 135, 136}[upTo(5)];
                data[1] = (byte) upTo(2);
                data[2] = (byte) upTo(4);
            }
            case RuleType.IP_SOURCE_PORT_RANGE, RuleType.IP_DEST_PORT_RANGE -> {
                Bytes.putU16(data, 0, upTo(5));
                Bytes.putU16(data, 2, oneIn(2) ? 65535 : upTo(8));
            }
            case RuleType.FRAME_SIZE_RANGE -> {
                Bytes.putU16(data, 0, upTo(80));
                Bytes.putU16(data, 2, upTo(200));
            }
            case RuleType.CHARACTERISTICS ->
                Bytes.putU64(data, 0, 1L << (oneIn(2) ? upTo(12) : 59 + upTo(5)) | (oneIn(4) ? 1L << upTo(64) : 0));
            case RuleType.RANDOM -> {
                data[0] = anyByte();
                data[1] = anyByte();
            }
            case RuleType.INTEGER_RANGE -> {
                Bytes.putU64(data, 0, oneIn(2) ? 0 : upTo(256));
                Bytes.putU64(data, 8, oneIn(3) ? -1 : (long) upTo(256) << 8 * upTo(8));
                Bytes.putU16(data, 16, upTo(70));
                data[18] = anyByte();
            }
            default -> {
                if (data.length == 8) {
                    Bytes.putU32(data, 0, 1 + upTo(3));
                    Bytes.putU32(data, 4, tagValue());
                }
            }
        }
        return data;
    }

    private int tagValue() {
        return oneIn(20) ? -upTo(3) : upTo(4);
    }

    private static void clearBehind(byte[] ip, int bits) {
        for (int i = bits; i < 128; i++) {
            ip[i / 8] &= (byte) ~(0x80 >> i % 8);
        }
    }

    private byte[] ipv4() {
        return new byte[] {10, (byte) 147, (byte) (20 + upTo(2)), (byte) (10 * upTo(3))};
    }

    private byte[] ipv6() {
        byte[] ip = new byte[] {(byte) 0xfd, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) (16 * upTo(3))};
        return switch (upTo(6)) {
            case 0 -> sameStart(SIX_PLANE, upTo(8));
            case 1 -> sameStart(RFC4193, upTo(14));
            default -> ip;
        };
    }

    private byte[] sameStart(byte[] derived, int count) {
        byte[] ip = Arrays.copyOf(derived, 16);
        for (int i = count + 4; i < 16; i++) {
            ip[i] = (byte) upTo(4);
        }
        return ip;
    }

    Credentials credentials(boolean self) {
        Credentials all = new Credentials();
        for (int i = upTo(4); i > 0; i--) {
            all.tags.put(1L + upTo(3), tagValue() & 0xffff_ffffL);
        }
        for (int i = upTo(3); i > 0; i--) {
            all.capabilities.put((long) upTo(100) << upTo(26), table(4));
        }
        for (int i = upTo(4); i > 0; i--) {
            all.ips.add(oneIn(2) ? ipv4() : ipv6());
        }
        if (oneIn(4)) {
            all.macs.add(MACS[upTo(MACS.length)]);
        }
        if (self) {
            all.sixPlane = oneIn(4) ? SIX_PLANE : null;
            all.rfc4193 = oneIn(4) ? RFC4193 : null;
            all.unknownMatches = oneIn(2);
        }
        return all;
    }

    Question question(Credentials self, Credentials remote) {
        boolean inbound = oneIn(2);
        long other = inbound || !oneIn(6) ? PEER : 0;
        int ethertype = ETHERTYPES[oneIn(8) ? upTo(4) : upTo(2)];
        return new Question(
                inbound,
                inbound ? other : SELF,
                inbound ? SELF : other,
                MACS[upTo(MACS.length)],
                MACS[upTo(MACS.length)],
                ethertype,
                data(ethertype),
                self,
                other == 0 ? new Credentials() : remote,
                !inbound && oneIn(4),
                FixedChance.VALUE);
    }

    private byte[] data(int ethertype) {
        byte[] data = new byte[oneIn(4) ? upTo(100) : 40 + upTo(60)];
        for (int i = oneIn(4) ? 0 : data.length; i < data.length; i++) {
            data[i] = anyByte();
        }
        switch (ethertype) {
            case 0x0800 -> {
                put(data, 0, (byte) (0x40 | (oneIn(4) ? upTo(16) : 5)), anyByte());
                put(data, 9, protocol());
                put(data, 12, ipv4());
                put(data, 16, ipv4());
                payload(data, 20);
            }
            case 0x86dd -> {
                put(data, 0, (byte) (0x60 | upTo(16)), anyByte());
                put(data, 6, protocol());
                put(data, 8, ipv6());
                put(data, 24, ipv6());
                extensions(data);
            }
            default -> {
                put(data, 14, ipv4());
            }
        }
        return data;
    }

    private void extensions(byte[] data) {
        int at = 40;
        while (oneIn(3) && at + 8 <= data.length) {
            put(data, at, protocol(), (byte) (oneIn(8) ? upTo(256) : upTo(2)));
            at += 8 * (data[at + 1] & 0xff) + 8;
        }
        payload(data, at);
        if (oneIn(4)) {
            put(data, 48, ipv6());
        }
    }

    private void payload(byte[] data, int at) {
        if (oneIn(3)) {
            put(data, at, (byte) new int[] {8, 128, 135, 136}[upTo(4)], (byte) upTo(2));
        } else {
            put(data, at, (byte) 0, (byte) upTo(5), (byte) 0, (byte) upTo(5));
        }
        put(data, at + 12, (byte) (0x50 | upTo(16)), anyByte());
    }

    private byte protocol() {
        return (byte) PROTOCOLS[oneIn(2) ? upTo(PROTOCOLS.length) : upTo(4)];
    }

    private static void put(byte[] data, int at, byte... values) {
        for (int i = 0; i < values.length && at + i < data.length; i++) {
            data[at + i] = values[i];
        }
    }

    static <T> List<T> fill(int count, Supplier<T> one) {
        return Stream.generate(one).limit(count).toList();
    }

    /** The same question for the fast filter, its data somewhere in a slot. */
    static FrameFacts facts(Question asked) {
        byte[] slot = new byte[asked.data().length + 3];
        Arrays.fill(slot, (byte) 0x99);
        System.arraycopy(asked.data(), 0, slot, 3, asked.data().length);
        return new FrameFacts()
                .of(
                        asked.source(),
                        asked.destination(),
                        asked.sourceMac(),
                        asked.destinationMac(),
                        asked.ethertype(),
                        slot,
                        3,
                        asked.data().length);
    }

    static Ruling ask(Filter filter, RuleTable base, Question asked, Party self, Party remote) {
        return asked.inbound()
                ? filter.inbound(base, facts(asked), self, remote)
                : filter.outbound(base, facts(asked), self, remote, asked.noTee());
    }

    static Answer of(Ruling ruling) {
        List<Copy> copies = new ArrayList<>();
        for (int i = 0; i < ruling.copies(); i++) {
            copies.add(new Copy(ruling.copyTo(i), ruling.copyLength(i), ruling.copyFlags(i)));
        }
        return new Answer(ruling.decision(), copies, ruling.qosBucket());
    }
}
