package io.wirecloset.node;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.wire.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** {@code wirecloset controller}: a node that also decides who may join the networks that carry its address. */
final class ControllerMain {
    private static final String USAGE = """
            wirecloset controller --home DIR [--port N]
              --home DIR   as for wirecloset node; networks and members are in controller.d, in the stock controller's form
              --port N     UDP, and TCP on loopback for the local API; 9993 unless local.conf says otherwise, 0 any free one

            The local API is the stock controller's, with the token in authtoken.secret:
              A=http://127.0.0.1:9993/controller/network  H="X-ZT1-Auth: $(cat DIR/authtoken.secret)"
              curl -H "$H" $A -d '{"name":"lab","v6AssignMode":{"6plane":true},"v4AssignMode":{"zt":true},
                "routes":[{"target":"10.7.0.0/16"}],"ipAssignmentPools":[{"ipRangeStart":"10.7.0.1","ipRangeEnd":"10.7.255.254"}]}'
              curl -H "$H" $A/NETWORK/member                                  # who asked, and who is in
              curl -H "$H" $A/NETWORK/member/ADDRESS -d '{"authorized":true}'

            Keep a copy of identity.secret and controller.d: the networks' ids begin with this node's address.
            """;

    private ControllerMain() {}

    static int run(List<String> words) throws IOException {
        if (words.contains("--help")) {
            System.out.println(USAGE.strip());
            return 0;
        }
        CommandLine line = new CommandLine("wirecloset controller", Set.of("home", "port"), words);
        line.noArguments("wirecloset controller");
        NodeBuilder builder = Node.builder(HomeDirectory.open(Path.of(line.required("home"))));
        line.ifGiven("port", () -> builder.port(line.port(Wire.DEFAULT_PORT)));
        return Foreground.run(StandAloneController.start(builder.start()));
    }
}
