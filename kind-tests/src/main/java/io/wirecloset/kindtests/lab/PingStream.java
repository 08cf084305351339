package io.wirecloset.kindtests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ten echo requests a second until it is closed, to see when answers stop and come back. */
public final class PingStream implements AutoCloseable {
    private static final Pattern ANSWER = Pattern.compile("^\\[(\\d+)\\.(\\d{3})\\d*] \\d+ bytes from ");
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(90);

    private final Host from;
    private final Daemon ping;

    private PingStream(Host from, Daemon ping) {
        this.from = from;
        this.ping = ping;
    }

    /** Starts it and waits for an answer. */
    public static PingStream between(Host from, String address) {
        Ping.await(from, address, FIRST_ANSWER);
        String name = "ping-" + address.replace(':', '.') + "-" + System.nanoTime();
        PingStream stream =
                new PingStream(from, from.start(name, Map.of(), "ping", "-n", "-D", "-O", "-i0.1", "-W1", address));
        Lab.await(from.name() + " hears from " + address, FIRST_ANSWER, () -> stream.lastAnswerWallMs() > 0);
        return stream;
    }

    /** Wall time of the last answer, 0 before the first. */
    public long lastAnswerWallMs() {
        try {
            List<String> lines = Files.readAllLines(ping.log());
            for (int i = lines.size() - 1; i >= 0; i--) {
                Matcher m = ANSWER.matcher(lines.get(i));
                if (m.find()) {
                    return Long.parseLong(m.group(1)) * 1000 + Long.parseLong(m.group(2));
                }
            }
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until there was no answer for so long. @return wall time of the last one */
    public long awaitSilence(Duration silence, Duration limit) {
        Lab.await(
                from.name() + " hears nothing more",
                limit,
                () -> System.currentTimeMillis() - lastAnswerWallMs() > silence.toMillis());
        return lastAnswerWallMs();
    }

    @Override
    public void close() {
        ping.stop();
    }
}
