package io.wirecloset.vl1.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Timing;
import org.junit.jupiter.api.Test;

// VL1 checklist 69, 71
class SurfaceTest {
    private static final Endpoint ROOT = Endpoint.parse("8.8.8.8/9993");
    private static final Endpoint OTHER = Endpoint.parse("9.9.9.9/9993");
    private static final Endpoint MINE = Endpoint.parse("1.2.3.4/1000");
    private static final Endpoint MOVED = Endpoint.parse("1.2.9.9/1000");

    private final Surface surface = new Surface();

    @Test
    void whatIsReportedFromAnotherScopeMeansNothing() {
        surface.reported(1, 0, Endpoint.parse("192.168.0.1/1"), MINE, true, 0);
        surface.reported(1, 0, ROOT, Endpoint.parse("127.0.0.1/1"), true, 0);
        assertThat(surface.endpoints(0)).isEmpty();
    }

    @Test
    void reportsOfUpstreamsComeFirstAndAgeAway() {
        surface.reported(2, 0, OTHER, MOVED, false, 0);
        surface.reported(1, 0, ROOT, MINE, true, 10);
        assertThat(surface.endpoints(10)).containsExactly(MINE, MOVED);
        assertThat(surface.endpoints(Timing.SURFACE_ENTRY_MS)).containsExactly(MINE);
    }

    @Test
    void onlyAnUpstreamIsBelievedThatOurAddressChanged() {
        surface.reported(1, 0, ROOT, MINE, true, 0);
        surface.reported(2, 0, OTHER, MINE, false, 0);
        assertThat(surface.reported(1, 0, ROOT, MINE.withPort(2000), true, 1)).isFalse();
        assertThat(surface.reported(2, 0, OTHER, MOVED, false, 1)).isFalse();
        assertThat(surface.reported(1, 0, ROOT, MOVED, true, 2)).isTrue();
        assertThat(surface.endpoints(2)).containsExactly(MOVED);
    }

    @Test
    void eachSocketIsSeenForItself() {
        Endpoint second = MINE.withPort(2_000);
        surface.reported(1, 0, ROOT, MINE, true, 0);
        assertThat(surface.reported(1, 7, ROOT, second, true, 1)).isFalse();
        assertThat(surface.endpoints(1)).containsExactly(MINE, second);
        assertThat(surface.reported(1, 7, ROOT, MOVED, true, 2)).isTrue();
        // the same root spoke of the other socket; that it was wrong is for it to say
        assertThat(surface.endpoints(2)).containsExactly(MINE, MOVED);
        assertThat(surface.reported(1, 0, ROOT, MOVED, true, 3)).isTrue();
        assertThat(surface.endpoints(3)).containsExactly(MOVED);
    }

    @Test
    void anOldReportIsNoReasonToBelieveThatWeMoved() {
        surface.reported(1, 0, ROOT, MINE, true, 0);
        assertThat(surface.reported(1, 0, ROOT, MOVED, true, Timing.SURFACE_ENTRY_MS))
                .isFalse();
    }

    @Test
    void aMoveInOneScopeSaysNothingOfAnother() {
        Endpoint lanRoot = Endpoint.parse("192.168.0.1/9993");
        Endpoint lanMine = Endpoint.parse("192.168.0.7/9993");
        surface.reported(3, 0, lanRoot, lanMine, true, 0);
        surface.reported(1, 0, ROOT, MINE, true, 0);
        assertThat(surface.reported(1, 0, ROOT, MOVED, true, 1)).isTrue();
        assertThat(surface.endpoints(1)).containsExactly(lanMine, MOVED);
    }

    @Test
    void aFloodOfReportsIsBounded() {
        for (int reporter = 1; reporter < 10_000; reporter++) {
            surface.reported(reporter, 0, ROOT, Endpoint.ofV4(0x05000000 + reporter, 1), false, reporter);
        }
        assertThat(surface.endpoints(10_000).size()).isLessThanOrEqualTo(257);
    }
}
