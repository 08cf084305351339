package io.wirecloset.vl2.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wirecloset.vl2.rule.ReferenceFilter.Answer;
import io.wirecloset.vl2.rule.ReferenceFilter.Credentials;
import io.wirecloset.vl2.rule.ReferenceFilter.Question;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FilterTest {
    private static final int TABLES = 100_000;

    private final Filter filter = new Filter(new FixedChance());

    // rules checklist 33
    @Test
    void agreesWithTheReferenceOnRandomTablesFramesAndCredentials() {
        long firstSeed = Long.getLong("wirecloset.seed", 20_000);
        Map<Decision, Integer> seen = new EnumMap<>(Decision.class);
        for (int i = 0; i < TABLES; i++) {
            Questions questions = new Questions(new Random(firstSeed + i)::nextInt);
            RuleTable base = questions.table(10);
            Credentials self = questions.credentials(true);
            Credentials remote = questions.credentials(false);
            Question asked = questions.question(self, remote);

            Answer answer = Questions.of(Questions.ask(
                    filter, base, asked, self.party(), asked.remote().party()));

            Answer expected = ReferenceFilter.answer(base, asked);
            if (!answer.equals(expected)) {
                assertThat(answer)
                        .as("seed %d: %s asked %s", firstSeed + i, base, asked)
                        .isEqualTo(expected);
            }
            seen.merge(answer.decision(), 1, Integer::sum);
        }
        assertThat(seen.get(Decision.DROP)).isBetween(TABLES / 10, TABLES * 9 / 10);
        assertThat(seen.get(Decision.ACCEPT)).isGreaterThan(TABLES / 10);
        assertThat(seen.get(Decision.SUPER_ACCEPT)).isGreaterThan(TABLES / 100);
        assertThat(seen.get(Decision.REDIRECTED)).isGreaterThan(TABLES / 100);
    }

    @Test
    void evaluatingAllocatesNothing() {
        Questions questions = new Questions(new Random(7)::nextInt);
        RuleTable base = questions.table(200);
        Credentials own = questions.credentials(true);
        own.capabilities.put(5L, questions.table(20));
        Credentials other = questions.credentials(false);
        Party self = own.party();
        Party remote = other.party();
        List<Question> asked = Questions.fill(64, () -> questions.question(own, other));
        List<FrameFacts> facts = asked.stream().map(Questions::facts).toList();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Runnable all = () -> {
            for (int i = 0; i < facts.size(); i++) {
                FrameFacts one = facts.get(i);
                one.of(
                        one.source,
                        one.destination,
                        one.sourceMac,
                        one.destinationMac,
                        one.ethertype,
                        one.frame,
                        one.at,
                        one.length);
                if (asked.get(i).inbound()) {
                    filter.inbound(base, one, self, remote);
                } else {
                    filter.outbound(base, one, self, remote, false);
                }
            }
        };
        for (int i = 0; i < 2_000; i++) {
            all.run();
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            all.run();
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).as("bytes for 64,000 frames").isLessThan(10_000);
    }

    @Test
    void aFrameCutAnywhereIsDecidedAsTheReferenceDecidesIt() {
        for (int seed = 0; seed < 200; seed++) {
            Questions questions = new Questions(new Random(seed)::nextInt);
            RuleTable base = questions.table(30);
            Credentials self = questions.credentials(true);
            Credentials remote = questions.credentials(false);
            Question whole = questions.question(self, remote);
            for (int length = 0; length < whole.data().length; length++) {
                Question cut = whole.cutTo(length);
                assertThat(Questions.of(Questions.ask(
                                filter, base, cut, self.party(), cut.remote().party())))
                        .as("seed %d cut to %d", seed, length)
                        .isEqualTo(ReferenceFilter.answer(base, cut));
            }
        }
    }

    @Test
    void theAcceptingTableLetsFramesPassBothWays() {
        FrameFacts frame = new FrameFacts().of(1, 2, 3, 4, 0x0800, new byte[20], 0, 20);

        assertThat(filter.outbound(RuleTable.ACCEPT, frame, Party.NONE, Party.NONE, false)
                        .decision())
                .isEqualTo(Decision.ACCEPT);
        assertThat(filter.inbound(RuleTable.ACCEPT, frame, Party.NONE, Party.NONE)
                        .passes())
                .isTrue();
    }

    @Test
    void noRulesAllowNothing() {
        FrameFacts frame = new FrameFacts().of(1, 2, 3, 4, 0x0800, new byte[20], 0, 20);

        assertThat(filter.inbound(RuleTable.EMPTY, frame, Party.NONE, Party.NONE)
                        .decision())
                .isEqualTo(Decision.DROP);
    }

    @Test
    void ofSeveralTagsWithOneIdTheFirstCounts() {
        RuleTable onlySenderSeven = RuleTable.read(new byte[] {49, 8, 0, 0, 0, 1, 0, 0, 0, 7, 1, 0});
        FrameFacts frame = new FrameFacts().of(1, 2, 3, 4, 0x0800, new byte[20], 0, 20);
        Party self = Party.builder().tag(1, 7).tag(1, 8).build();

        assertThat(filter.outbound(onlySenderSeven, frame, self, Party.NONE, false)
                        .passes())
                .isTrue();
    }
}
