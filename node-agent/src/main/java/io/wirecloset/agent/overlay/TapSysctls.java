package io.wirecloset.agent.overlay;

import io.wirecloset.agent.attach.Sysctls;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the host's kernel shall not do on a TAP: strangers are on its other end. */
final class TapSysctls {
    private static final Logger LOG = System.getLogger(TapSysctls.class.getName());

    private record Setting(String family, String name, String value) {}

    private static final List<Setting> SETTINGS = List.of(
            // no routers, prefixes or MTUs from the network
            new Setting("ipv6", "accept_ra", "0"),
            new Setting("ipv6", "autoconf", "0"),
            new Setting("ipv6", "accept_redirects", "0"),
            // the addresses are assigned by the controller, and asking for others would only delay them
            new Setting("ipv6", "accept_dad", "0"),
            new Setting("ipv4", "accept_redirects", "0"),
            new Setting("ipv4", "send_redirects", "0"),
            // the host's other addresses are not told about here
            new Setting("ipv4", "arp_ignore", "1"),
            new Setting("ipv4", "arp_announce", "2"));

    private TapSysctls() {}

    /** In the namespace of the calling thread. */
    static void apply(String device) {
        for (Setting s : SETTINGS) {
            Path file = Sysctls.file(s.family, "conf", device, s.name);
            try {
                Files.writeString(file, s.value);
            } catch (IOException e) {
                LOG.log(Level.WARNING, "{0} stays as it is: {1}", file, e.getMessage());
            }
        }
    }
}
