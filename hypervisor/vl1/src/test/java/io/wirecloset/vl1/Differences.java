package io.wirecloset.vl1;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.vl1.wire.Addresses;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Verb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In what ours may differ from what was recorded of a stock node: decision 012. It knows what was said and heard on both
 * sides, and judges what only one of them said.
 */
final class Differences {
    private final JsonNode file;
    private final long epochMs;
    private final Vl1 ours;
    /** By address, where the recorded nodes are. */
    private final Map<Long, Endpoint> places;

    final List<Said> recorded = new ArrayList<>();
    final List<Said> oursSaid = new ArrayList<>();
    /** When something came from there. */
    final Map<Endpoint, List<Long>> heard = new HashMap<>();
    /** When a RENDEZVOUS came, and what it named. */
    final Map<Long, Endpoint> introductions = new HashMap<>();

    Differences(JsonNode file, Vl1 ours, Map<Long, Endpoint> places) {
        this.file = file;
        this.epochMs = file.get("epoch_ms").asLong();
        this.ours = ours;
        this.places = places;
    }

    /** The stock node said it, ours did not. */
    boolean isAllowedToBeMissing(Said said) {
        return isWhoisForAnUpstream(said) || isSaidTwice(said) || isHelloThatCameEarlier(said) || isNeedless(said);
    }

    /** As heartbeat of a root: ours is an ECHO, as often. */
    private boolean isWhoisForAnUpstream(Said said) {
        return said.verb() == Verb.WHOIS
                && ours.isUpstream(Addresses.parse(said.content()))
                && oursSaid.stream()
                        .anyMatch(one -> one.to().equals(said.to()) && Math.abs(one.atMs() - said.atMs()) <= 5_000);
    }

    private boolean isSaidTwice(Said said) {
        return recorded.stream()
                        .filter(other -> other.sameAs(said) && other.atMs() == said.atMs())
                        .count()
                > 1;
    }

    /** To a root stock nodes say HELLO every 225 s, ours every 60 s. */
    private boolean isHelloThatCameEarlier(Said said) {
        return said.verb() == Verb.HELLO
                && isAtAnUpstream(said.to())
                && oursSaid.stream()
                        .anyMatch(one -> one.verb() == Verb.HELLO
                                && one.to().equals(said.to())
                                && one.atMs() <= said.atMs()
                                && one.atMs() > said.atMs() - Timing.PEER_PING_MS);
    }

    /** A heartbeat is due where nothing was said for 14 s; ours asked there meanwhile. */
    private boolean isNeedless(Said said) {
        return said.verb() == Verb.ECHO
                && oursSaid.stream()
                        .anyMatch(one -> one.to().equals(said.to())
                                && one.atMs() < said.atMs()
                                && one.atMs() > said.atMs() - Timing.PATH_HEARTBEAT_MS);
    }

    /** Ours said it, the stock node did not. */
    boolean isAllowedToBeSaid(Said said) {
        return isHeartbeatOfAnUpstream(said)
                || isQuestion(said)
                || isIntroductionAgain(said)
                || isMeeting(said)
                || isAnswerLeftOut(said)
                || isSearch(said);
    }

    private boolean isHeartbeatOfAnUpstream(Said said) {
        return isAtAnUpstream(said.to())
                && (said.verb() == Verb.ECHO || said.verb() == Verb.HELLO)
                && (said.atMs() - epochMs) % Timing.PING_CHECK_MS == 0;
    }

    /** Decision 010: what was said, and not answered for two seconds, is followed by a question at every tick. */
    private boolean isQuestion(Said said) {
        long heardMs = heard.getOrDefault(said.to(), List.of()).stream()
                .filter(atMs -> atMs <= said.atMs())
                .mapToLong(atMs -> atMs)
                .max()
                .orElse(0);
        boolean unanswered = oursSaid.stream()
                .anyMatch(one -> one.to().equals(said.to())
                        && one.atMs() > heardMs
                        && one.atMs() <= said.atMs() - Timing.PATH_PROBED_MS + ReplayTest.STEP_MS);
        return unanswered
                && (said.verb() == Verb.ECHO || said.verb() == Verb.HELLO)
                && (said.atMs() - epochMs) % Timing.TICK_MS == 0;
    }

    /** Who asks WHOIS just after an introduction could not use it. */
    private boolean isIntroductionAgain(Said said) {
        return said.verb() == Verb.RENDEZVOUS
                && recorded.stream()
                        .anyMatch(one -> one.sameAs(said)
                                && one.atMs() < said.atMs()
                                && one.atMs() > said.atMs() - Timing.INTRODUCTION_AGAIN_MS);
    }

    /** An introduction is followed up for five seconds, also when the other side becomes known in that time. */
    private boolean isMeeting(Said said) {
        return (said.verb() < 0 || said.verb() == Verb.ECHO || said.verb() == Verb.HELLO)
                && introductions.entrySet().stream()
                        .anyMatch(one -> one.getValue().equals(said.to())
                                && one.getKey() <= said.atMs()
                                && one.getKey() > said.atMs() - Timing.MEETING_MS);
    }

    private boolean isAnswerLeftOut(Said said) {
        return file.has("left_out") && said.verb() == Verb.OK && said.content().startsWith("04");
    }

    /** A root or seed that is not reached is looked for at once, at every tick for ten seconds, and at every pass. */
    private boolean isSearch(Said said) {
        long wanted = said.verb() == Verb.WHOIS ? Addresses.parse(said.content()) : said.destination();
        boolean isSeed = file.path("moon_id").asText().endsWith(Addresses.format(wanted));
        boolean isUnreached = said.verb() == Verb.WHOIS || !said.to().equals(places.get(wanted));
        return (said.verb() == Verb.WHOIS || said.verb() == Verb.HELLO)
                && isUnreached
                && (isSeed || ours.isUpstream(wanted))
                && (said.atMs() - epochMs) % Timing.TICK_MS == 0;
    }

    private boolean isAtAnUpstream(Endpoint to) {
        return places.entrySet().stream().anyMatch(one -> ours.isUpstream(one.getKey()) && to.equals(one.getValue()));
    }
}
