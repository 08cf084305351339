package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.agent.AgentProcesses.Echo;
import io.wirecloset.agent.AgentProcesses.Stream;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T13: the agent is a process of its own, killed under a running stream and started again, with no API server to ask. */
class RestartGapTest {
    private static final int KILLS = 3;

    @TempDir
    Path folder;

    @Test
    @DisplayName("a stream between pods survives every SIGKILL of the agent; the gap is reported (T13; F3, I6)")
    void aStreamSurvivesTheAgent() throws Exception {
        try (AgentProcesses agents = new AgentProcesses(folder)) {
            Process agent = agents.startWithPod();
            await().atMost(AgentProcesses.PATIENCE).until(agents::podReachesFar);
            try (Echo echo = agents.echo();
                    Stream stream = agents.stream(echo)) {
                long[] gapsMs = new long[KILLS];
                for (int i = 0; i < KILLS; i++) {
                    Thread.sleep(1_000);
                    stream.worstGapMs();
                    agent.destroyForcibly().waitFor(); // SIGKILL
                    agent = agents.start();
                    stream.awaitMore(20);
                    gapsMs[i] = stream.worstGapMs();
                }
                assertThat(stream.failure).as("the stream lives").isNull();
                Arrays.sort(gapsMs);
                System.out.println("gap of a TCP stream over a SIGKILL of the agent, ms: " + Arrays.toString(gapsMs));
            }
        }
    }
}
