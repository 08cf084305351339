package io.wirecloset.kindtests.lab;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** A network made through the stock controller's API, whoever's controller answers there. */
public final class Vl2Network {
    private static final String SETTINGS = """
            {"name":"lab","private":true,"v4AssignMode":{"zt":true},"v6AssignMode":{"6plane":true},
             "routes":[{"target":"10.147.0.0/16","via":null}],
             "ipAssignmentPools":[{"ipRangeStart":"10.147.0.1","ipRangeEnd":"10.147.255.254"}]}""";

    private Vl2Network() {}

    /** A private network with an IPv4 pool and 6PLANE, with all members authorised and joined. @return its id */
    public static String with(ZeroTierProcess controller, ZeroTierProcess... members) {
        return with(controller, SETTINGS, List.of(members));
    }

    /** The same with other settings, as the controller's API takes them. */
    public static String with(ZeroTierProcess controller, String settings, List<ZeroTierProcess> members) {
        controller.awaitOnline();
        JsonNode made = controller.api("POST", "/controller/network/" + controller.address() + "______", settings);
        String id = made.path("id").asText();
        admit(controller, id, members);
        return id;
    }

    public static void admit(ZeroTierProcess controller, String networkId, List<ZeroTierProcess> members) {
        for (ZeroTierProcess member : members) {
            set(controller, networkId, member, "{\"authorized\":true}");
            member.join(networkId);
        }
    }

    /** Changes a member's record at its controller. */
    public static void set(ZeroTierProcess controller, String networkId, ZeroTierProcess member, String wish) {
        controller.api("POST", "/controller/network/" + networkId + "/member/" + member.address(), wish);
    }
}
