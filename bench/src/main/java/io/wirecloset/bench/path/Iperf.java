package io.wirecloset.bench.path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wirecloset.kindtests.lab.Host;
import io.wirecloset.kindtests.lab.Shell;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs iperf3 between two hosts and reads what it found. */
final class Iperf {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What arrived.
     *
     * @param bytes of payload
     * @param packets 0 for TCP
     */
    record Outcome(double seconds, long bytes, long packets) {
        double megabitsPerSecond() {
            return bytes * 8 / seconds / 1e6;
        }

        double packetsPerSecond() {
            return packets / seconds;
        }
    }

    private Iperf() {}

    /** A server for any number of measurements, until the lab is closed. */
    static void serve(Host host) {
        host.start("iperf3", Map.of(), "iperf3", "-s");
    }

    /** One TCP stream. */
    static Outcome tcp(Host from, String to, int seconds) {
        return run(from, seconds, "-c", to, "-t", "" + seconds);
    }

    /** UDP as fast as one sender can, whatever arrives of it. */
    static Outcome udp(Host from, String to, int seconds, int payloadBytes) {
        return run(from, seconds, "-c", to, "-t", "" + seconds, "-u", "-b", "0", "-l", "" + payloadBytes);
    }

    private static Outcome run(Host from, int seconds, String... options) {
        List<String> command = new ArrayList<>(List.of("iperf3", "-J", "--connect-timeout", "5000"));
        command.addAll(List.of(options));
        Shell.Result result = from.call(command, Map.of(), "", Duration.ofSeconds(seconds + 30));
        if (!result.ok()) throw new IllegalStateException(String.join(" ", command) + ": " + result.out());
        return read(result.out());
    }

    /** @param json what {@code iperf3 -J} prints */
    static Outcome read(String json) {
        try {
            JsonNode end = JSON.readTree(json).path("end");
            JsonNode received = end.path("sum_received");
            if (received.isMissingNode()) throw new IllegalStateException("iperf3 says nothing about what arrived");
            long packets = received.path("packets").asLong()
                    - received.path("lost_packets").asLong();
            boolean udp = received.has("lost_packets");
            return new Outcome(
                    received.path("seconds").asDouble(), received.path("bytes").asLong(), udp ? packets : 0);
        } catch (IOException e) {
            throw new IllegalStateException("iperf3 printed no JSON", e);
        }
    }
}
