package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForegroundTest {
    private final List<String> said = new ArrayList<>();
    private int started;
    private Runnable anew;

    private final Foreground program = new Foreground(again -> {
        anew = again;
        int number = ++started;
        said.add("start " + number);
        return () -> said.add("close " + number);
    });

    @Test
    void whatAsksForItIsClosedAndStartedAnew() throws Exception {
        program.startUp();
        anew.run();
        anew.run();
        assertThat(program.awaitAnew()).isTrue();
        program.startUp();
        assertThat(said).containsExactly("start 1", "close 1", "start 2");
        assertThat(program.stop()).isTrue();
        assertThat(said).endsWith("close 2");
    }

    @Test
    void whatIsStoppedDoesNotStartAgain() throws Exception {
        program.startUp();
        anew.run();
        program.stop();
        assertThat(program.awaitAnew()).isFalse();
        program.startUp();
        assertThat(said).containsExactly("start 1", "close 1");
    }

    @Test
    void whatCannotBeStartedOrClosedSaysSo() throws Exception {
        Foreground broken = new Foreground(again -> {
            throw new IOException("no port");
        });
        assertThatThrownBy(broken::startUp).hasMessage("no port");
        Foreground unclosable = new Foreground(again -> () -> {
            throw new IOException("stuck");
        });
        unclosable.startUp();
        assertThat(unclosable.stop()).isFalse();
    }
}
