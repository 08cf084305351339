package io.wirecloset.agent;

import io.wirecloset.transport.netlink.Netlink;
import io.wirecloset.transport.netns.NetworkNamespace;
import io.wirecloset.transport.nftables.Nftables;
import io.wirecloset.vl1.crypto.AesGmacSiv;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Binds the kernel's calls and checks the ciphers, which no start-up cache can keep, while another thread reads the settings.
 * Changes nothing; what fails here fails again where it matters, with a better message.
 */
final class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());

    private WarmUp() {}

    static void run() {
        try (NetworkNamespace host = NetworkNamespace.current();
                Netlink netlink = Netlink.openIn(host);
                Nftables filter = Nftables.openIn(host)) {
            netlink.links();
            filter.list();
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "nothing could be prepared: {0}", e.getMessage());
        }
        AesGmacSiv.isFast();
    }
}
