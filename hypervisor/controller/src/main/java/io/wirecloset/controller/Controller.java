package io.wirecloset.controller;

import io.wirecloset.controller.issue.Addressing;
import io.wirecloset.controller.issue.Admission;
import io.wirecloset.controller.issue.ConfigIssuer;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.ErrorCode;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.ConfigRequests;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A network controller: answers members' requests for configurations, and carries out what its owner wants of networks
 * and members. Driven by the control loop; waits for nothing.
 *
 * <p>Commit, then sign: nothing is signed before what it states is stored. A change is planned on what is stored, sent to
 * the store, and takes effect (in memory, towards members) when the store confirms it; if it does not, it is as if
 * nobody had asked. Requests that change nothing are answered at once, also while the store is away.
 */
public final class Controller implements ConfigRequests {
    private final Identity self;
    private final Store store;
    private final Sender sender;
    private final Listener listener;

    private final Commits commits;
    private final Turns turns;
    private final SigningClock clock;
    private final Herald herald;
    private final RequestGate gate = new RequestGate();
    private final Strangers strangers = new Strangers();
    private final Map<Long, HostedNetwork> networks = new TreeMap<>(Long::compareUnsigned);
    private final Map<MemberKey, Admitting> admitting = new HashMap<>();

    private boolean loaded;
    private long nowMs;
    private long wallAheadMs;
    private long nextClockRetryMs;
    private long nextExpiryMs = Long.MAX_VALUE;

    private record MemberKey(long networkId, long address) {}

    private record Request(long networkId, Identity from, Endpoint path, long packetId, MemberInfo info) {
        /** Not asked for: the controller itself found that the member should have a new configuration. */
        boolean isPush() {
            return packetId == 0;
        }

        MemberKey key() {
            return new MemberKey(networkId, from.address());
        }
    }

    /** @param self with its secret; its address is the first 40 bits of every network id served */
    public Controller(Identity self, Store store, Sender sender, Listener listener, RandomSource random) {
        this.self = self;
        this.store = store;
        this.sender = sender;
        this.listener = listener;
        this.commits = new Commits(store);
        this.turns = new Turns(this::commit);
        this.clock = new SigningClock(this::wallMs, this::commit);
        this.herald = new Herald(networks, clock, new ConfigIssuer(self), sender, random);
    }

    /** Reads the store. Until that is done requests are ignored and changes fail. */
    public void start(long now, long wallMs, Completion ready) {
        tick(now, wallMs);
        store.load(new Store.Loading() {
            @Override
            public void loaded(Store.Contents contents) {
                take(contents);
                ready.done();
            }

            @Override
            public void failed(String why) {
                ready.failed(why);
            }
        });
    }

    private void take(Store.Contents contents) {
        for (Network network : contents.networks()) {
            if (isOurs(network.id())) {
                networks.put(network.id(), new HostedNetwork(network));
            }
        }
        for (Member member : contents.members()) {
            HostedNetwork network = networks.get(member.networkId());
            if (network != null) {
                network.put(member);
            }
        }
        clock.start(contents.reservedUntilMs());
        loaded = true;
    }

    /** Carries out what is due; returns when to be asked next. */
    public long poll(long now, long wallMs) {
        tick(now, wallMs);
        long next = commits.poll(nowMs);
        if (clock.wantsRetry()) {
            if (nowMs >= nextClockRetryMs) {
                nextClockRetryMs = nowMs + Timing.CLOCK_RETRY_MS;
                clock.retry();
            }
            next = Math.min(next, nextClockRetryMs);
        }
        if (nowMs >= nextExpiryMs) {
            expire();
        }
        next = Math.min(next, nextExpiryMs);
        herald.takePushes().forEach(push -> refresh(push.networkId(), push.address()));
        return herald.hasPushes() ? nowMs : next;
    }

    private void expire() {
        nextExpiryMs = Long.MAX_VALUE;
        for (HostedNetwork network : networks.values()) {
            for (long address : network.expire(nowMs)) {
                listener.memberSeen(network.network().id(), address);
            }
            nextExpiryMs = Math.min(nextExpiryMs, network.nextExpiryMs());
        }
    }

    private void tick(long now, long wallMs) {
        nowMs = now;
        wallAheadMs = wallMs - now;
    }

    private long wallMs() {
        return nowMs + wallAheadMs;
    }

    private void commit(Change change, Completion completion) {
        commits.commit(change, completion, nowMs);
    }

    // ---- members ask

