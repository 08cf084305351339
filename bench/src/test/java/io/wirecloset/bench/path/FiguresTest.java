package io.wirecloset.bench.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void theMedianIsInTheMiddle() {
        assertThat(Figures.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(Figures.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    }

    @Test
    void ratiosAreTakenWithinARound() {
        Figures figures = new Figures();
        for (double theirs : new double[] {100, 10, 1000}) {
            figures.add("speed", "ours", theirs * 2);
            figures.add("speed", "stock", theirs);
        }
        assertThat(figures.ratio("speed", "ours", "stock")).isEqualTo(2);
        assertThat(figures.table(List.of("ours", "stock")))
                .contains("| speed | 200 (20 to 2000) | 100 (10 to 1000) | 2.00 |");
    }

    @Test
    void whatIperfPrintsIsRead() {
        Iperf.Outcome tcp = Iperf.read("""
                {"end":{"sum_sent":{"seconds":5.0,"bytes":999},"sum_received":{"seconds":5.0,"bytes":1000000}}}
                """);
        assertThat(tcp).isEqualTo(new Iperf.Outcome(5, 1_000_000, 0));
        assertThat(tcp.megabitsPerSecond()).isEqualTo(1.6);
        Iperf.Outcome udp = Iperf.read("""
                {"end":{"sum_received":{"seconds":2.0,"bytes":500,"packets":12,"lost_packets":2}}}
                """);
        assertThat(udp.packetsPerSecond()).isEqualTo(5);
        assertThatThrownBy(() -> Iperf.read("{\"error\":\"refused\"}")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void cpuTimeIsReadThoughTheNameHoldsSpacesAndBrackets() {
        assertThat(Cpu.seconds("42 (a) b) S 1 42 42 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 9 0 1 1 1"))
                .isEqualTo(3);
        long self = ProcessHandle.current().pid();
        assertThat(Cpu.seconds(self)).isNotNegative();
        assertThat(Cpu.megabytes(self)).isPositive();
    }
}
