package io.wirecloset.agent.attach;

import io.wirecloset.crds.Wirecloset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names one attachment: a sandbox and the interface in it. Two sandboxes of one pod have nothing in common here, so that
 * the late deletion of the old one never touches the new one.
 */
public record AttachmentKey(String containerId, String ifname) {
    private static final Pattern CONTAINER_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,199}");
    private static final Pattern IFNAME = Pattern.compile("[^/:\\s\\p{Cntrl}]{1,15}");
    private static final String ALIAS_PREFIX = "wirecloset:";
    /** Host ends of pod links begin so; the rest is a hash, since an interface name has 15 bytes. */
    public static final String HOST_LINK_PREFIX = Wirecloset.POD_LINK_PREFIX;

    private static final int HOST_LINK_HASH_DIGITS = 12;

    /** @throws IllegalArgumentException for what CNI does not allow */
    public AttachmentKey {
        if (!CONTAINER_ID.matcher(containerId).matches()) {
            throw new IllegalArgumentException("not a container id: " + containerId);
        }
        if (!IFNAME.matcher(ifname).matches()
                || ifname.equals(".")
                || ifname.equals("..")
                || ifname.getBytes(StandardCharsets.UTF_8).length > 15) {
            throw new IllegalArgumentException("not an interface name: " + ifname);
        }
    }

    /** Reads what {@link #toString} writes. */
    public static AttachmentKey parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("not an attachment: " + text);
        }
        return new AttachmentKey(text.substring(0, at), text.substring(at + 1));
    }

    /** @return the key that {@link #alias} was made from, or null when the alias is not one of ours */
    public static AttachmentKey ofAlias(String alias) {
        try {
            return alias.startsWith(ALIAS_PREFIX) ? parse(alias.substring(ALIAS_PREFIX.length())) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** What the host's end of the pod link carries as its alias: how it is found again without any record. */
    public String alias() {
        return ALIAS_PREFIX + this;
    }

    /** Name of the host's end of the pod link. */
    public String hostLink() {
        return HOST_LINK_PREFIX + HexFormat.of().formatHex(hash()).substring(0, HOST_LINK_HASH_DIGITS);
    }

    /** MAC of the pod's end: unicast, locally administered, the same each time it is asked for. */
    public long podMac() {
        return macFrom(8);
    }

    /** MAC of the host's end. */
    public long hostMac() {
        return macFrom(16);
    }

    private long macFrom(int at) {
        byte[] hash = hash();
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | (hash[at + i] & 0xff);
        }
        return mac & ~(0x03L << 40) | 0x02L << 40;
    }

    private byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** {@code <container id>@<interface>}, also a file name. */
    @Override
    public String toString() {
        return containerId + "@" + ifname;
    }
}
