package io.wirecloset.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.transport.netlink.IpPrefix;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    private static final IpPrefix BLOCK = IpPrefix.parse("10.1.0.0/29");

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    @Test
    void givesTheLowestThatIsFreeAndLeavesTheEdgesAlone() {
        Set<InetAddress> inUse = new HashSet<>();
        for (int i = 1; i <= 6; i++) {
            InetAddress picked = AddressPool.pick(BLOCK, 1, inUse, Map.of(), 0);
            assertThat(picked).isEqualTo(ip("10.1.0." + i));
            inUse.add(picked);
        }
        assertThat(AddressPool.pick(BLOCK, 1, inUse, Map.of(), 0)).isNull();
    }

    @Test
    void anAddressRestsForAMinuteUnlessItIsTheLast() {
        Map<InetAddress, Long> freedS = Map.of(ip("10.1.0.1"), 100L, ip("10.1.0.2"), 90L);
        assertThat(AddressPool.pick(BLOCK, 1, Set.of(), freedS, 120)).isEqualTo(ip("10.1.0.3"));
        assertThat(AddressPool.pick(BLOCK, 1, Set.of(), freedS, 151)).isEqualTo(ip("10.1.0.2"));
        Set<InetAddress> rest = Set.of(ip("10.1.0.3"), ip("10.1.0.4"), ip("10.1.0.5"), ip("10.1.0.6"));
        assertThat(AddressPool.pick(BLOCK, 1, rest, freedS, 101)).isEqualTo(ip("10.1.0.2"));
    }

    @Test
    void countsAcrossBytesAndStaysInsideASlashEighty() {
        IpPrefix six = IpPrefix.parse("fc00:1:2:3:4::/80");
        Set<InetAddress> inUse = new HashSet<>();
        for (int i = 2; i < 300; i++) {
            inUse.add(AddressPool.pick(six, 2, inUse, Map.of(), 0));
        }
        assertThat(inUse).contains(ip("fc00:1:2:3:4::2"), ip("fc00:1:2:3:4::ff"), ip("fc00:1:2:3:4::12b"));
    }

    @Test
    void neverGivesOneThatIsInUse() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Set<InetAddress> inUse = new HashSet<>();
            Map<InetAddress, Long> freedS = new HashMap<>();
            for (long now = 0; now < 200; now += random.nextInt(5)) {
                if (random.nextBoolean() || inUse.isEmpty()) {
                    InetAddress picked = AddressPool.pick(BLOCK, 1, inUse, freedS, now);
                    if (picked == null) {
                        assertThat(inUse).as("seed " + seed).hasSize(6);
                    } else {
                        assertThat(inUse.add(picked)).as("seed " + seed).isTrue();
                    }
                } else {
                    InetAddress freed = inUse.iterator().next();
                    inUse.remove(freed);
                    freedS.put(freed, now);
                }
            }
        }
    }
}
