package io.wirecloset.operator.network;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 range without host bits.
 *
 * @param first its lowest address as an unsigned 32-bit number
 * @param prefixLength 0 to 32
 */
public record Cidr4(long first, int prefixLength) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    /** @throws IllegalArgumentException saying what is wrong, fit for a condition's message */
    public static Cidr4 parse(String text) {
        Matcher m = TEXT.matcher(text == null ? "" : text);
        if (!m.matches() || Integer.parseInt(m.group(5)) > 32) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IPv4 range like 10.80.0.0/16");
        }
        long address = 0;
        for (int i = 1; i <= 4; i++) {
            int octet = Integer.parseInt(m.group(i));
            if (octet > 255 || !m.group(i).equals(Integer.toString(octet))) {
                throw new IllegalArgumentException("\"" + text + "\" is not an IPv4 range like 10.80.0.0/16");
            }
            address = address << 8 | octet;
        }
        Cidr4 range = new Cidr4(address, Integer.parseInt(m.group(5)));
        if (address % range.size() != 0) {
            Cidr4 meant = new Cidr4(address - address % range.size(), range.prefixLength);
            throw new IllegalArgumentException("\"" + text + "\" has host bits; the range is " + meant);
        }
        return range;
    }

    /** How many addresses. */
    public long size() {
        return 1L << (32 - prefixLength);
    }

    public long last() {
        return first + size() - 1;
    }

    public boolean contains(Cidr4 other) {
        return first <= other.first && other.last() <= last();
    }

    public boolean contains(long address) {
        return first <= address && address <= last();
    }

    public boolean overlaps(Cidr4 other) {
        return first <= other.last() && other.first <= last();
    }

    /** How many ranges of the given prefix length fit; 0 when it is shorter than this one's. */
    public long count(int blockPrefixLength) {
        return blockPrefixLength < prefixLength ? 0 : 1L << (blockPrefixLength - prefixLength);
    }

    /** The n-th range of the given prefix length inside. */
    public Cidr4 block(int blockPrefixLength, long n) {
        return new Cidr4(first + (n << (32 - blockPrefixLength)), blockPrefixLength);
    }

    public static String format(long address) {
        return (address >>> 24 & 0xff) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "."
                + (address & 0xff);
    }

    @Override
    public String toString() {
        return format(first) + "/" + prefixLength;
    }
}
