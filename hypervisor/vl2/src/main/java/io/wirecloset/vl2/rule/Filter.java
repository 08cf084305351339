package io.wirecloset.vl2.rule;

import io.wirecloset.vl1.crypto.RandomSource;

/**
 * Asks a network's table and then capabilities about a frame (rules.md 6). Used by one thread; allocates nothing.
 */
public final class Filter {
    private final Evaluation evaluation;
    private final Ruling ruling = new Ruling();

    /** @param random decides matches of chance */
    public Filter(RandomSource random) {
        evaluation = new Evaluation(random);
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
        evaluation.of(false, frame, self, remote);
        return rule(base, frame, self, noTee);
    }

    /**
     * A frame we received.
     *
     * @param frame its destination is ourselves
     * @param remote of the sender
     * @return borrowed until the next call
     */
    public Ruling inbound(RuleTable base, FrameFacts frame, Party self, Party remote) {
        evaluation.of(true, frame, self, remote);
        return rule(base, frame, remote, false);
    }

    private Ruling rule(RuleTable base, FrameFacts frame, Party sender, boolean noTee) {
        ruling.clear();
        int outcome = evaluation.run(base.program());
        long copyTo = evaluation.copyTo();
        int copyLength = evaluation.copyLength();
        boolean copyIsWatch = evaluation.copyIsWatch();
        if (outcome == Evaluation.NO_MATCH) {
            outcome = askCapabilities(sender, noTee);
        }
        if (outcome == Evaluation.DROP) {
            return ruling;
        }
        if (!noTee) {
            addCopy(copyTo, copyLength, copyIsWatch);
        }
        if (!evaluation.isInbound()) {
            ruling.qosBucket(evaluation.qosBucket());
        }
        ruling.decide(decision(outcome, frame));
        return ruling;
    }

    /** @return the outcome of the first that grants, else a drop: a capability can only allow */
    private int askCapabilities(Party sender, boolean noTee) {
        for (int i = 0; i < sender.capabilityCount(); i++) {
            int outcome = evaluation.run(sender.capability(i).program());
            if (outcome != Evaluation.NO_MATCH && outcome != Evaluation.DROP) {
                if (!noTee) {
                    addCopy(evaluation.copyTo(), evaluation.copyLength(), evaluation.copyIsWatch());
                }
                return outcome;
            }
        }
        return Evaluation.DROP;
    }

    private void addCopy(long to, int length, boolean isWatch) {
        if (to == 0) {
            return;
        }
        int flags;
        if (evaluation.isInbound()) {
            flags = isWatch ? Ruling.WATCH_INBOUND : Ruling.TEE_INBOUND;
        } else {
            flags = isWatch ? Ruling.WATCH_OUTBOUND : Ruling.TEE_OUTBOUND;
        }
        ruling.addCopy(to, length, flags);
    }

    private Decision decision(int outcome, FrameFacts frame) {
        // a redirection to nobody leaves the frame on its way, as with stock nodes
        if (outcome == Evaluation.REDIRECT && evaluation.redirectedTo() != 0) {
            int flags = evaluation.isInbound() ? Ruling.REDIRECT_INBOUND : Ruling.REDIRECT_OUTBOUND;
            ruling.addCopy(evaluation.redirectedTo(), frame.length, flags);
            return Decision.REDIRECTED;
        }
        boolean observed = outcome == Evaluation.SUPER_ACCEPT && evaluation.isInbound();
        return observed ? Decision.SUPER_ACCEPT : Decision.ACCEPT;
    }
}
