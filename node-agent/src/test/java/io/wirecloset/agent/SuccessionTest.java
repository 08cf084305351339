package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wirecloset.agent.AgentProcesses.Echo;
import io.wirecloset.agent.AgentProcesses.Stream;
import io.wirecloset.transport.linux.UnixServerSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T13, T14: one agent process takes over from another under a running stream, with no API server to ask. */
class SuccessionTest {
    private static final int UPGRADES = 3;

    @TempDir
    Path folder;

    private AgentProcesses agents;

    @BeforeEach
    void start() throws Exception {
        agents = new AgentProcesses(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (agents != null) {
            agents.close();
        }
    }

    private void awaitPrinted(Process agent, String what) {
        await().atMost(AgentProcesses.PATIENCE).until(() -> agents.printed().contains(agent.pid() + " " + what));
    }

    private Process startFirst() throws Exception {
        Process agent = agents.startWithPod();
        await().atMost(AgentProcesses.PATIENCE).until(agents::podReachesFar);
        return agent;
    }

    private static void end(Process agent) throws InterruptedException {
        agent.destroy(); // SIGTERM
        assertThat(agent.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("a stream between pods goes on when the next agent takes over; the gap is reported (T13, T14)")
    void aStreamHardlyNoticesAnUpgrade() throws Exception {
        Process agent = startFirst();
        try (Echo echo = agents.echo();
                Stream stream = agents.stream(echo)) {
            long[] gapsMs = new long[UPGRADES];
            for (int i = 0; i < UPGRADES; i++) {
                stream.awaitMore(20);
                Process next = agents.start();
                awaitPrinted(agent, "has a successor");
                stream.worstGapMs();
                awaitPrinted(next, "leads");
                stream.awaitMore(50);
                gapsMs[i] = stream.worstGapMs();
                end(agent);
                agent = next;
            }
            assertThat(stream.failure).as("the stream lives").isNull();
            Arrays.sort(gapsMs);
            System.out.println("gap of a TCP stream over an upgrade of the agent, ms: " + Arrays.toString(gapsMs));
        }
    }

    @Test
    @DisplayName(
            "a successor that dies with everything in its hands, or is of another version, leaves the one before at work; then the next one leads")
    void aSuccessorThatDiesIsForgiven() throws Exception {
        Process agent = startFirst();
        try (Echo echo = agents.echo();
                Stream stream = agents.stream(echo)) {
            try (HandoverMessages early = announce()) {
                awaitPrinted(agent, "has a successor");
            }
            awaitPrinted(agent, "has no successor");
            try (HandoverMessages unlike =
                    new HandoverMessages(UnixServerSocket.connect(agents.door())).waiting(30_000)) {
                unlike.say("successor 2");
                unlike.expect(HandoverMessages.REFUSED); // and is heard no more, but others are
            }

            HandoverMessages late = announce();
            late.say(HandoverMessages.TAKE);
            try (Estate estate = late.take()) {
                assertThat(estate.sockets()).isNotEmpty();
                assertThat(estate.taps()).hasSize(1);
            }
            stream.worstGapMs();
            late.close();
            stream.awaitMore(50);
            System.out.println("gap of a TCP stream when a successor dies: " + stream.worstGapMs() + " ms");

            Process next = agents.start();
            awaitPrinted(next, "leads");
            stream.awaitMore(50);
            assertThat(stream.failure).as("the stream lives").isNull();
            next.destroyForcibly().waitFor();
            stream.awaitMore(50);
            assertThat(stream.failure).as("the one that rested leads again").isNull();
            assertThat(agents.podReachesFar()).isTrue();
            assertThat(agent.isAlive()).isTrue();
        }
    }

    private HandoverMessages announce() throws Exception {
        await().atMost(AgentProcesses.PATIENCE).until(() -> Files.exists(agents.door()));
        HandoverMessages messages = new HandoverMessages(UnixServerSocket.connect(agents.door())).waiting(30_000);
        messages.say(HandoverMessages.SUCCESSOR);
        messages.expect(HandoverMessages.WELCOME);
        return messages;
    }

    @Test
    @DisplayName("who is told to end hands over to a successor that warms up, and ends at once when there is none")
    void anEndWaitsForASuccessor() throws Exception {
        Process agent = startFirst();
        try (Echo echo = agents.echo();
                Stream stream = agents.stream(echo)) {
            Process next = agents.start();
            awaitPrinted(agent, "has a successor");
            end(agent);
            awaitPrinted(next, "leads");
            stream.awaitMore(50);
            assertThat(stream.failure).as("the stream lives").isNull();
            assertThat(agents.printed()).contains("took over from the agent before");
            end(next);
        }
        assertThat(agents.door()).doesNotExist();
    }

    @Test
    @DisplayName("what is no agent's is not listened to at the door")
    void strangersAtTheDoorChangeNothing() throws Exception {
        Process agent = startFirst();
        for (String said : List.of("", HandoverMessages.TAKE, "x".repeat(600))) {
            try (HandoverMessages stranger =
                    new HandoverMessages(UnixServerSocket.connect(agents.door())).waiting(30_000)) {
                stranger.say(said);
                assertThatThrownBy(stranger::hear).isInstanceOf(IOException.class);
            }
        }
        assertThat(agents.printed()).doesNotContain(agent.pid() + " rests");
        assertThat(agents.podReachesFar()).isTrue();
    }
}
