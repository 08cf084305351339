package io.wirecloset.controller;

import io.wirecloset.controller.issue.Addressing;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.model.Timing;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import java.util.List;

/**
 * What the owner wants of networks and members, carried out: stored in turn, then in force, then told to members that
 * are there. A wish that changes nothing is done at once.
 */
final class Wishes {
    private final Hosting hosting;
    private final Turns turns;
    private final Herald herald;

    /** What a member should be, given what it is (null for no member); null for no member. */
    interface Wish {
        MemberSpec given(Member kept);
    }

    Wishes(Hosting hosting, Turns turns, Herald herald) {
        this.hosting = hosting;
        this.turns = turns;
        this.herald = herald;
    }

    // ---- networks

    void putNetwork(long networkId, NetworkSpec spec, Completion completion) {
        turns.add(networkId, new OwnersTurn(completion) {
            private Network planned;

            @Override
            public Change plan() {
                HostedNetwork kept = hosting.network(networkId);
                if (kept != null && kept.network().spec().equals(spec)) {
                    return null;
                }
                planned = kept == null
                        ? new Network(networkId, spec, 1, hosting.wallMs())
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
        HostedNetwork kept = hosting.network(planned.id());
        if (kept == null) {
            hosting.add(new HostedNetwork(planned));
        } else {
            kept.replace(planned);
            kept.online().forEach(address -> herald.push(planned.id(), address));
        }
    }

    void deleteNetwork(long networkId, Completion completion) {
        turns.add(networkId, new OwnersTurn(completion) {
            @Override
            public Change plan() {
                return hosting.network(networkId) == null ? null : new Change.DeleteNetwork(networkId);
            }

            @Override
            void apply() {
                HostedNetwork gone = hosting.remove(networkId);
                hosting.strangers.forgetNetwork(networkId);
                if (gone != null) {
                    List<Long> online = gone.online();
                    gone.members().stream()
                            .filter(Member::authorized)
                            .forEach(member -> herald.revoke(networkId, member.address(), online));
                }
            }
        });
    }

    // ---- members

    void putMember(long networkId, long address, MemberSpec spec, Completion completion) {
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

    void authorize(long networkId, long address, Completion completion) {
        change(networkId, address, completion, kept -> {
            Stranger stranger = hosting.strangers.find(networkId, address);
            if (kept != null) {
                return kept.spec().withAuthorized(true);
            }
            return stranger == null ? MemberSpec.AUTHORIZED : MemberSpec.AUTHORIZED.withIdentity(stranger.identity());
        });
    }

    void change(long networkId, long address, Completion completion, Wish wish) {
        turns.add(networkId, new OwnersTurn(completion) {
            private Member planned;

            @Override
            public Change plan() {
                HostedNetwork network = hosting.network(networkId);
                Member kept = network == null ? null : network.member(address);
                MemberSpec spec = network == null ? null : wish.given(kept);
                if (spec == null) {
                    refuse(network == null ? "no such network" : "no such member");
                    return null;
                }
                long wallMs = hosting.wallMs();
                Member wanted =
                        kept == null ? Member.create(networkId, address, spec, wallMs) : kept.with(spec, wallMs);
                wanted =
                        Addressing.preferGiven(network.network().spec(), wanted).after(kept);
                planned = wanted.sameAs(kept) ? null : wanted;
                return planned == null ? null : new Change.PutMember(planned);
            }

            @Override
            void abandon() {
                HostedNetwork network = hosting.network(networkId);
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
        HostedNetwork network = hosting.network(planned.networkId());
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
        Stranger stranger = hosting.strangers.forget(member.networkId(), member.address());
        if (stranger != null
                && stranger.identity().equals(member.identity())
                && hosting.wallMs() - stranger.lastAskedMs() < Timing.ONLINE_MS) {
            hosting.heard(
                    network,
                    Request.unasked(member.networkId(), stranger.identity(), stranger.path(), stranger.info()));
        }
    }

    void deleteMember(long networkId, long address, Completion completion) {
        turns.add(networkId, new OwnersTurn(completion) {
            @Override
            public Change plan() {
                HostedNetwork network = hosting.network(networkId);
                return network == null || network.member(address) == null
                        ? null
                        : new Change.DeleteMember(networkId, address);
            }

            @Override
            void apply() {
                hosting.strangers.forget(networkId, address);
                HostedNetwork network = hosting.network(networkId);
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
}