    @Override
    public void onConfigRequest(
            long networkId,
            Identity from,
            Endpoint path,
            long requestPacketId,
            Dictionary metadata,
            long haveRevision,
            long haveTimestamp,
            long now) {
        nowMs = now;
        if (!loaded || !isOurs(networkId) || !gate.admits(networkId, from.address(), now)) {
            return;
        }
        if (networks.get(networkId) == null) {
            sender.error(from.address(), requestPacketId, networkId, ErrorCode.OBJECT_NOT_FOUND);
            return;
        }
        answer(new Request(networkId, from, path, requestPacketId, MemberInfo.of(metadata)));
    }

    private void answer(Request request) {
        HostedNetwork network = networks.get(request.networkId());
        Member kept = network.member(request.from().address());
        switch (admit(network, request)) {
            case Admission.Stranger stranger -> refuse(request, true);
            case Admission.Denied denied -> refuse(request, false);
            case Admission.Granted granted -> {
                if (granted.member().sameAs(kept)) {
                    grant(network, request);
                } else {
                    admitInTurn(request);
                }
            }
        }
    }

    /** The decision, with the address that would be assigned. */
    private Admission admit(HostedNetwork network, Request request) {
        long address = request.from().address();
        Member kept = network.member(address);
        if (kept == null && !network.network().spec().isPrivate() && isFull(network)) {
            return new Admission.Denied("the network has as many members as it may take in by itself");
        }
        Admission admission = Admission.decide(network.network(), kept, request.from(), wallMs());
        if (admission instanceof Admission.Granted granted) {
            return new Admission.Granted(
                    Addressing.assign(network.network().spec(), granted.member(), ip -> network.isTaken(ip, address)));
        }
        return admission;
    }

    private static boolean isFull(HostedNetwork network) {
        return network.memberCount() >= Limits.SELF_ADMITTED_MEMBERS;
    }

    private void refuse(Request request, boolean remember) {
        if (request.isPush()) {
            return;
        }
        if (remember) {
            long wall = wallMs();
            listener.strangerAsked(strangers.asked(new Stranger(
                    request.networkId(), request.from().withoutSecret(), request.path(), request.info(), wall, wall)));
        }
        sender.error(
                request.from().address(), request.packetId(), request.networkId(), ErrorCode.NETWORK_ACCESS_DENIED);
    }

    private void grant(HostedNetwork network, Request request) {
        long address = request.from().address();
        if (!request.isPush()) {
            heard(network, request);
        }
        herald.configure(request.networkId(), address, request.packetId(), nowMs);
    }

    private void heard(HostedNetwork network, Request request) {
        long address = request.from().address();
        boolean news = !network.isOnline(address);
        Session session = network.heard(address, nowMs);
        nextExpiryMs = Math.min(nextExpiryMs, nowMs + Timing.ONLINE_MS);
        news |= !request.info().equals(session.info) || !Objects.equals(request.path(), session.path);
        session.lastSeenWallMs = wallMs();
        session.info = request.info();
        session.path = request.path();
        if (news) {
            listener.memberSeen(request.networkId(), address);
        }
    }

    /** Sends a member that is there its configuration as if it had asked, with an address if it can get one now. */
    private void refresh(long networkId, long address) {
        HostedNetwork network = networks.get(networkId);
        Member member = network == null ? null : network.member(address);
        if (member != null && member.authorized() && member.identity() != null && network.isOnline(address)) {
            Session session = network.session(address);
            answer(new Request(networkId, member.identity(), session.path, 0, session.info));
        }
    }

    /** Somebody asks again while it is being admitted: the later request is answered, once. */
    private void admitInTurn(Request request) {
        Admitting already = admitting.get(request.key());
        if (already != null) {
            already.request = request.isPush() ? already.request : request;
            return;
        }
        Admitting turn = new Admitting(request);
        admitting.put(request.key(), turn);
        turns.add(request.networkId(), turn);
    }

    /** Stores what a member's own request changes, then answers it. */
    private final class Admitting implements Turns.Turn {
        private Request request;
        private Member planned;

        Admitting(Request request) {
            this.request = request;
        }

        @Override
        public Change plan() {
            HostedNetwork network = networks.get(request.networkId());
            if (network != null
                    && admit(network, request) instanceof Admission.Granted granted
                    && !granted.member().sameAs(network.member(request.from().address()))) {
                planned = granted.member();
                return new Change.PutMember(planned);
            }
            return null;
        }

