package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

@NeedsRoot
class SelfTestTest {
    @Test
    void twoNodesMeetAndCarryAStream() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        assertThat(SelfTest.run(List.of(), new PrintStream(said, true, StandardCharsets.UTF_8)))
                .isZero();
        assertThat(said.toString(StandardCharsets.UTF_8).lines())
                .hasSize(5)
                .allMatch(line -> line.startsWith("ok "))
                .last()
                .asString()
                .endsWith("64 MiB from one to the other, encrypted");
    }
}
