package io.wirecloset.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wirecloset.transport.linux.UnixConnection;
import io.wirecloset.transport.linux.UnixServerSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T14, F4: an agent that meets one of another version at work. The test is the latter. */
class UnlikeAgentsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** In which an agent that asks again would have done so several times. */
    private static final long WATCHED_MS = 1_500;

    @TempDir
    Path folder;

    private SingleInstance lock;
    private UnixServerSocket door;
    private Succession next;
    private Thread running;
    private final AtomicInteger asked = new AtomicInteger();

    @BeforeEach
    void start() throws IOException {
        AgentSettings settings = new TestSettings(folder, "node-a", null);
        lock = SingleInstance.await(settings.run(), 1_000);
        door = UnixServerSocket.listen(settings.run().resolve("handover.sock"), 0600, 4);
        next = new Succession(settings, () -> new Succession.Surroundings(null, new Audience(), new Audience()));
    }

    @AfterEach
    void stop() throws Exception {
        next.stop();
        door.close();
        if (running != null) {
            assertThat(running.join(PATIENCE)).isTrue();
        }
        lock.close();
    }

    /** @param words what the one that works says, each after it has heard something */
    private void meet(List<String> words) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                for (UnixConnection caller = door.accept(); caller != null; caller = door.accept()) {
                    asked.incrementAndGet();
                    try (HandoverMessages successor = new HandoverMessages(caller).waiting(30_000)) {
                        for (String word : words) {
                            successor.hear();
                            successor.say(word);
                        }
                        successor.hear(); // nothing: it goes away
                    } catch (IOException e) {
                        // as it should
                    }
                }
            } catch (IOException e) {
                // the test is over
            }
        });
        running = Thread.ofPlatform().daemon().start(() -> {
            try {
                next.run();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private void asksOnce() throws InterruptedException {
        await().atMost(PATIENCE).until(() -> asked.get() > 0);
        Thread.sleep(WATCHED_MS);
        assertThat(asked).hasValue(1);
        assertThat(running.isAlive()).as("it waits for the other to end").isTrue();
    }

    @Test
    @DisplayName("an agent that is refused asks no more and waits for its turn")
    void whoIsRefusedAsksNoMore() throws Exception {
        meet(List.of("refused, successor 7 only"));
        asksOnce();
    }

    @Test
    @DisplayName(
            "an agent that does not know what it is passed interrupts the one at work once and not again and again")
    void whoDoesNotKnowWhatItIsPassedAsksNoMore() throws Exception {
        meet(List.of(HandoverMessages.WELCOME, "xdp 192.0.2.1/9993"));
        asksOnce();
    }
}
