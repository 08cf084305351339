package io.wirecloset.vl2.rule;

import io.wirecloset.vl2.ethernet.Bytes;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One of the two nodes between which a frame goes, as rules see it (rules.md 3): what counts now of its tags,
 * capabilities and certificates of ownership. Which credentials count (vl2.md 7.3) is settled by whoever builds it, anew
 * for each change; so the same instance means that nothing changed. Immutable.
 */
public final class Party {
    /** A node of which nothing is held. */
    public static final Party NONE = builder().build();

    private static final int IPV6_LENGTH = 16;

    // ascending
    private final int[] tagIds;
    private final int[] tagValues;
    private final RuleTable[] capabilities;
    private final int capabilityReads;
    private final long capabilityCharacteristics;
    private final int capabilityEntries;
    private final int[] ipv4;
    private final long[] macs;
    // pairs: high and low half
    private final long[] ipv6;

    // what only our own configuration says
    private final long[] emulated;
    private final boolean unknownMatches;

    private Party(Builder b) {
        tagIds = new int[b.tags.size()];
        tagValues = new int[b.tags.size()];
        int i = 0;
        for (Map.Entry<Integer, Integer> tag : b.tags.entrySet()) {
            tagIds[i] = tag.getKey();
            tagValues[i++] = tag.getValue();
        }
        capabilities = b.capabilities.values().toArray(new RuleTable[0]);
        int reads = 0;
        long characteristics = 0;
        int entries = 0;
        for (RuleTable capability : capabilities) {
            reads |= capability.program().reads();
            characteristics |= capability.program().characteristics();
            entries += capability.size();
        }
        capabilityReads = reads;
        capabilityCharacteristics = characteristics;
        capabilityEntries = entries;
        ipv4 = b.ipv4.stream().mapToInt(Integer::intValue).toArray();
        macs = b.macs.stream().mapToLong(Long::longValue).toArray();
        ipv6 = b.ipv6;
        emulated = b.emulated;
        unknownMatches = b.unknownMatches;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** @return an index for {@link #tagValue}, negative if this node has no such tag */
    int findTag(int id) {
        return Arrays.binarySearch(tagIds, id);
    }

    int tagValue(int index) {
        return tagValues[index];
    }

    int capabilityCount() {
        return capabilities.length;
    }

    /** The {@code i}th in ascending order of their ids. */
    RuleTable capability(int i) {
        return capabilities[i];
    }

    /** What of a frame any of its capabilities can depend on. */
    int capabilityReads() {
        return capabilityReads;
    }

    long capabilityCharacteristics() {
        return capabilityCharacteristics;
    }

    int capabilityEntries() {
        return capabilityEntries;
    }

    boolean owns(int ip) {
        return Arrays.binarySearch(ipv4, ip) >= 0;
    }

    boolean owns(long high, long low) {
        for (int i = 0; i < ipv6.length; i += 2) {
            if (ipv6[i] == high && ipv6[i + 1] == low) {
                return true;
            }
        }
        return false;
    }

    boolean ownsMac(long mac) {
        return Arrays.binarySearch(macs, mac) >= 0;
    }

    /** Whether the address tells by itself which member it belongs to, so that no certificate is asked for. */
    boolean emulates(long high, long low) {
        for (int i = 0; i < emulated.length; i += 4) {
            if ((high & emulated[i + 2]) == emulated[i] && (low & emulated[i + 3]) == emulated[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** What a match of a type that nobody here knows is worth. */
    boolean unknownMatches() {
        return unknownMatches;
    }

    /** Takes the values one by one; of several with the same id the first counts. */
    public static final class Builder {
        private final Map<Integer, Integer> tags = new TreeMap<>();
        private final Map<Long, RuleTable> capabilities = new TreeMap<>();
        private final TreeSet<Integer> ipv4 = new TreeSet<>();
        private final TreeSet<Long> macs = new TreeSet<>();
        private long[] ipv6 = {};
        private long[] emulated = {};
        private boolean unknownMatches;

        private Builder() {}

        /** @param id and value unsigned 32 bits */
        public Builder tag(long id, long value) {
            tags.putIfAbsent((int) id, (int) value);
            return this;
        }

        /** @param id unsigned 32 bits */
        public Builder capability(long id, RuleTable rules) {
            capabilities.putIfAbsent(id & 0xffff_ffffL, rules);
            return this;
        }

        /**
         * An address of a certificate of ownership.
         *
         * @param ip 4 or 16 bytes
         */
        public Builder owns(byte[] ip) {
            if (ip.length == IPV6_LENGTH) {
                ipv6 = append(ipv6, Bytes.u64(ip, 0), Bytes.u64(ip, 8));
            } else {
                ipv4.add(Bytes.u32(ip, 0));
            }
            return this;
        }

        /** A MAC of a certificate of ownership. */
        public Builder ownsMac(long mac) {
            macs.add(mac);
            return this;
        }

        /**
         * For ourselves, with NDP emulation on: senders in the range of this derived address of ours count as owning
         * theirs (rules.md 5.1).
         *
         * @param ip our own 6PLANE or RFC 4193 address, 16 bytes, that the configuration assigns to us
         * @param prefixBytes 5 or 11 of them are the same for all members
         */
        public Builder emulates(byte[] ip, int prefixBytes) {
            long highMask = prefixBytes >= 8 ? -1 : -1L << 8 * (8 - prefixBytes);
            long lowMask = prefixBytes <= 8 ? 0 : -1L << 8 * (16 - prefixBytes);
            emulated = append(emulated, Bytes.u64(ip, 0) & highMask, Bytes.u64(ip, 8) & lowMask, highMask, lowMask);
            return this;
        }

        /** For ourselves: the configuration's word on matches of unknown types. */
        public Builder unknownMatches(boolean matches) {
            unknownMatches = matches;
            return this;
        }

        public Party build() {
            return new Party(this);
        }

        private static long[] append(long[] values, long... more) {
            long[] all = Arrays.copyOf(values, values.length + more.length);
            System.arraycopy(more, 0, all, values.length, more.length);
            return all;
        }
    }
}
