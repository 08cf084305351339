package io.wirecloset.cni;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A place for the shim's socket, and an agent there that says what a test wants. */
abstract class ShimBesideAgent {
    @TempDir
    Path directory;

    Path socket;
    FakeAgent agent;
    final CountDownLatch testIsOver = new CountDownLatch(1);

    @BeforeEach
    void placeSocket() {
        socket = directory.resolve("cni.sock");
    }

    @AfterEach
    void stopAgent() throws Exception {
        testIsOver.countDown();
        if (agent != null) {
            agent.close();
        }
    }

    void agentSays(int exitCode, String text) throws Exception {
        agent = new FakeAgent(socket, FakeAgent.says(exitCode, text));
    }

    void stayBusy() {
        try {
            testIsOver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
