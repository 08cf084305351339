package io.wirecloset.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.credential.Revocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** T17: a controller without its mandate says nothing at all. */
class MandateTest {
    private static final Completion WHATEVER = new Completion() {
        @Override
        public void done() {}

        @Override
        public void failed(String why) {}
    };

    private final List<String> said = new ArrayList<>();
    private boolean holds = true;
    private long nowMs = 1_000_000;
    private final Controller controller = new Controller(
            ControllerRig.CONTROLLER,
            new MemoryStore(),
            new Saying(),
            Listener.NOBODY,
            RandomSource.of(new Random(5)),
            () -> holds);

    private final class Saying implements Sender {
        @Override
        public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
            said.add("config");
        }

        @Override
        public void error(long member, long requestPacketId, long networkId, int code) {
            said.add("error");
        }

        @Override
        public void revocation(long member, Revocation revocation) {
            said.add("revocation");
        }
    }

    @Test
    void withoutItNothingIsConfiguredRevokedOrRefusedAndWithItEverythingAgain() {
        controller.start(nowMs, nowMs, WHATEVER);
        controller.putNetwork(ControllerRig.NETWORK, NetworkSpec.DEFAULT, WHATEVER);
        admit(true);
        ask(ControllerRig.ALICE);
        assertThat(said).contains("config").doesNotContain("error");
        ask(ControllerRig.BOB);
        assertThat(said).contains("error");

        holds = false;
        said.clear();
        for (int i = 0; i < 100; i++) {
            ask(ControllerRig.ALICE);
            ask(ControllerRig.BOB);
        }
        admit(false);
        admit(true);
        assertThat(said).isEmpty();

        holds = true;
        turn();
        assertThat(said).doesNotContain("revocation"); // nothing that was kept back comes late
        said.clear();
        ask(ControllerRig.ALICE);
        assertThat(said).contains("config");
        admit(false);
        assertThat(said).contains("revocation");
    }

    private void admit(boolean authorized) {
        controller.putMember(
                ControllerRig.NETWORK,
                ControllerRig.ALICE.address(),
                MemberSpec.AUTHORIZED.withIdentity(ControllerRig.ALICE).withAuthorized(authorized),
                WHATEVER);
        turn();
    }

    private void ask(Identity who) {
        nowMs += 2_000;
        Dictionary metadata = RequestMetadata.of(12, 1, 14, 1, "linux/x86_64");
        ConfigRequest request = new ConfigRequest(ControllerRig.NETWORK, metadata, 0, 0);
        controller.onConfigRequest(request, who, ControllerRig.HOME, nowMs, nowMs);
        turn();
    }

    private void turn() {
        for (int i = 0; i < 4; i++) {
            controller.poll(nowMs, nowMs);
        }
    }
}