        @Override
        public void stored() {
            admitting.remove(request.key());
            HostedNetwork network = networks.get(request.networkId());
            if (network == null) {
                return;
            }
            if (planned != null) {
                network.put(planned);
                strangers.forget(planned.networkId(), planned.address());
                listener.memberChanged(planned);
            }
            answer(request);
        }

        @Override
        public void failed(String why) {
            admitting.remove(request.key());
            HostedNetwork network = networks.get(request.networkId());
            if (network != null && planned != null) {
                network.doubt(planned);
            }
        }
    }

    @Override
    public boolean authorizedRecently(long networkId, long member, long now) {
        HostedNetwork network = networks.get(networkId);
        Session session = network == null ? null : network.session(member);
        return session != null
                && session.configuredMs != 0
                && now - session.configuredMs <= io.wirecloset.vl2.wire.Timing.CONFIGURED_RECENTLY_MS;
    }

    // ---- the owner wants

    /** Makes a network, or changes it; members that are online get the change pushed. */
    public void putNetwork(long networkId, NetworkSpec spec, Completion completion) {
        if (!accepts(networkId, completion)) {
            return;
        }
        turns.add(networkId, new OwnersTurn(completion) {
            private Network planned;

            @Override
            public Change plan() {
                HostedNetwork kept = networks.get(networkId);
                if (kept != null && kept.network().spec().equals(spec)) {
                    return null;
                }
                planned = kept == null
                        ? new Network(networkId, spec, 1, wallMs())
                        : kept.network().with(spec);
                return new Change.PutNetwork(planned);
            }

            @Override
            void apply() {
                if (planned != null) {
                    replace(planned);
                }
            }
        });
    }

    private void replace(Network planned) {
        HostedNetwork kept = networks.get(planned.id());
        if (kept == null) {
            networks.put(planned.id(), new HostedNetwork(planned));
        } else {
            kept.replace(planned);
            kept.online().forEach(address -> herald.push(planned.id(), address));
        }
    }

    /** Ends a network. Its members' certificates are revoked. */
    public void deleteNetwork(long networkId, Completion completion) {
        if (!accepts(networkId, completion)) {
            return;
        }
        turns.add(networkId, new OwnersTurn(completion) {
            @Override
            public Change plan() {
                return networks.containsKey(networkId) ? new Change.DeleteNetwork(networkId) : null;
            }

            @Override
            void apply() {
                HostedNetwork gone = networks.remove(networkId);
                strangers.forgetNetwork(networkId);
                if (gone != null) {
                    List<Long> online = gone.online();
                    gone.members().stream()
                            .filter(Member::authorized)
                            .forEach(member -> herald.revoke(networkId, member.address(), online));
                }
            }
        });
    }

    /**
     * Makes a member, or changes it. Without an identity in the wish, the one that is pinned stays pinned; with another
     * one, the certificate of the one before is revoked. Losing authorization revokes too.
     */
    public void putMember(long networkId, long address, MemberSpec spec, Completion completion) {
        if (spec.identity() != null && spec.identity().address() != address) {
            completion.failed("the identity belongs to another address");
            return;
        }
        change(
                networkId,
                address,
                completion,
                kept -> spec.identity() == null && kept != null ? spec.withIdentity(kept.identity()) : spec);
    }

    /** Admits a member as it is kept, or a stranger, who is pinned by the identity it asked with. */
    public void authorize(long networkId, long address, Completion completion) {
        change(networkId, address, completion, kept -> {
            Stranger stranger = strangers.find(networkId, address);
            if (kept != null) {
                return kept.spec().withAuthorized(true);
            }
            return stranger == null ? MemberSpec.AUTHORIZED : MemberSpec.AUTHORIZED.withIdentity(stranger.identity());
        });
    }

    /** Keeps the member and its addresses, but revokes its certificate and gives it none. */
    public void deauthorize(long networkId, long address, Completion completion) {
        change(
                networkId,
                address,
                completion,
                kept -> kept == null ? null : kept.spec().withAuthorized(false));
    }

    /** What a member should be, given what it is (null for no member); null for no member. */
    private interface Wish {
        MemberSpec given(Member kept);
    }

