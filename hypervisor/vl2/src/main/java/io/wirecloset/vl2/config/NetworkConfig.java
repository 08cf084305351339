package io.wirecloset.vl2.config;

import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.InetCidr;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl2.credential.Capability;
import io.wirecloset.vl2.credential.CertificateOfMembership;
import io.wirecloset.vl2.credential.CertificateOfOwnership;
import io.wirecloset.vl2.credential.Tag;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Limits;
import io.wirecloset.vl2.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What a controller tells one member about one network (vl2.md 5): its settings, addresses, rules and credentials.
 * Immutable; made by {@link #builder} or read from the dictionary that travels, which {@link #toDictionary} writes byte
 * for byte as stock controllers do.
 */
public final class NetworkConfig {
    public static final long FLAG_BROADCAST = 0x02;
    public static final long FLAG_NDP_EMULATION = 0x04;
    public static final long FLAG_UNKNOWN_MATCHES_ARE_TRUE = 0x08;
    public static final long FLAG_DO_NOT_COMPRESS_MULTICAST = 0x10;

    /** Roles of specialists, above the 40-bit address. */
    public static final long ROLE_ACTIVE_BRIDGE = 0x0000_0200_0000_0000L;

    public static final long ROLE_ANCHOR = 0x0000_0400_0000_0000L;
    public static final long ROLE_MULTICAST_REPLICATOR = 0x0000_0800_0000_0000L;

    private final long networkId;
    private final long timestamp;
    private final long credentialWindowMs;
    private final long revision;
    private final long issuedTo;
    private final long remoteTraceTarget;
    private final long remoteTraceLevel;
    private final long flags;
    private final long multicastLimit;
    private final boolean isPublic;
    private final String name;
    private final int mtu;
    private final CertificateOfMembership membership;
    private final List<Capability> capabilities;
    private final List<Tag> tags;
    private final List<CertificateOfOwnership> ownerships;
    private final long[] specialists;
    private final List<Route> routes;
    private final List<InetCidr> staticAddresses;
    private final RuleTable rules;
    private final DnsSettings dns;
    private final SsoSettings sso;

    private NetworkConfig(Builder from) {
        networkId = from.networkId;
        timestamp = from.timestamp;
        credentialWindowMs = from.credentialWindowMs;
        revision = from.revision;
        issuedTo = from.issuedTo;
        remoteTraceTarget = from.remoteTraceTarget;
        remoteTraceLevel = from.remoteTraceLevel;
        flags = from.flags;
        multicastLimit = from.multicastLimit;
        isPublic = from.isPublic;
        name = from.name;
        mtu = from.mtu;
        membership = from.membership;
        capabilities = atMost(Limits.CAPABILITIES, from.capabilities, "capabilities");
        tags = atMost(Limits.TAGS, from.tags, "tags");
        ownerships = atMost(Limits.OWNERSHIPS, from.ownerships, "certificates of ownership");
        specialists = from.specialists.clone();
        routes = atMost(Limits.ROUTES, from.routes, "routes");
        staticAddresses = atMost(Limits.STATIC_ADDRESSES, from.staticAddresses, "static addresses");
        rules = from.rules;
        dns = from.dns;
        sso = from.sso;
        if (specialists.length > Limits.SPECIALISTS) {
            throw new IllegalArgumentException("more than " + Limits.SPECIALISTS + " specialists");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > Limits.NETWORK_NAME_BYTES) {
            throw new IllegalArgumentException("a network's name has at most " + Limits.NETWORK_NAME_BYTES + " bytes");
        }
    }

    private static <T> List<T> atMost(int limit, List<T> list, String what) {
        if (list.size() > limit) {
            throw new IllegalArgumentException("more than " + limit + " " + what);
        }
        return List.copyOf(list);
    }

    /**
     * Reads what a member received.
     *
     * @throws MalformedException if it cannot be used as a whole; a broken tag or capability only ends the list it is in
     */
    public static NetworkConfig read(Dictionary from) {
        return ConfigReader.read(from);
    }

    /** Reads the bytes of a dictionary. @throws MalformedException as above, or if there are too many */
    public static NetworkConfig read(byte[] dictionary) {
        if (dictionary.length >= Limits.CONFIG_BYTES) {
            throw new MalformedException("configuration too long");
        }
        return read(Dictionary.read(dictionary));
    }

    /** @throws IllegalStateException if it would be longer than readers take */
    public Dictionary toDictionary() {
        return ConfigWriter.write(this);
    }

    public byte[] toBytes() {
        return toDictionary().toBytes();
    }

    public static Builder builder(long networkId, long issuedTo) {
        return new Builder(networkId, issuedTo);
    }

    public long networkId() {
        return networkId;
    }

    /** Milliseconds of the controller's clock. */
    public long timestamp() {
        return timestamp;
    }

    /** How far the timestamps of tags, capabilities and ownerships may be from {@link #timestamp}. */
    public long credentialWindowMs() {
        return credentialWindowMs;
    }

    public long revision() {
        return revision;
    }

    /** The member this is for. */
    public long issuedTo() {
        return issuedTo;
    }

    /** 0 for none. */
    public long remoteTraceTarget() {
        return remoteTraceTarget;
    }

    public long remoteTraceLevel() {
        return remoteTraceLevel;
    }

    public long flags() {
        return flags;
    }

    public boolean broadcastEnabled() {
        return (flags & FLAG_BROADCAST) != 0;
    }

    public boolean ndpEmulation() {
        return (flags & FLAG_NDP_EMULATION) != 0;
    }

    public boolean compressMulticast() {
        return (flags & FLAG_DO_NOT_COMPRESS_MULTICAST) == 0;
    }

    /** Most recipients of one multicast frame, unsigned; 0 turns multicast off. */
    public long multicastLimit() {
        return multicastLimit;
    }

    /** Whether members need no certificate. */
    public boolean isPublic() {
        return isPublic;
    }

    public String name() {
        return name;
    }

    /** 1280 to 10000. */
    public int mtu() {
        return mtu;
    }

    /** Our own certificate, or null. */
    public CertificateOfMembership membership() {
        return membership;
    }

    /** As given; by ascending id when it was read. */
    public List<Capability> capabilities() {
        return capabilities;
    }

    /** As given; by ascending id when it was read. */
    public List<Tag> tags() {
        return tags;
    }

    public List<CertificateOfOwnership> ownerships() {
        return ownerships;
    }

    /** Addresses with their roles above them, a copy. */
    public long[] specialists() {
        return specialists.clone();
    }

    public boolean isActiveBridge(long address) {
        return hasRole(address, ROLE_ACTIVE_BRIDGE);
    }

    public boolean hasRole(long address, long role) {
        for (long specialist : specialists) {
            if ((specialist & Wire.ADDRESS_MASK) == address && (specialist & role) != 0) {
                return true;
            }
        }
        return false;
    }

    /** The addresses with this role, in the order given. */
    public long[] withRole(long role) {
        return Arrays.stream(specialists)
                .filter(s -> (s & role) != 0)
                .map(s -> s & Wire.ADDRESS_MASK)
                .toArray();
    }

    public List<Route> routes() {
        return routes;
    }

    /** The member's own addresses, each with the prefix length of its subnet. */
    public List<InetCidr> staticAddresses() {
        return staticAddresses;
    }

    public RuleTable rules() {
        return rules;
    }

    public DnsSettings dns() {
        return dns;
    }

    public SsoSettings sso() {
        return sso;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof NetworkConfig other
                && networkId == other.networkId
                && timestamp == other.timestamp
                && credentialWindowMs == other.credentialWindowMs
                && revision == other.revision
                && issuedTo == other.issuedTo
                && remoteTraceTarget == other.remoteTraceTarget
                && remoteTraceLevel == other.remoteTraceLevel
                && flags == other.flags
                && multicastLimit == other.multicastLimit
                && isPublic == other.isPublic
                && mtu == other.mtu
                && name.equals(other.name)
                && Objects.equals(membership, other.membership)
                && capabilities.equals(other.capabilities)
                && tags.equals(other.tags)
                && ownerships.equals(other.ownerships)
                && Arrays.equals(specialists, other.specialists)
                && routes.equals(other.routes)
                && staticAddresses.equals(other.staticAddresses)
                && rules.equals(other.rules)
                && dns.equals(other.dns)
                && sso.equals(other.sso);
    }

    @Override
    public int hashCode() {
        return Objects.hash(networkId, timestamp, issuedTo);
    }

    /** Begins with what a reader assumes when keys are missing, and lists that are empty. */
    public static final class Builder {
        private final long networkId;
        private final long issuedTo;
        private long timestamp;
        private long credentialWindowMs;
        private long revision;
        private long remoteTraceTarget;
        private long remoteTraceLevel;
        private long flags;
        private long multicastLimit;
        private boolean isPublic;
        private String name = "";
        private int mtu = Wire.MTU_DEFAULT;
        private CertificateOfMembership membership;
        private List<Capability> capabilities = List.of();
        private List<Tag> tags = List.of();
        private List<CertificateOfOwnership> ownerships = List.of();
        private long[] specialists = {};
        private List<Route> routes = List.of();
        private List<InetCidr> staticAddresses = List.of();
        private RuleTable rules = RuleTable.EMPTY;
        private DnsSettings dns = DnsSettings.NONE;
        private SsoSettings sso = SsoSettings.DISABLED;

        private Builder(long networkId, long issuedTo) {
            this.networkId = networkId;
            this.issuedTo = issuedTo & Wire.ADDRESS_MASK;
        }

        public Builder timestamp(long timestamp) {
            this.timestamp = timestamp;
            return this;
        }

        public Builder credentialWindowMs(long windowMs) {
            this.credentialWindowMs = windowMs;
            return this;
        }

        public Builder revision(long revision) {
            this.revision = revision;
            return this;
        }

        public Builder remoteTrace(long target, long level) {
            this.remoteTraceTarget = target & Wire.ADDRESS_MASK;
            this.remoteTraceLevel = level;
            return this;
        }

        public Builder flags(long flags) {
            this.flags = flags;
            return this;
        }

        public Builder multicastLimit(long limit) {
            this.multicastLimit = limit;
            return this;
        }

        public Builder isPublic(boolean isPublic) {
            this.isPublic = isPublic;
            return this;
        }

        /** At most 127 bytes. */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /** Brought into 1280 to 10000. */
        public Builder mtu(long mtu) {
            this.mtu = Math.clamp(mtu, Wire.MTU_MIN, Wire.MTU_MAX);
            return this;
        }

        public Builder membership(CertificateOfMembership membership) {
            this.membership = membership;
            return this;
        }

        public Builder capabilities(List<Capability> capabilities) {
            this.capabilities = capabilities;
            return this;
        }

        public Builder tags(List<Tag> tags) {
            this.tags = tags;
            return this;
        }

        public Builder ownerships(List<CertificateOfOwnership> ownerships) {
            this.ownerships = ownerships;
            return this;
        }

        /** Addresses with their roles above them. */
        public Builder specialists(long... specialists) {
            this.specialists = specialists;
            return this;
        }

        public Builder routes(List<Route> routes) {
            this.routes = routes;
            return this;
        }

        public Builder staticAddresses(List<InetCidr> staticAddresses) {
            this.staticAddresses = staticAddresses;
            return this;
        }

        public Builder rules(RuleTable rules) {
            this.rules = rules;
            return this;
        }

        public Builder dns(DnsSettings dns) {
            this.dns = dns;
            return this;
        }

        public Builder sso(SsoSettings sso) {
            this.sso = sso;
            return this;
        }

        /** @throws IllegalArgumentException if something is longer than readers take */
        public NetworkConfig build() {
            return new NetworkConfig(this);
        }
    }
}
