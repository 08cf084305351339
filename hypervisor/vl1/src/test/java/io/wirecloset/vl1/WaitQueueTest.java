package io.wirecloset.vl1;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

// VL1 checklist 31
class WaitQueueTest {
    private final DropCounters drops = new DropCounters();
    private final WaitQueue<Integer> queue = new WaitQueue<>(drops);
    private final List<Integer> tried = new ArrayList<>();

    @Test
    void the33rdPushesTheOldestOut() {
        for (int i = 0; i < 33; i++) {
            queue.add(i, i);
        }
        assertThat(queue.take(each -> true)).hasSize(32).startsWith(1).endsWith(32);
        assertThat(drops.get(Drop.QUEUE_FULL)).isEqualTo(1);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void nothingWaitsLongerThanFiveSeconds() {
        queue.add(1, 0);
        queue.add(2, 1_000);
        queue.retry(each -> !tried.add(each), 4_999);
        assertThat(tried).containsExactly(1, 2);
        queue.retry(each -> !tried.add(each), 5_000);
        assertThat(tried).containsExactly(1, 2, 2);
        queue.expire(6_000);
        assertThat(queue.isEmpty()).isTrue();
        assertThat(drops.get(Drop.HOLD_EXPIRED)).isEqualTo(2);
    }

    @Test
    void whatFailsKeepsItsPlace() {
        for (int i = 0; i < 5; i++) {
            queue.add(i, 0);
        }
        queue.retry(each -> each % 2 == 0, 1);
        queue.retry(each -> !tried.add(each), 2);
        assertThat(tried).containsExactly(1, 3);
        assertThat(queue.take(each -> each == 3)).containsExactly(3);
        assertThat(queue.take(each -> true)).containsExactly(1);
    }

    @Test
    void whatIsAddedDuringARetryWaitsForTheNext() {
        queue.add(1, 0);
        queue.retry(
                each -> {
                    tried.add(each);
                    queue.add(each + 1, 0);
                    return true;
                },
                1);
        assertThat(tried).containsExactly(1);
        assertThat(queue.take(each -> true)).containsExactly(2);
    }
}
