package io.wirecloset.agent.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The part of the agent that talks to the API server, and servers that are not well. */
class ApiOutageTest {
    private static final int MOST_PER_SECOND = 5;
    private static final int OUTAGE_S = 10;
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final Duration RESYNC = Duration.ofSeconds(30);

    /** {@code make test-all} has the whole six. */
    private static final int LONG_OUTAGE_HOURS = Integer.getInteger("wirecloset.seeds", 1) >= 100 ? 6 : 1;

    /** Once nothing answers, a watch asks every 32nd multiple of the first pause. */
    private static final int LONGEST_PAUSE = 32;

    private static final int WATCHES = 3;
    private static final int TURNS = 5;
    private static final int REPORT_EVERY_S = 2;
    private static final int LONGEST_REPORT_PAUSE_S = 30;
    /** After two seconds, four, eight and so on. */
    private static final int REPORTS_AT_FIRST = 6;
    /** The proxy has one for each connection, and some end late; what piles up comes to hundreds. */
    private static final int THREADS_OF_CONNECTIONS = 40;

    @TempDir
    Path home;

    @ParameterizedTest
    @EnumSource(
            value = ApiProxy.Mood.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SERVING", "ENDING"})
    @DisplayName("a server that is away is asked five times a second at most, and heard soon after it is back (T15)")
    void aServerThatIsAwayIsAskedSeldom(ApiProxy.Mood mood) throws Exception {
        try (OutageRig rig = new OutageRig(home, OutageRig.usualReconnectMs(), System::nanoTime);
                Reporting reporting = new Reporting(rig)) {
            rig.proxy.busiestSecond();
            rig.proxy.mood(mood);
            Thread.sleep(TimeUnit.SECONDS.toMillis(OUTAGE_S));
            int all = rig.proxy.requests();
            int busiest = rig.proxy.busiestSecond();
            System.out.println(mood + ": " + all + " requests in " + OUTAGE_S + " s, " + busiest + " in the busiest");
            assertThat(busiest).isLessThanOrEqualTo(MOST_PER_SECOND);

            rig.proxy.mood(ApiProxy.Mood.SERVING);
            rig.node("node-b");
            await().atMost(SOON).until(() -> rig.watch.node("node-b").isPresent());
            int told = rig.reports();
            await().atMost(SOON).until(() -> rig.toldOf() > told);
        }
    }

    @Test
    @DisplayName(
            "a server that ends each watch when it has begun is asked by each once in 0.8 s, and by nothing else more often")
    void aServerThatEndsWatches() throws Exception {
        try (OutageRig rig = new OutageRig(home, OutageRig.usualReconnectMs(), System::nanoTime);
                Reporting reporting = new Reporting(rig)) {
            rig.proxy.busiestSecond();
            long beganNs = System.nanoTime();
            rig.proxy.mood(ApiProxy.Mood.ENDING);
            await().atMost(SOON).until(() -> rig.proxy.requests("GET") >= WATCHES * TURNS);
            int watched = rig.proxy.requests("GET");
            int reported = rig.proxy.requests("PATCH");
            long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
            System.out.println("ENDING: " + watched + " by the watches in " + tookMs + " ms, " + reported
                    + " by the report, " + rig.proxy.busiestSecond() + " in the busiest second");
            // each may begin with one that was under way
            assertThat(watched).isLessThanOrEqualTo(WATCHES * (int) (2 + tookMs / OutageRig.usualReconnectMs()));
            assertThat(reported).isLessThanOrEqualTo((int) (2 + tookMs / TimeUnit.SECONDS.toMillis(REPORT_EVERY_S)));

            rig.proxy.mood(ApiProxy.Mood.SERVING);
            rig.node("node-b");
            await().atMost(SOON).until(() -> rig.watch.node("node-b").isPresent());
        }
    }

    /** As the agent does, on a thread of its own. */
    private static final class Reporting implements AutoCloseable {
        private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

        Reporting(OutageRig rig) {
            thread.scheduleWithFixedDelay(rig::tell, 0, REPORT_EVERY_S, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            thread.shutdownNow();
        }
    }

    /**
     * Hours, with a thousandth of each pause. The watches' pauses are the library's, by real clocks that nobody can set: the
     * first pause is 1 ms instead of 800, and each watch asks as often as in a whole outage. The report's clock is set by
     * hand.
     */
    @Test
    @DisplayName("hours without a server: nothing piles up, and what it says is heard within 30 s after (T15)")
    void hoursWithoutAServer() throws Exception {
        AtomicLong nowNs = new AtomicLong();
        long outageS = TimeUnit.HOURS.toSeconds(LONG_OUTAGE_HOURS);
        long perWatch = TimeUnit.SECONDS.toMillis(outageS) / (OutageRig.usualReconnectMs() * LONGEST_PAUSE);
        try (OutageRig rig = new OutageRig(home, 1, nowNs::get)) {
            rig.tell();
            rig.proxy.mood(ApiProxy.Mood.UNAVAILABLE);
            rig.proxy.busiestSecond();
            await().until(() -> rig.proxy.requests("GET") >= WATCHES);
            int threads = Thread.activeCount();
            for (long s = 0; s < outageS; s += REPORT_EVERY_S) {
                nowNs.addAndGet(TimeUnit.SECONDS.toNanos(REPORT_EVERY_S));
                rig.tell();
            }
            await().atMost(Duration.ofMinutes(5)).until(() -> rig.proxy.requests("GET") >= WATCHES * perWatch);
            int reports = rig.proxy.requests("PATCH");
            System.out.println(LONG_OUTAGE_HOURS + " h: " + rig.proxy.requests("GET") + " by the watches, " + reports
                    + " by the report, threads " + threads + " before and " + Thread.activeCount() + " after");
            assertThat(reports)
                    .isPositive()
                    .isLessThanOrEqualTo((int) (outageS / LONGEST_REPORT_PAUSE_S) + REPORTS_AT_FIRST);
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + THREADS_OF_CONNECTIONS);

            rig.proxy.mood(ApiProxy.Mood.SERVING);
            rig.node("node-b");
            await().atMost(RESYNC).until(() -> rig.watch.node("node-b").isPresent());
            nowNs.addAndGet(TimeUnit.SECONDS.toNanos(LONGEST_REPORT_PAUSE_S));
            rig.tell();
            assertThat(rig.toldOf()).isEqualTo(rig.reports());
        }
    }

    @Test
    @DisplayName("a server that forgot where the watches stopped is read anew within 30 s (T15)")
    void aServerThatForgotIsReadAnew() throws Exception {
        try (OutageRig rig = new OutageRig(home, OutageRig.usualReconnectMs(), System::nanoTime)) {
            rig.node("node-b");
            await().atMost(SOON).until(() -> rig.watch.node("node-b").isPresent());
            rig.proxy.mood(ApiProxy.Mood.REFUSING);
            rig.deleteNode("node-b");
            rig.node("node-c");
            rig.proxy.forget();
            await().atMost(RESYNC).until(() -> rig.watch.node("node-c").isPresent());
            await().atMost(RESYNC).until(() -> rig.watch.node("node-b").isEmpty());
            assertThat(rig.proxy.saidGone()).as("watches that were told").isPositive();
            await().atMost(SOON).until(rig.watch::watching);
        }
    }

    @Test
    @DisplayName("a watch that went deaf is begun anew within its limit, where it stopped (T16)")
    void aDeafWatchIsBegunAnew() throws Exception {
        try (OutageRig rig = new OutageRig(home, OutageRig.usualReconnectMs(), System::nanoTime)) {
            rig.proxy.fallSilent();
            rig.node("node-b");
            await().atMost(SOON).until(() -> rig.watch.node("node-b").isPresent());
        }
    }
}
