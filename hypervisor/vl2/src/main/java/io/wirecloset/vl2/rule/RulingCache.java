package io.wirecloset.vl2.rule;

import io.wirecloset.vl2.wire.Limits;

/**
 * Remembers rulings, so that a long table is walked once per flow and not once per frame. Exact: the key is every fact
 * that the tables asked look at ({@link Reads}), and nothing else. A table, or what counts of a node's credentials, is
 * another object after a change, and what was ruled on the old one is not found again.
 *
 * <pre>one slot, 16 longs:  0      decision, number of copies, their flags, bucket; 0 = empty
 *                     1..11  key, as many words as these tables need
 *                     12     what the copies are cut to
 *                     13..15 where they go
 * beside it, 3 references: base table, ourselves, the other node</pre>
 */
final class RulingCache {
    /** A power of two. */
    private static final int SLOTS = Limits.REMEMBERED_RULINGS;

    private static final int WAYS = 4;
    private static final int STRIDE = 16;
    private static final int KEY = 1;
    private static final int LIMITS = 12;
    private static final int TARGETS = 13;
    private static final int OWNERS = 3;
    private static final int MOST_BYTES = 0xffff;
    private static final Decision[] DECISIONS = Decision.values();

    /** Made when first needed: many networks have short tables. */
    private long[] slots;

    private Object[] owners;
    private long hits;

    // the question, until it is kept
    private final long[] key = new long[LIMITS - KEY];
    private int words;
    private int first;
    private RuleTable base;
    private Party self;
    private Party remote;

    /** Whether frames of a flow are all alike to these tables. */
    static boolean canAnswer(RuleTable base, Party sender, FrameFacts frame) {
        return ((base.program().reads() | sender.capabilityReads()) & Reads.ANYTHING) == 0
                && frame.length <= MOST_BYTES;
    }

    /** @return whether a ruling on all these facts is known; then it is in {@code into} */
    boolean find(
            boolean inbound, boolean noTee, RuleTable table, FrameFacts frame, Party own, Party other, Ruling into) {
        if (slots == null) {
            slots = new long[SLOTS * STRIDE];
            owners = new Object[SLOTS * OWNERS];
        }
        base = table;
        self = own;
        remote = other;
        layKey(inbound, noTee, frame);
        for (int way = 0; way < WAYS; way++) {
            int slot = first + way & SLOTS - 1;
            if (isAt(slot)) {
                hits++;
                read(slot, frame, into);
                return true;
            }
        }
        return false;
    }

    /** Keeps the ruling on what was last looked for and not found; an older one makes room. */
    void keep(Ruling ruling) {
        int slot = first;
        for (int way = 0; way < WAYS; way++) {
            int candidate = first + way & SLOTS - 1;
            if (slots[candidate * STRIDE] == 0) {
                slot = candidate;
                break;
            }
        }
        write(slot, ruling);
    }

    /** How many questions were answered from memory. */
    long hits() {
        return hits;
    }

    private void layKey(boolean inbound, boolean noTee, FrameFacts frame) {
        Party sender = inbound ? remote : self;
        int reads = base.program().reads() | sender.capabilityReads();
        long asked = base.program().characteristics() | sender.capabilityCharacteristics();
        words = 1;
        key[0] = head(inbound, noTee, frame, reads, asked);
        if ((asked & Reads.SENDER_IP_OWNED) != 0) {
            add(frame.claimedIpHigh());
            add(frame.claimedIpLow());
        }
        if ((reads & (Reads.SOURCE_PORT | Reads.DESTINATION_PORT | Reads.ICMP)) != 0) {
            add(transport(frame, reads));
        }
        if ((reads & Reads.SOURCE_IP) != 0) {
            add(frame.sourceIpHigh());
            add(frame.sourceIpLow());
        }
        if ((reads & Reads.DESTINATION_IP) != 0) {
            add(frame.destinationIpHigh());
            add(frame.destinationIpLow());
        }
        long sourceMac = (reads & Reads.SOURCE_MAC) != 0 || (asked & Reads.SENDER_MAC_OWNED) != 0 ? frame.sourceMac : 0;
        long length = (reads & Reads.LENGTH) != 0 ? frame.length : 0;
        add(sourceMac | length << 48);
        // two node addresses of 40 bits and a MAC of 48, in two words
        boolean addresses = (reads & Reads.ADDRESSES) != 0;
        long destinationMac = (reads & Reads.DESTINATION_MAC) != 0 ? frame.destinationMac : 0;
        add(destinationMac | (addresses ? frame.destination >>> 24 << 48 : 0));
        if (addresses) {
            add(frame.source | frame.destination << 40);
        }
        first = hash();
    }

