package io.wirecloset.controller.model;

import io.wirecloset.vl2.config.DnsSettings;
import io.wirecloset.vl2.config.Route;
import io.wirecloset.vl2.rule.RuleTable;
import io.wirecloset.vl2.wire.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What somebody wants of a network (controller.md 3). Checked when made.
 *
 * @param name at most 127 bytes
 * @param isPrivate whether members must be authorized
 * @param broadcast whether IP broadcast is allowed
 * @param multicastLimit most recipients of one multicast frame; 0 turns multicast off
 * @param mtu brought into 1280 to 10000
 * @param assignV4 whether members get IPv4 addresses from the pools
 * @param assignV6 whether members get IPv6 addresses from the pools
 * @param sixPlane whether every member has its 6PLANE address
 * @param rfc4193 whether every member has its RFC4193 address
 * @param capabilities one per id, ascending
 * @param tags one per id, ascending
 * @param tokens secrets that let in whoever shows one
 * @param remoteTrace for members that have none of their own
 * @param credentialWindowMs how far members' credentials may be apart in time; brought into 300,000 to 7,200,000
 */
public record NetworkSpec(
        String name,
        boolean isPrivate,
        boolean broadcast,
        int multicastLimit,
        int mtu,
        boolean assignV4,
        boolean assignV6,
        boolean sixPlane,
        boolean rfc4193,
        List<Route> routes,
        List<AddressPool> pools,
        RuleTable rules,
        List<CapabilityDefinition> capabilities,
        List<TagDefinition> tags,
        AuthTokens tokens,
        DnsSettings dns,
        RemoteTrace remoteTrace,
        long credentialWindowMs) {

    /** A private network as stock controllers make it: nothing assigned, everything accepted. */
    public static final NetworkSpec DEFAULT = new NetworkSpec(
            "",
            true,
            true,
            32,
            Wire.MTU_DEFAULT,
            false,
            false,
            false,
            false,
            List.of(),
            List.of(),
            RuleTable.ACCEPT,
            List.of(),
            List.of(),
            AuthTokens.NONE,
            DnsSettings.NONE,
            RemoteTrace.NONE,
            Timing.CREDENTIAL_WINDOW_MS);

    /** @throws IllegalArgumentException for what no configuration can carry */
    public NetworkSpec {
        routes = List.copyOf(routes);
        pools = List.copyOf(pools);
        capabilities = byId(capabilities, CapabilityDefinition::id);
        tags = byId(tags, TagDefinition::id);
        mtu = Math.clamp(mtu, Wire.MTU_MIN, Wire.MTU_MAX);
        credentialWindowMs =
                Math.clamp(credentialWindowMs, Timing.CREDENTIAL_WINDOW_MIN_MS, Timing.CREDENTIAL_WINDOW_MAX_MS);
        require(multicastLimit >= 0, "a multicast limit is not negative");
        require(
                name.getBytes(StandardCharsets.UTF_8).length <= io.wirecloset.vl2.wire.Limits.NETWORK_NAME_BYTES,
                "a network's name has at most " + io.wirecloset.vl2.wire.Limits.NETWORK_NAME_BYTES + " bytes");
        require(
                routes.size() <= io.wirecloset.vl2.wire.Limits.ROUTES,
                "a network has at most " + io.wirecloset.vl2.wire.Limits.ROUTES + " routes");
        require(pools.size() <= Limits.POOLS, "a network has at most " + Limits.POOLS + " pools");
        require(
                capabilities.size() <= Limits.CAPABILITY_DEFINITIONS,
                "a network defines at most " + Limits.CAPABILITY_DEFINITIONS + " capabilities");
        require(tags.size() <= Limits.TAG_DEFINITIONS, "a network defines at most " + Limits.TAG_DEFINITIONS + " tags");
    }

    /** One per id, the last one given, ascending. */
    private static <T> List<T> byId(List<T> given, ToLongFunction<T> id) {
        TreeMap<Long, T> byId = new TreeMap<>();
        given.forEach(one -> byId.put(id.applyAsLong(one), one));
        return List.copyOf(byId.values());
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Starts from this one. */
    public Builder with() {
        return new Builder(this);
    }

    public static Builder builder() {
        return DEFAULT.with();
    }

    /** Changes some of it. */
    public static final class Builder {
        private String name;
        private boolean isPrivate;
        private boolean broadcast;
        private int multicastLimit;
        private int mtu;
        private boolean assignV4;
        private boolean assignV6;
        private boolean sixPlane;
        private boolean rfc4193;
        private List<Route> routes;
        private List<AddressPool> pools;
        private RuleTable rules;
        private List<CapabilityDefinition> capabilities;
        private List<TagDefinition> tags;
        private AuthTokens tokens;
        private DnsSettings dns;
        private RemoteTrace remoteTrace;
        private long credentialWindowMs;

        private Builder(NetworkSpec from) {
            name = from.name;
            isPrivate = from.isPrivate;
            broadcast = from.broadcast;
            multicastLimit = from.multicastLimit;
            mtu = from.mtu;
            assignV4 = from.assignV4;
            assignV6 = from.assignV6;
            sixPlane = from.sixPlane;
            rfc4193 = from.rfc4193;
            routes = from.routes;
            pools = from.pools;
            rules = from.rules;
            capabilities = from.capabilities;
            tags = from.tags;
            tokens = from.tokens;
            dns = from.dns;
            remoteTrace = from.remoteTrace;
            credentialWindowMs = from.credentialWindowMs;
        }

        public Builder name(String name) {
            this.name = name;
            return this;
        }

        public Builder isPrivate(boolean isPrivate) {
            this.isPrivate = isPrivate;
            return this;
        }

        public Builder broadcast(boolean broadcast) {
            this.broadcast = broadcast;
            return this;
        }

        public Builder multicastLimit(int limit) {
            this.multicastLimit = limit;
            return this;
        }

        public Builder mtu(int mtu) {
            this.mtu = mtu;
            return this;
        }

        public Builder assignV4(boolean assign) {
            this.assignV4 = assign;
            return this;
        }

        public Builder assignV6(boolean assign) {
            this.assignV6 = assign;
            return this;
        }

        public Builder sixPlane(boolean sixPlane) {
            this.sixPlane = sixPlane;
            return this;
        }

        public Builder rfc4193(boolean rfc4193) {
            this.rfc4193 = rfc4193;
            return this;
        }

        public Builder routes(List<Route> routes) {
            this.routes = routes;
            return this;
        }

        public Builder pools(List<AddressPool> pools) {
            this.pools = pools;
            return this;
        }

        public Builder rules(RuleTable rules) {
            this.rules = rules;
            return this;
        }

        /** Of those with one id the last counts. */
        public Builder capabilities(List<CapabilityDefinition> capabilities) {
            this.capabilities = capabilities;
            return this;
        }

        /** Of those with one id the last counts. */
        public Builder tags(List<TagDefinition> tags) {
            this.tags = tags;
            return this;
        }

        public Builder tokens(AuthTokens tokens) {
            this.tokens = tokens;
            return this;
        }

        public Builder dns(DnsSettings dns) {
            this.dns = dns;
            return this;
        }

        public Builder remoteTrace(RemoteTrace remoteTrace) {
            this.remoteTrace = remoteTrace;
            return this;
        }

        public Builder credentialWindowMs(long windowMs) {
            this.credentialWindowMs = windowMs;
            return this;
        }

        public RemoteTrace remoteTrace() {
            return remoteTrace;
        }

        /** @throws IllegalArgumentException for what no configuration can carry */
        public NetworkSpec build() {
            return new NetworkSpec(
                    name,
                    isPrivate,
                    broadcast,
                    multicastLimit,
                    mtu,
                    assignV4,
                    assignV6,
                    sixPlane,
                    rfc4193,
                    routes,
                    pools,
                    rules,
                    capabilities,
                    tags,
                    tokens,
                    dns,
                    remoteTrace,
                    credentialWindowMs);
        }
    }
}
