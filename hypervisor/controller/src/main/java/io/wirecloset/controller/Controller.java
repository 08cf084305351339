package io.wirecloset.controller;

import io.wirecloset.controller.issue.ConfigIssuer;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.ConfigRequests;
import io.wirecloset.vl2.config.ConfigRequest;
import java.util.List;

/**
 * A network controller: answers members' requests for configurations, and carries out what its owner wants of networks
 * and members. Driven by the control loop; waits for nothing.
 *
 * <p>Commit, then sign: nothing is signed before what it states is stored. A change is planned on what is stored, sent to
 * the store, and takes effect (in memory, towards members) when the store confirms it; if it does not, it is as if
 * nobody had asked. Requests that change nothing are answered at once, also while the store is away.
 */
public final class Controller implements ConfigRequests {
    private final Store store;

    private final Hosting hosting;
    private final Commits commits;
    private final SigningClock clock;
    private final Herald herald;
    private final Requests requests;
    private final Wishes wishes;

    private boolean loaded;
    private long nextClockRetryMs;

    /** @param self with its secret; its address is the first 40 bits of every network id served */
    public Controller(Identity self, Store store, Sender sender, Listener listener, RandomSource random) {
        this(self, store, sender, listener, random, Mandate.ALWAYS);
    }

    /** @param mandate without which nothing is signed or sent */
    public Controller(
            Identity self, Store store, Sender wire, Listener listener, RandomSource random, Mandate mandate) {
        Sender sender = new MandatedSender(wire, mandate);
        this.store = store;
        this.hosting = new Hosting(self.address(), listener);
        this.commits = new Commits(store);
        this.clock = new SigningClock(hosting::wallMs, this::commit, mandate);
        this.herald = new Herald(hosting, clock, new ConfigIssuer(self), sender, random);
        Turns turns = new Turns(this::commit);
        this.requests = new Requests(hosting, turns, herald, sender, listener, random);
        this.wishes = new Wishes(hosting, turns, herald);
    }

    /** Reads the store. Until that is done requests are ignored and changes fail. */
    public void start(long now, long wallMs, Completion ready) {
        hosting.tick(now, wallMs);
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
            if (hosting.isOurs(network.id())) {
                hosting.add(new HostedNetwork(network));
            }
        }
        for (Member member : contents.members()) {
            HostedNetwork network = hosting.network(member.networkId());
            if (network != null) {
                network.put(member);
            }
        }
        clock.start(contents.reservedUntilMs());
        loaded = true;
    }

    /** Carries out what is due; returns when to be asked next. */
    public long poll(long now, long wallMs) {
        hosting.tick(now, wallMs);
        long next = Math.min(commits.poll(now), hosting.expire());
        if (clock.wantsRetry()) {
            if (now >= nextClockRetryMs) {
                nextClockRetryMs = now + Timing.CLOCK_RETRY_MS;
                clock.retry();
            }
            next = Math.min(next, nextClockRetryMs);
        }
        if (clock.isDue()) {
            clock.drain();
        }
        herald.turn();
        for (Herald.Push push = herald.nextPush(); push != null; push = herald.nextPush()) {
            requests.refresh(push.networkId(), push.address());
        }
        return herald.hasPushes() || clock.isDue() ? now : next;
    }

    private void commit(Change change, Completion completion) {
        commits.commit(change, completion, hosting.nowMs());
    }

    // ---- members ask

    @Override
    public void onConfigRequest(ConfigRequest request, Identity from, Endpoint path, long packetId, long now) {
        hosting.tick(now);
        if (loaded) {
            requests.onRequest(Request.of(request, from, path, packetId));
        }
    }

    @Override
    public boolean authorizedRecently(long networkId, long member, long now) {
        HostedNetwork network = hosting.network(networkId);
        Session session = network == null ? null : network.session(member);
        return session != null
                && session.configuredMs != 0
                && now - session.configuredMs <= io.wirecloset.vl2.wire.Timing.CONFIGURED_RECENTLY_MS;
    }

    // ---- the owner wants

    /** Makes a network, or changes it; members that are online get the change pushed. */
    public void putNetwork(long networkId, NetworkSpec spec, Completion completion) {
        if (accepts(networkId, completion)) {
            wishes.putNetwork(networkId, spec, completion);
        }
    }

    /** Ends a network. Its members' certificates are revoked. */
    public void deleteNetwork(long networkId, Completion completion) {
        if (accepts(networkId, completion)) {
            wishes.deleteNetwork(networkId, completion);
        }
    }

    /**
     * Makes a member, or changes it. Without an identity in the wish, the one that is pinned stays pinned; with another
     * one, the certificate of the one before is revoked. Losing authorization revokes too.
     */
    public void putMember(long networkId, long address, MemberSpec spec, Completion completion) {
        if (accepts(networkId, completion)) {
            wishes.putMember(networkId, address, spec, completion);
        }
    }

    /** Admits a member as it is kept, or a stranger, who is pinned by the identity it asked with. */
    public void authorize(long networkId, long address, Completion completion) {
        if (accepts(networkId, completion)) {
            wishes.authorize(networkId, address, completion);
        }
    }

    /** Keeps the member and its addresses, but revokes its certificate and gives it none. */
    public void deauthorize(long networkId, long address, Completion completion) {
        if (accepts(networkId, completion)) {
            wishes.change(
                    networkId,
                    address,
                    completion,
                    kept -> kept == null ? null : kept.spec().withAuthorized(false));
        }
    }

    /** Forgets a member and what it had, or a stranger; a certificate is revoked. It may ask again, as a stranger. */
    public void deleteMember(long networkId, long address, Completion completion) {
        if (accepts(networkId, completion)) {
            wishes.deleteMember(networkId, address, completion);
        }
    }

    private boolean accepts(long networkId, Completion completion) {
        if (!loaded) {
            completion.failed("the controller has not read its store yet");
        } else if (!hosting.isOurs(networkId)) {
            completion.failed("network " + NetworkIds.format(networkId) + " belongs to another controller");
        } else {
            return true;
        }
        return false;
    }

    // ---- what there is

    public List<NetworkView> networks() {
        return hosting.networks().stream()
                .map(network ->
                        network.view(hosting.strangers.count(network.network().id())))
                .toList();
    }

    /** @return null if there is no such network */
    public NetworkView network(long networkId) {
        HostedNetwork network = hosting.network(networkId);
        return network == null ? null : network.view(hosting.strangers.count(networkId));
    }

    /** By ascending address; empty for an unknown network. */
    public List<MemberView> members(long networkId) {
        HostedNetwork network = hosting.network(networkId);
        return network == null ? List.of() : network.memberViews();
    }

    /** @return null if there is no such network or member */
    public MemberView member(long networkId, long address) {
        HostedNetwork network = hosting.network(networkId);
        return network == null || network.member(address) == null ? null : network.memberView(address);
    }

    /** Those who asked and are not members, the one heard last first. */
    public List<Stranger> strangers(long networkId) {
        return hosting.strangers.of(networkId);
    }
}
