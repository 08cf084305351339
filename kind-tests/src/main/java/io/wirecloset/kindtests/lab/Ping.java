package io.wirecloset.kindtests.lab;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Echo requests, sent by the distribution's ping. */
public final class Ping {
    private static final Pattern RECEIVED = Pattern.compile("(\\d+) received");
    private static final Pattern TIMES = Pattern.compile("= [\\d.]+/([\\d.]+)/");

    private Ping() {}

    /** @param averageMs 0 when none came back */
    public record Result(int sent, int received, double averageMs) {
        public boolean complete() {
            return received == sent;
        }
    }

    public static boolean once(Host from, String address) {
        return from.tryRun("ping", "-n", "-c1", "-W1", address).ok();
    }

    /** Waits for the first answer. */
    public static void await(Host from, String address, Duration limit) {
        Lab.await(from.name() + " reaches " + address, limit, () -> once(from, address));
    }

    /** Waits for the first answer, then counts those to so many more requests, five a second. */
    public static Result count(Host from, String address, int requests) {
        await(from, address, Duration.ofSeconds(60));
        return burst(from, address, requests);
    }

    /** So many requests, five a second. */
    public static Result burst(Host from, String address, int requests) {
        String out = from.tryRun("ping", "-n", "-i0.2", "-W2", "-c" + requests, address)
                .out();
        Matcher received = RECEIVED.matcher(out);
        Matcher times = TIMES.matcher(out);
        return new Result(
                requests,
                received.find() ? Integer.parseInt(received.group(1)) : 0,
                times.find() ? Double.parseDouble(times.group(1)) : 0);
    }
}