    private void change(long networkId, long address, Completion completion, Wish wish) {
        if (!accepts(networkId, completion)) {
            return;
        }
        turns.add(networkId, new OwnersTurn(completion) {
            private Member planned;

            @Override
            public Change plan() {
                HostedNetwork network = networks.get(networkId);
                Member kept = network == null ? null : network.member(address);
                MemberSpec spec = network == null ? null : wish.given(kept);
                if (spec == null) {
                    refuse(network == null ? "no such network" : "no such member");
                    return null;
                }
                Member wanted =
                        kept == null ? Member.create(networkId, address, spec, wallMs()) : kept.with(spec, wallMs());
                wanted = Addressing.preferGiven(network.network().spec(), wanted);
                planned = wanted.sameAs(kept) ? null : wanted;
                return planned == null ? null : new Change.PutMember(planned);
            }

            @Override
            void abandon() {
                HostedNetwork network = networks.get(networkId);
                if (network != null && planned != null) {
                    network.doubt(planned);
                }
            }

            @Override
            void apply() {
                if (planned != null) {
                    replace(planned);
                }
            }
        });
    }

    private void replace(Member planned) {
        HostedNetwork network = networks.get(planned.networkId());
        Member before = network.member(planned.address());
        network.put(planned);
        boolean wasSomebodyElse = before != null
                && before.identity() != null
                && !before.identity().equals(planned.identity());
        if (before != null && before.authorized() && (!planned.authorized() || wasSomebodyElse)) {
            herald.revoke(planned.networkId(), planned.address(), network.online());
        }
        if (planned.authorized()) {
            welcome(network, planned);
            herald.push(planned.networkId(), planned.address());
        }
    }

    /** Somebody who was waiting for this gets its configuration pushed instead of having to ask again. */
    private void welcome(HostedNetwork network, Member member) {
        Stranger stranger = strangers.forget(member.networkId(), member.address());
        if (stranger != null
                && stranger.identity().equals(member.identity())
                && wallMs() - stranger.lastAskedMs() < Timing.ONLINE_MS) {
            heard(network, new Request(member.networkId(), stranger.identity(), stranger.path(), 0, stranger.info()));
        }
    }

    /** Forgets a member and what it had, or a stranger; a certificate is revoked. It may ask again, as a stranger. */
    public void deleteMember(long networkId, long address, Completion completion) {
        if (!accepts(networkId, completion)) {
            return;
        }
        turns.add(networkId, new OwnersTurn(completion) {
            @Override
            public Change plan() {
                HostedNetwork network = networks.get(networkId);
                return network == null || network.member(address) == null
                        ? null
                        : new Change.DeleteMember(networkId, address);
            }

            @Override
            void apply() {
                strangers.forget(networkId, address);
                HostedNetwork network = networks.get(networkId);
                Member gone = network == null ? null : network.remove(address);
                if (gone != null) {
                    if (gone.authorized()) {
                        herald.revoke(networkId, address, network.online());
                    }
                    network.forget(address);
                }
            }
        });
    }

    private boolean accepts(long networkId, Completion completion) {
        if (!loaded) {
            completion.failed("the controller has not read its store yet");
        } else if (!isOurs(networkId)) {
            completion.failed("network " + NetworkIds.format(networkId) + " belongs to another controller");
        } else {
            return true;
        }
        return false;
    }

    private boolean isOurs(long networkId) {
        return NetworkIds.controllerOf(networkId) == self.address();
    }

    /** A change somebody asked for and waits to hear of. */
    private abstract static class OwnersTurn implements Turns.Turn {
        private final Completion completion;
        private String refusal;

        OwnersTurn(Completion completion) {
            this.completion = completion;
        }

        /** Called while planning: the answer is no. */
        final void refuse(String why) {
            refusal = why;
        }

        abstract void apply();

        @Override
        public final void stored() {
            if (refusal != null) {
                completion.failed(refusal);
            } else {
                apply();
                completion.done();
            }
        }

        /** The store said no, or nothing. */
        void abandon() {}

        @Override
        public final void failed(String why) {
            abandon();
            completion.failed(why);
        }
    }

    // ---- what there is

    public List<NetworkView> networks() {
        return networks.values().stream()
                .map(network -> network.view(strangers.count(network.network().id())))
                .toList();
    }

    /** @return null if there is no such network */
    public NetworkView network(long networkId) {
        HostedNetwork network = networks.get(networkId);
        return network == null ? null : network.view(strangers.count(networkId));
    }

    /** By ascending address; empty for an unknown network. */
    public List<MemberView> members(long networkId) {
        HostedNetwork network = networks.get(networkId);
        return network == null ? List.of() : network.memberViews();
    }

    /** @return null if there is no such network or member */
    public MemberView member(long networkId, long address) {
        HostedNetwork network = networks.get(networkId);
        return network == null || network.member(address) == null ? null : network.memberView(address);
    }

    /** Those who asked and are not members, the one heard last first. */
    public List<Stranger> strangers(long networkId) {
        return strangers.of(networkId);
    }
}
