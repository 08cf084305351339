package io.wirecloset.bench.path;

import io.wirecloset.kindtests.lab.ZeroTierProcess;

/** A network on a stock node's controller, so that neither pair has its own kind deciding for it. */
final class StockController {
    private final ZeroTierProcess node;
    private final String networkId;
    private int nextHost = 1;

    StockController(ZeroTierProcess node) {
        this.node = node;
        this.networkId = node.api("POST", "/controller/network/" + node.address() + "______", """
                        {"name":"side-by-side","private":true,"v4AssignMode":{"zt":true},
                         "routes":[{"target":"10.147.0.0/16","via":null}],
                         "ipAssignmentPools":[{"ipRangeStart":"10.147.0.1","ipRangeEnd":"10.147.255.254"}]}
                        """)
                .path("id")
                .asText();
    }

    String networkId() {
        return networkId;
    }

    void admit(String address) {
        node.api("POST", "/controller/network/" + networkId + "/member/" + address, """
                {"authorized":true,"ipAssignments":["10.147.0.%d"]}
                """.formatted(nextHost++));
    }
}
