package io.wirecloset.simnet;

import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SimNetTest {
    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(fingerprintOfABusyMinute(42)).isEqualTo(fingerprintOfABusyMinute(42));
        assertThat(fingerprintOfABusyMinute(43)).isNotEqualTo(fingerprintOfABusyMinute(42));
    }

    @Test
    void loseAndDuplicateAsOftenAsToldTo() {
        SimNet net = new SimNet(1);
        Mailman a = net.host("a").runs(Mailman::new);
        Mailman b = net.host("b").runs(Mailman::new);
        net.weather(Line.ORDINARY.withLoss(0.1));
        sendMany(a, b, 2000);
        net.runFor(seconds(1));
        assertThat(b.letters.size()).isBetween(1700, 1900);

        b.letters.clear();
        net.weather(Line.ORDINARY.withDuplication(0.1));
        sendMany(a, b, 2000);
        net.runFor(seconds(1));
        assertThat(b.letters.size()).isBetween(2100, 2300);
    }

    @Test
    void jitterKeepsTheOrderAndReorderDoesNot() {
        SimNet net = new SimNet(1);
        Mailman a = net.host("a").runs(Mailman::new);
        Mailman b = net.host("b").runs(Mailman::new);
        net.weather(Line.ORDINARY.withDelay(20, 15));
        List<String> sent = sendMany(a, b, 200);
        net.runFor(seconds(1));
        assertThat(b.texts()).isEqualTo(sent);

        b.letters.clear();
        net.weather(Line.ORDINARY.withReorder(0.2));
        sendMany(a, b, 200);
        net.runFor(seconds(1));
        assertThat(b.texts()).isNotEqualTo(sent).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aDatagramTakesAsLongAsItsLines() {
        SimNet net = new SimNet(1);
        Mailman near = net.host("near").runs(Mailman::new);
        Mailman far = net.host("far").line(Line.PERFECT.withDelay(100, 0)).runs(Mailman::new);
        net.weather(Line.ORDINARY.withDelay(30, 0));
        near.send(far.address(), "hello");
        net.runFor(seconds(1));
        assertThat(far.letters.getFirst().atMs()).isEqualTo(SimNet.START_MS + 130);
    }

    @Test
    void aPartitionCutsBothWaysUntilItIsHealed() {
        SimNet net = new SimNet(1);
        Mailman a = net.host("a").runs(Mailman::new);
        Mailman b = net.host("b").runs(Mailman::new);
        Mailman c = net.host("c").runs(Mailman::new);
        net.partition(List.of(a.host));
        a.send(b.address(), "lost");
        c.send(a.address(), "lost");
        c.send(b.address(), "same side");
        net.runFor(seconds(1));
        assertThat(a.letters).isEmpty();
        assertThat(b.texts()).containsExactly("same side");

        net.healAll();
        a.send(b.address(), "again");
        net.runFor(seconds(1));
        assertThat(b.got("again")).isTrue();
    }

    @Test
    void aRestartedHostHearsNothingMeantForTheOldOne() {
        SimNet net = new SimNet(1);
        Mailman a = net.host("a").runs(Mailman::new);
        Mailman old = net.host("b").runs(Mailman::new);
        SimAddress address = old.address();
        net.host("b").stop();
        a.send(address, "to nobody");
        net.runFor(seconds(1));
        Mailman fresh = net.host("b").runs(Mailman::new);
        a.send(address, "to the new one");
        net.runFor(seconds(1));

        assertThat(old.letters).isEmpty();
        assertThat(fresh.texts()).containsExactly("to the new one");
        assertThat(net.count(Fate.PORT_CLOSED)).isEqualTo(1);
    }

    @Test
    void anApplicationIsPolledWhenItAskedTo() {
        SimNet net = new SimNet(1);
        List<Long> polls = new ArrayList<>();
        net.host("a").runs(host -> new SimApplication() {
            @Override
            public void onDatagram(int socket, SimAddress from, byte[] payload, long nowMs) {}

            @Override
            public long poll(long nowMs) {
                polls.add(nowMs - SimNet.START_MS);
                return nowMs < SimNet.START_MS + 2000 ? nowMs - nowMs % 1000 + 1000 : NEVER;
            }
        });
        net.runFor(seconds(60));
        assertThat(polls).containsExactly(0L, 1000L, 2000L);
    }

    @Test
    void aFailureNamesTheSeedAndWritesADiagram() throws Exception {
        Throwable failure = org.assertj.core.api.Assertions.catchThrowable(() -> SimNet.story(4711, net -> {
            net.describe(payload -> "LETTER");
            Mailman a = net.host("a").runs(Mailman::new);
            Mailman b = net.host("b").runs(Mailman::new);
            a.send(b.address(), "hello");
            a.send(SimAddress.of("203.0.113.1", 1), "to nobody");
            net.runUntil(() -> false, seconds(3));
        }));

        assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("seed 4711");
        Matcher file = Pattern.compile("diagram in (\\S+)$").matcher(failure.getMessage());
        assertThat(file.find()).isTrue();
        assertThat(Files.readString(Path.of(file.group(1))))
                .startsWith("sequenceDiagram")
                .containsPattern("a->>b: \\S+ s LETTER 5 B")
                .contains("NO_ROUTE");
    }

    @Test
    void theDiagramOfAWatchedPairHasNobodyElse() {
        SimNet net = new SimNet(1);
        Mailman a = net.host("a").runs(Mailman::new);
        Mailman b = net.host("b").runs(Mailman::new);
        Mailman c = net.host("c").runs(Mailman::new);
        Mailman d = net.host("d").runs(Mailman::new);
        net.watch(List.of(a.host, b.host));
        a.send(b.address(), "between them");
        c.send(b.address(), "to one of them");
        c.send(d.address(), "of no interest");
        net.runFor(seconds(1));
        assertThat(net.diagram()).contains("a->>b", "c->>b").doesNotContain("c->>d");
    }

    @Test
    void eachHostHasItsOwnIdeaOfTheDate() {
        SimNet net = new SimNet(1);
        SimHost right = net.host("right");
        SimHost late = net.host("late").clockAhead(Duration.ofMinutes(-10));
        net.runFor(seconds(30));
        assertThat(right.wallMs()).isEqualTo(net.wallMs());
        assertThat(late.wallMs()).isEqualTo(net.wallMs() - 600_000);
        late.clockAhead(Duration.ofHours(1));
        assertThat(late.wallMs()).isEqualTo(net.wallMs() + 3_600_000);
        assertThat(late.nowMs()).as("time itself is the same").isEqualTo(right.nowMs());
    }

    @Test
    void addressesAreReadAndRefused() {
        assertThat(SimAddress.of("192.168.0.1", 80)).hasToString("192.168.0.1:80");
        for (String bad : new String[] {"1.2.3", "1.2.3.256", "1.2.3.4.5", ""}) {
            assertThatThrownBy(() -> SimAddress.ip(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static List<String> sendMany(Mailman from, Mailman to, int count) {
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add("number " + i);
            from.send(to.address(), "number " + i);
        }
        return sent;
    }

    private static String fingerprintOfABusyMinute(long seed) {
        SimNet net = new SimNet(seed);
        net.weather(Line.ORDINARY.withLoss(0.1).withDuplication(0.1).withReorder(0.1));
        Mailman server = net.host("server").runs(Mailman::new);
        List<Mailman> clients = new ArrayList<>();
        for (Nat nat : new Nat[] {Nat.PORT_RESTRICTED, Nat.SYMMETRIC}) {
            clients.add(net.host(nat.name()).behind(nat).runs(Mailman::new));
        }
        for (int second = 0; second < 60; second++) {
            for (Mailman client : clients) client.send(server.address(), "echo");
            net.runFor(seconds(1));
        }
        assertThat(net.count(Fate.DELIVERED)).isPositive();
        return net.fingerprint();
    }
}
