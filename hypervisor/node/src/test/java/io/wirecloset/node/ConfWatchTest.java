package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.node.home.HomeDirectory;
import io.wirecloset.vl1.path.PathPolicy;
import io.wirecloset.vl1.wire.Endpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfWatchTest {
    private static final Endpoint INSIDE = Endpoint.parse("10.1.2.3/9993");

    @TempDir
    Path dir;

    private final List<PathPolicy> taken = new ArrayList<>();

    @Test
    void whatChangesIsTakenOnceAndWhatIsBrokenNever() throws Exception {
        Path conf = dir.resolve("local.conf");
        ConfWatch watch = new ConfWatch(HomeDirectory.open(dir), taken::add);
        watch.look();
        assertThat(taken).isEmpty();

        Files.writeString(conf, "{\"physical\":{\"10.0.0.0/8\":{\"blacklist\":true}}}");
        watch.look();
        watch.look();
        assertThat(taken).hasSize(1);
        assertThat(taken.getFirst().forbids(INSIDE)).isTrue();

        Files.writeString(conf, "{\"physical\":");
        watch.look();
        assertThat(taken).hasSize(1);

        Files.delete(conf);
        watch.look();
        assertThat(taken).hasSize(2);
        assertThat(taken.getLast().forbids(INSIDE)).isFalse();
    }
}
