package io.wirecloset.vl2.rule;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl2.rule.ReferenceFilter.Answer;
import io.wirecloset.vl2.rule.ReferenceFilter.Credentials;
import io.wirecloset.vl2.rule.ReferenceFilter.Question;
import java.util.Arrays;

/** Whatever table meets whatever frame: the fast filter says what the reference says, and nothing is thrown. */
class FilterFuzzTest {
    private final Filter filter = new Filter(new FixedChance());

    /** All of it chosen by the bytes, among values that rules ask for. */
    @FuzzTest
    void likelyTablesAndFrames(byte[] data) {
        Choices choices = new Choices(data, 0);
        Questions questions = new Questions(choices::next);
        RuleTable base = questions.table(12);
        Credentials self = questions.credentials(true);
        Credentials remote = questions.credentials(false);
        check(base, questions.question(self, remote));
    }

    /** The bytes are the table as it comes from the wire, and then the frame. */
    @FuzzTest
    void anyBytes(byte[] data) {
        if (data.length < 8) {
            return;
        }
        int split = 8 + (data[0] & 0xff) % (data.length - 7);
        RuleTable base;
        try {
            base = RuleTable.read(Arrays.copyOfRange(data, 8, split));
        } catch (MalformedException refused) {
            return;
        }
        Choices choices = new Choices(data, 4);
        Questions questions = new Questions(choices::next);
        Question near = questions.question(questions.credentials(true), questions.credentials(false));
        Question asked = new Question(
                near.inbound(),
                near.source(),
                near.destination(),
                near.sourceMac(),
                near.destinationMac(),
                (data[1] & 0xff) < 100 ? 0x86dd : near.ethertype(),
                Arrays.copyOfRange(data, split, data.length),
                near.self(),
                near.remote(),
                near.noTee(),
                near.chance());
        check(base, asked);
    }

    private void check(RuleTable base, Question asked) {
        Party self = asked.self().party();
        Party remote = asked.remote().party();
        Answer answer = Questions.of(Questions.ask(filter, base, asked, self, remote));
        Answer expected = ReferenceFilter.answer(base, asked);
        if (!answer.equals(expected)) {
            throw new AssertionError(answer + " instead of " + expected + " for " + base + " asked " + asked);
        }
    }

    /** Bytes as choices; zeros when they are used up. */
    private static final class Choices {
        private final byte[] bytes;
        private int at;

        Choices(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        int next(int bound) {
            int value = at < bytes.length ? bytes[at++] & 0xff : 0;
            if (bound > 256 && at < bytes.length) {
                value = value << 8 | bytes[at++] & 0xff;
            }
            return value % bound;
        }
    }
}
