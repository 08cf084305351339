package io.wirecloset.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.identity.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValidationQueueTest {
    private final List<Identity> submitted = new ArrayList<>();
    private final List<String> answers = new ArrayList<>();
    private int forgotten;
    private final ValidationQueue queue = new ValidationQueue(submitted::add, new ValidationQueue.Out() {
        @Override
        public void onValidated(Identity identity, boolean valid) {
            answers.add(identity.address() + " " + valid);
        }

        @Override
        public void forgotten() {
            forgotten++;
        }
    });

    @Test
    void oneAtATimeInTheOrderAsked() {
        queue.validate(stranger(1));
        queue.validate(stranger(2));
        queue.validate(stranger(3));
        assertThat(submitted).containsExactly(stranger(1));

        queue.onValidated(stranger(1), true);
        assertThat(submitted).containsExactly(stranger(1), stranger(2));
        queue.onValidated(stranger(2), false);
        queue.onValidated(stranger(3), true);
        assertThat(answers).containsExactly("1 true", "2 false", "3 true");
    }

    @Test
    void whoAsksTwiceGetsOneAnswer() {
        queue.validate(stranger(1));
        queue.validate(stranger(1));
        queue.validate(stranger(2));
        queue.validate(stranger(2));
        queue.onValidated(stranger(1), true);
        queue.onValidated(stranger(2), true);
        assertThat(submitted).containsExactly(stranger(1), stranger(2));
    }

    @Test
    void aFloodKeepsTheNewest() {
        int flood = 1 + 3 * ValidationQueue.WAITING;
        for (int i = 1; i <= flood; i++) queue.validate(stranger(i));
        for (int i = 0; i < submitted.size(); i++) queue.onValidated(submitted.get(i), true);

        assertThat(submitted).hasSize(1 + ValidationQueue.WAITING).endsWith(stranger(flood));
        assertThat(forgotten).isEqualTo(2 * ValidationQueue.WAITING);
    }

    @Test
    void aFailureIsRememberedForAWhile() {
        queue.validate(stranger(1));
        queue.onValidated(stranger(1), false);
        queue.validate(stranger(1));
        assertThat(submitted).hasSize(1);
        assertThat(answers).containsExactly("1 false", "1 false");

        for (int i = 2; i < 2 + ValidationQueue.REMEMBERED_FAILURES; i++) {
            queue.validate(stranger(i));
            queue.onValidated(stranger(i), false);
        }
        submitted.clear();
        queue.validate(stranger(1));
        assertThat(submitted).containsExactly(stranger(1));
    }

    @Test
    void anAnswerNobodyAskedForIsNotBelieved() {
        queue.validate(stranger(1));
        queue.onValidated(stranger(2), true);
        assertThat(answers).isEmpty();
    }

    private static Identity stranger(int number) {
        byte[] publicKey = new byte[64];
        new SplittableRandom(number).nextBytes(publicKey);
        return Identity.of(number, publicKey, null);
    }
}
