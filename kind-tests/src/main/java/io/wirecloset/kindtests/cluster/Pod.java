package io.wirecloset.kindtests.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.wirecloset.kindtests.lab.CniRuntime;
import io.wirecloset.kindtests.lab.Host;

/** A sandbox that the runtime made, and what the plugin said about it. */
public record Pod(ClusterNode node, Host sandbox, String containerId, CniRuntime.Outcome added) {
    public String name() {
        return sandbox.name();
    }

    public String ipv4() {
        return address(false);
    }

    public String ipv6() {
        return address(true);
    }

    private String address(boolean v6) {
        for (JsonNode ip : added.body().path("ips")) {
            String address = ip.path("address").asText().replaceFirst("/.*", "");
            if (address.contains(":") == v6) {
                return address;
            }
        }
        throw new IllegalStateException(name() + " has no " + (v6 ? "IPv6" : "IPv4") + " address: " + added.body());
    }
}
