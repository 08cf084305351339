package io.wirecloset.controller;

import io.wirecloset.controller.issue.Addressing;
import io.wirecloset.controller.issue.Admission;
import io.wirecloset.controller.issue.Endowment;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberInfo;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Change;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.wire.ErrorCode;
import java.util.HashMap;
import java.util.Map;

/**
 * Members ask. Those whose record says all there is to say are answered at once; those whom their request changes (pinned,
 * given an address, let into a public network) when that is stored; the others are refused.
 */
final class Requests {
    private final Hosting hosting;
    private final Turns turns;
    private final Herald herald;
    private final Sender sender;
    private final Listener listener;
    private final RandomSource random;
    private final RequestGate gate = new RequestGate();
    private final Map<Key, Admitting> admitting = new HashMap<>();

    private record Key(long networkId, long address) {}

    Requests(Hosting hosting, Turns turns, Herald herald, Sender sender, Listener listener, RandomSource random) {
        this.hosting = hosting;
        this.turns = turns;
        this.herald = herald;
        this.sender = sender;
        this.listener = listener;
        this.random = random;
    }

    void onRequest(Request request) {
        if (!hosting.isOurs(request.networkId())
                || !gate.admits(request.networkId(), request.address(), hosting.nowMs())) {
            return;
        }
        if (hosting.network(request.networkId()) == null) {
            sender.error(request.address(), request.packetId(), request.networkId(), ErrorCode.OBJECT_NOT_FOUND);
            return;
        }
        answer(request);
    }

    /** Sends a member that is there its configuration as if it had asked, with an address if it can get one now. */
    void refresh(long networkId, long address) {
        HostedNetwork network = hosting.network(networkId);
        Member member = network == null ? null : network.member(address);
        if (member != null && member.authorized() && member.identity() != null && network.isOnline(address)) {
            Session session = network.session(address);
            answer(Request.unasked(networkId, member.identity(), session.path, session.info));
        }
    }

    private void answer(Request request) {
        HostedNetwork network = hosting.network(request.networkId());
        switch (admit(network, request)) {
            case Admission.Stranger stranger -> {
                if (!request.isPush()) {
                    hosting.knocked(request);
                }
                refuse(request);
            }
            case Admission.Denied denied -> refuse(request);
            case Admission.Granted granted -> {
                if (granted.member().sameAs(network.member(request.address()))) {
                    grant(network, request);
                } else {
                    admitInTurn(request);
                }
            }
        }
    }

    /** The decision, with what the member would be given. */
    private Admission admit(HostedNetwork network, Request request) {
        Member kept = network.member(request.address());
        Admission admission =
                Admission.decide(network.network(), kept, request.from(), request.token(), hosting.wallMs());
        if (!(admission instanceof Admission.Granted granted)) {
            return admission;
        }
        if (kept == null && isFull(network)) {
            return new Admission.Denied("the network has as many members as it may take in by itself");
        }
        return new Admission.Granted(given(network, granted.member(), kept == null, request.info()));
    }

    /** The member with all that its network gives it. */
    private Member given(HostedNetwork network, Member member, boolean isNew, MemberInfo info) {
        NetworkSpec spec = network.network().spec();
        Member endowed = info.evaluatesRules() ? Endowment.endow(spec, member, isNew) : member;
        return Addressing.assign(spec, endowed, ip -> network.isTaken(ip, member.address()), random)
                .after(network.member(member.address()));
    }

    private static boolean isFull(HostedNetwork network) {
        return network.memberCount() >= Limits.SELF_ADMITTED_MEMBERS;
    }

    private void refuse(Request request) {
        if (!request.isPush()) {
            sender.error(request.address(), request.packetId(), request.networkId(), ErrorCode.NETWORK_ACCESS_DENIED);
        }
    }

    private void grant(HostedNetwork network, Request request) {
        if (!request.isPush()) {
            hosting.heard(network, request);
        }
        herald.configure(request.networkId(), request.address(), request.packetId());
    }

    /** Somebody asks again while it is being admitted: the later request is answered, once. */
    private void admitInTurn(Request request) {
        Key key = new Key(request.networkId(), request.address());
        Admitting already = admitting.get(key);
        if (already != null) {
            already.request = request.isPush() ? already.request : request;
            return;
        }
        Admitting turn = new Admitting(key, request);
        admitting.put(key, turn);
        turns.add(request.networkId(), turn);
    }

    /** Stores what a member's own request changes, then answers it. */
    private final class Admitting implements Turns.Turn {
        private final Key key;
        private Request request;
        private Member planned;

        Admitting(Key key, Request request) {
            this.key = key;
            this.request = request;
        }

        @Override
        public Change plan() {
            HostedNetwork network = hosting.network(key.networkId());
            if (network != null
                    && admit(network, request) instanceof Admission.Granted granted
                    && !granted.member().sameAs(network.member(key.address()))) {
                planned = granted.member();
                return new Change.PutMember(planned);
            }
            return null;
        }

        @Override
        public void stored() {
            admitting.remove(key);
            HostedNetwork network = hosting.network(key.networkId());
            if (network == null) {
                return;
            }
            if (planned != null) {
                network.put(planned);
                hosting.strangers.forget(key.networkId(), key.address());
                listener.memberChanged(planned);
            }
            answer(request);
        }

        @Override
        public void failed(String why) {
            admitting.remove(key);
            HostedNetwork network = hosting.network(key.networkId());
            if (network != null && planned != null) {
                network.doubt(planned);
            }
        }
    }
}