    /** What is short: bits 0 to 15 ethertype, 16 to 19 kind, 20 to 31 TCP flags, and so on. */
    private static long head(boolean inbound, boolean noTee, FrameFacts frame, int reads, long asked) {
        long head = frame.ethertype
                | (frame.isIpv4() ? 1L << 16 : 0)
                | (frame.isIpv6() ? 1L << 17 : 0)
                | (inbound ? 1L << 18 : 0)
                | (noTee ? 1L << 19 : 0)
                | (frame.tcpFlags() & asked & Reads.TCP_FLAGS) << 20;
        if ((reads & Reads.PROTOCOL) != 0) {
            head |= (frame.protocol() + 2L) << 32;
        }
        if ((reads & Reads.TRAFFIC_CLASS) != 0) {
            head |= (frame.trafficClass() + 2L) << 41;
        }
        if ((asked & (Reads.MULTICAST | Reads.BROADCAST)) != 0) {
            head |= frame.isMulticast() ? 1L << 50 : 0;
            head |= frame.isBroadcast() ? 1L << 51 : 0;
        }
        if ((asked & Reads.SENDER_IP_OWNED) != 0) {
            head |= (long) frame.claim() << 52;
        }
        return head;
    }

    private static long transport(FrameFacts frame, int reads) {
        long word = 0;
        if ((reads & Reads.SOURCE_PORT) != 0) {
            word |= frame.sourcePort() + 2L;
        }
        if ((reads & Reads.DESTINATION_PORT) != 0) {
            word |= (frame.destinationPort() + 2L) << 17;
        }
        if ((reads & Reads.ICMP) != 0) {
            word |= (frame.icmpType() + 2L) << 34;
            word |= (frame.icmpCode() + 2L) << 43;
        }
        return word;
    }

    private void add(long word) {
        key[words++] = word;
    }

    private int hash() {
        long hash = System.identityHashCode(remote);
        for (int i = 0; i < words; i++) {
            hash = (hash ^ key[i]) * 0x9e37_79b9_7f4a_7c15L;
            hash ^= hash >>> 32;
        }
        return (int) hash & SLOTS - 1;
    }

    private boolean isAt(int slot) {
        int at = slot * STRIDE;
        int owner = slot * OWNERS;
        if (slots[at] == 0 || owners[owner] != base || owners[owner + 1] != self || owners[owner + 2] != remote) {
            return false;
        }
        for (int i = 0; i < words; i++) {
            if (slots[at + KEY + i] != key[i]) {
                return false;
            }
        }
        return true;
    }

    private void write(int slot, Ruling ruling) {
        int at = slot * STRIDE;
        System.arraycopy(key, 0, slots, at + KEY, words);
        int owner = slot * OWNERS;
        owners[owner] = base;
        owners[owner + 1] = self;
        owners[owner + 2] = remote;
        long answer = 1L + ruling.decision().ordinal() | (long) ruling.copies() << 4 | (long) ruling.qosBucket() << 8;
        long limits = 0;
        for (int i = 0; i < ruling.copies(); i++) {
            answer |= (long) ruling.copyFlags(i) << 16 + 8 * i;
            limits |= (long) ruling.copyLimit(i) << 16 * i;
            slots[at + TARGETS + i] = ruling.copyTo(i);
        }
        slots[at] = answer;
        slots[at + LIMITS] = limits;
    }

    private void read(int slot, FrameFacts frame, Ruling into) {
        int at = slot * STRIDE;
        long answer = slots[at];
        long limits = slots[at + LIMITS];
        into.clear();
        into.decide(DECISIONS[(int) (answer & 0x0f) - 1]);
        into.qosBucket((int) (answer >>> 8) & 0xff);
        int copies = (int) (answer >>> 4) & 0x0f;
        for (int i = 0; i < copies; i++) {
            into.addCopy(
                    slots[at + TARGETS + i],
                    (int) (limits >>> 16 * i) & 0xffff,
                    frame.length,
                    (int) (answer >>> 16 + 8 * i) & 0xff);
        }
    }
}
