package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.wire.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code wirecloset node}: a node in the foreground, like the stock service. */
final class NodeMain {
    private static final String USAGE = """
            wirecloset node --home DIR [--port N]
              --home DIR   identity, planet, networks joined, token of the local API: the stock service's files and names;
                           made when missing. A file "planet" in it names other roots than the public ones.
              --port N     UDP, and TCP on loopback for the local API; 9993 unless local.conf says otherwise, 0 any free one

            Runs until SIGTERM or Ctrl-C, then removes its devices. Networks stay joined for the next start.
            Then, for example:  zerotier-cli -D DIR info      zerotier-cli -D DIR join 8056c2e21c000001
            """;

    private NodeMain() {}

    static int run(List<String> words) throws IOException {
        if (words.contains("--help")) {
            System.out.println(USAGE.strip());
            return 0;
        }
        CommandLine line = new CommandLine("wirecloset node", Set.of("home", "port"), words);
        line.noArguments("wirecloset node");
        HomeDirectory home = HomeDirectory.open(Path.of(line.required("home")));
        return Foreground.run(anew -> {
            NodeBuilder builder = Node.builder(home).renewedBy(anew);
            line.ifGiven("port", () -> builder.port(line.port(Wire.DEFAULT_PORT)));
            return builder.start();
        });
    }
}
