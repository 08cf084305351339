package io.wirecloset.vl2.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl2.rule.ReferenceFilter.Answer;
import io.wirecloset.vl2.rule.ReferenceFilter.Credentials;
import io.wirecloset.vl2.rule.ReferenceFilter.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RulingCacheTest {
    private static final int SEEDS = 150;
    private static final int QUESTIONS = 300;

    /** One that remembers from the first entry on. */
    private final Filter filter = new Filter(new FixedChance(), 0);

    /** A node's credentials and what the filter is given of them. */
    private record Node(Credentials credentials, Party party) {
        static Node of(Credentials credentials) {
            return new Node(credentials, credentials.party());
        }
    }

    @Test
    void whatIsRememberedIsWhatWouldBeSaidAgain() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Questions questions = new Questions(random::nextInt);
            RuleTable base = questions.table(6);
            Node self = Node.of(questions.credentials(true));
            List<Node> remotes = new ArrayList<>();
            remotes.add(Node.of(questions.credentials(false)));
            remotes.add(Node.of(questions.credentials(false)));
            Question last =
                    questions.question(self.credentials(), remotes.getFirst().credentials());
            for (int i = 0; i < QUESTIONS; i++) {
                switch (random.nextInt(40)) {
                    case 0 -> base = questions.table(6);
                    case 1 -> self = Node.of(questions.credentials(true));
                    case 2 -> remotes.set(random.nextInt(2), Node.of(questions.credentials(false)));
                    default -> {}
                }
                Node remote = remotes.get(random.nextInt(2));
                last = random.nextInt(10) == 0
                        ? questions.question(self.credentials(), remote.credentials())
                        : nearly(last, random);
                Question asked = last.between(self.credentials(), remote.credentials());
                Answer answer = Questions.of(Questions.ask(filter, base, asked, self.party(), remote.party()));
                Answer expected = ReferenceFilter.answer(base, asked);
                if (!answer.equals(expected)) {
                    assertThat(answer)
                            .as("seed %d question %d: %s asked %s", seed, i, base, asked)
                            .isEqualTo(expected);
                }
            }
        }
        assertThat(filter.remembered()).isGreaterThan(SEEDS * QUESTIONS / 10L);
    }

    /** The same frame, or one that differs in one thing. */
    private static Question nearly(Question q, Random random) {
        byte[] data = q.data().clone();
        boolean inbound = q.inbound();
        long source = q.source();
        long destination = q.destination();
        long sourceMac = q.sourceMac();
        long destinationMac = q.destinationMac();
        int ethertype = q.ethertype();
        boolean noTee = q.noTee();
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> {
                if (data.length > 0) {
                    data[random.nextInt(Math.min(data.length, 56))] ^= (byte) (1 << random.nextInt(8));
                }
            }
            case 3 -> data = java.util.Arrays.copyOf(data, random.nextInt(100));
            case 4 -> sourceMac ^= 1L << random.nextInt(48);
            case 5 -> destinationMac ^= 1L << random.nextInt(48);
            case 6 -> ethertype = random.nextBoolean() ? 0x0800 : 0x86dd;
            case 7 -> {
                inbound = !inbound;
                source = q.destination();
                destination = q.source();
                noTee = false;
            }
            case 8 -> {
                if (inbound) {
                    source = random.nextBoolean() ? Questions.THIRD : Questions.PEER;
                } else {
                    destination = random.nextBoolean() ? Questions.THIRD : 0;
                    noTee = !noTee;
                }
            }
            default -> {}
        }
        return new Question(
                inbound,
                source,
                destination,
                sourceMac,
                destinationMac,
                ethertype,
                data,
                q.self(),
                q.remote(),
                noTee,
                q.chance());
    }

    @Test
    void aTableOfChanceIsAskedEachTime() {
        RuleTable half = RuleTable.read(new byte[] {43, 4, (byte) 0x80, 0, 0, 0, 1, 0});
        FrameFacts frame = new FrameFacts().of(1, 2, 3, 4, 0x0800, new byte[20], 0, 20);

        for (int i = 0; i < 10; i++) {
            filter.outbound(half, frame, Party.NONE, Party.NONE, false);
        }

        assertThat(filter.remembered()).isZero();
    }

    @Test
    void moreFlowsThanItHoldsPushOutOldOnesAndNothingElse() {
        RuleTable oddPorts = RuleTable.read(new byte[] {40, 4, 0, 1, 0x7f, (byte) 0xff, 1, 0});
        byte[] data = new byte[28];
        data[0] = 0x45;
        data[9] = 17;
        for (int round = 0; round < 2; round++) {
            for (int port = 0; port < 65_536; port++) {
                data[22] = (byte) (port >>> 8);
                data[23] = (byte) port;
                FrameFacts frame = new FrameFacts().of(1, 2, 3, 4, 0x0800, data, 0, 28);
                boolean passes = filter.outbound(oddPorts, frame, Party.NONE, Party.NONE, false)
                        .passes();
                assertThat(passes).isEqualTo(port >= 1 && port <= 0x7fff);
            }
        }
    }
}
