package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl2.wire.Limits;

/**
 * Asks a network's table and then capabilities about a frame (rules.md 6). Used by one thread; allocates nothing.
 */
public final class Filter {
    private final Evaluation evaluation;
    private final RulingCache cache = new RulingCache();
    private final Ruling ruling = new Ruling();
    private final int rememberFrom;

    /** @param random decides matches of chance */
    public Filter(RandomSource random) {
        this(random, Limits.REMEMBERED_FROM_ENTRIES);
    }

    /** @param rememberFrom how many entries the tables asked have together for their rulings to be remembered */
    Filter(RandomSource random, int rememberFrom) {
        evaluation = new Evaluation(random);
        this.rememberFrom = rememberFrom;
    }

    /**
     * A frame we send.
     *
     * @param frame its source is ourselves
     * @param remote of the destination; {@link Party#NONE} if there is none
     * @param noTee for copies of a frame that was asked about before: watchers see it once
     * @return borrowed until the next call
     */
    public Ruling outbound(RuleTable base, FrameFacts frame, Party self, Party remote, boolean noTee) {
        return rule(false, base, frame, self, remote, noTee);
    }

    /**
     * A frame we received.
     *
     * @param frame its destination is ourselves
     * @param remote of the sender
     * @return borrowed until the next call
     */
    public Ruling inbound(RuleTable base, FrameFacts frame, Party self, Party remote) {
        return rule(true, base, frame, self, remote, false);
    }

    private Ruling rule(boolean inbound, RuleTable base, FrameFacts frame, Party self, Party remote, boolean noTee) {
        Party sender = inbound ? remote : self;
        boolean remember =
                base.size() + sender.capabilityEntries() >= rememberFrom && RulingCache.canAnswer(base, sender, frame);
        if (remember && cache.find(inbound, noTee, base, frame, self, remote, ruling)) {
            return ruling;
        }
        evaluation.of(inbound, frame, self, remote);
        evaluate(base, frame, sender, noTee);
        if (remember) {
            cache.keep(ruling);
        }
        return ruling;
    }

    private void evaluate(RuleTable base, FrameFacts frame, Party sender, boolean noTee) {
        ruling.clear();
        int outcome = evaluation.run(base.program());
        long copyTo = evaluation.copyTo();
        int copyLimit = evaluation.copyLimit();
        boolean copyIsWatch = evaluation.copyIsWatch();
        if (outcome == Evaluation.NO_MATCH) {
            outcome = askCapabilities(sender, frame, noTee);
        }
        if (outcome == Evaluation.DROP) {
            return;
        }
        if (!noTee) {
            addCopy(copyTo, copyLimit, frame, copyIsWatch);
        }
        if (!evaluation.isInbound()) {
            ruling.qosBucket(evaluation.qosBucket());
        }
        ruling.decide(decision(outcome, frame));
    }

    /** @return the outcome of the first that grants, else a drop: a capability can only allow */
    private int askCapabilities(Party sender, FrameFacts frame, boolean noTee) {
        for (int i = 0; i < sender.capabilityCount(); i++) {
            int outcome = evaluation.run(sender.capability(i).program());
            if (outcome != Evaluation.NO_MATCH && outcome != Evaluation.DROP) {
                if (!noTee) {
                    addCopy(evaluation.copyTo(), evaluation.copyLimit(), frame, evaluation.copyIsWatch());
                }
                return outcome;
            }
        }
        return Evaluation.DROP;
    }

    private void addCopy(long to, int limit, FrameFacts frame, boolean isWatch) {
        if (to == 0) {
            return;
        }
        int flags;
        if (evaluation.isInbound()) {
            flags = isWatch ? Ruling.WATCH_INBOUND : Ruling.TEE_INBOUND;
        } else {
            flags = isWatch ? Ruling.WATCH_OUTBOUND : Ruling.TEE_OUTBOUND;
        }
        ruling.addCopy(to, limit, frame.length, flags);
    }

    private Decision decision(int outcome, FrameFacts frame) {
        // a redirection to nobody leaves the frame on its way, as with stock nodes
        if (outcome == Evaluation.REDIRECT && evaluation.redirectedTo() != 0) {
            int flags = evaluation.isInbound() ? Ruling.REDIRECT_INBOUND : Ruling.REDIRECT_OUTBOUND;
            ruling.addCopy(evaluation.redirectedTo(), 0, frame.length, flags);
            return Decision.REDIRECTED;
        }
        boolean observed = outcome == Evaluation.SUPER_ACCEPT && evaluation.isInbound();
        return observed ? Decision.SUPER_ACCEPT : Decision.ACCEPT;
    }

    /** How many frames were ruled on from memory. */
    long remembered() {
        return cache.hits();
    }
}
