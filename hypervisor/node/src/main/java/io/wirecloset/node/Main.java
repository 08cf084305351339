package io.wirecloset.node;

import io.wirecloset.node.CommandLine.UsageException;
import io.wirecloset.vl1.crypto.RandomSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.List;

/** {@code wirecloset node|root|controller|selftest|idtool}: finds the program that is meant. */
public final class Main {
    private static final String USAGE = """
            wirecloset: networks that span clouds, behind any NAT. Speaks the protocol of ZeroTier 1.14.

              wirecloset node --home DIR [--port N]           a node, like zerotier-one; zerotier-cli -D DIR talks to it
              wirecloset root --home DIR --endpoint IP/PORT   a root server with a planet of its own
              wirecloset controller --home DIR [--port N]     a node that also decides who may join its networks
              wirecloset selftest                             tells whether this machine can run nodes
              wirecloset idtool …                             makes and checks identities, planets and moons
              wirecloset rules …                              compiles, shows and tries out flow rules

            Each says more with --help. Exit codes: 0 done, 1 something failed, 2 wrong use.
            """;

    /** One line per message, so that journals stay readable. */
    private static final String LOG_FORMAT = "%1$tF %1$tT.%1$tL %4$s %5$s%6$s%n";

    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private Main() {}

    public static void main(String[] words) {
        System.exit(run(List.of(words)));
    }

    static int run(List<String> words) {
        usually("java.util.logging.SimpleFormatter.format", LOG_FORMAT);
        // The local API is in no hurry, and the JDK complains about whoever uses these calls.
        usually("io.netty.noUnsafe", "true");
        String program = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            return switch (program) {
                case "node" -> NodeMain.run(rest);
                case "root" -> RootMain.run(rest);
                case "controller" -> ControllerMain.run(rest);
                case "selftest" -> SelfTest.run(rest, System.out);
                case "idtool" ->
                    new IdTool(RandomSource.of(new SecureRandom()), System.currentTimeMillis(), System.out).run(rest);
                case "rules" ->
                    new RulesTool(RandomSource.of(new SecureRandom()), System.in, System.out, System.err).run(rest);
                case "help", "--help", "-h" -> help();
                case "" -> throw new UsageException(USAGE.strip());
                default ->
                    throw new UsageException("wirecloset: there is no program '" + program + "'\n\n" + USAGE.strip());
            };
        } catch (UsageException e) {
            System.err.println(e.getMessage());
            return WRONG_USE;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            System.err.println("wirecloset " + program + ": " + e.getMessage());
            return FAILED;
        }
    }

    private static void usually(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static int help() {
        System.out.println(USAGE.strip());
        return 0;
    }
}
