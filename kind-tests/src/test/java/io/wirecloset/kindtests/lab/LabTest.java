package io.wirecloset.kindtests.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LabTest {
    @BeforeEach
    void needsRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: makes network namespaces");
    }

    @Test
    void whoIsBehindANatReachesThePublicButNotTheOtherWayAndNothingIsLeft() {
        List<String> left;
        try (Lab lab = new Lab("t")) {
            Host open = lab.publicHost("open");
            Host a = lab.behindNat("a", Nat.PORT_RESTRICTED);
            Host b = lab.behindNat("b", Nat.SYMMETRIC);
            assertThat(a.tryRun("ping", "-c1", "-W2", open.address()).ok()).isTrue();
            assertThat(b.tryRun("ping", "-c1", "-W2", open.address()).ok()).isTrue();
            assertThat(open.tryRun("ping", "-c1", "-W1", a.address()).ok()).isFalse();
            assertThat(a.tryRun("ping", "-c1", "-W1", b.address()).ok()).isFalse();
            lab.close();
            left = lab.leftovers();
        }
        assertThat(left).isEmpty();
    }
}
