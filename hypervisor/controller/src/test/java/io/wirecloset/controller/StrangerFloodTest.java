package io.wirecloset.controller;

import static io.wirecloset.controller.ControllerRig.ALICE;
import static io.wirecloset.controller.ControllerRig.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.wirecloset.controller.model.Limits;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.MemoryStore;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl2.config.ConfigRequest;
import io.wirecloset.vl2.config.RequestMetadata;
import io.wirecloset.vl2.credential.Revocation;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whether their identities are worth their addresses is checked below, by VL1; here all of them have passed. */
@DisplayName("Reliability T37: a hundred thousand strangers ask to join")
class StrangerFloodTest {
    private static final int STRANGERS = 100_000;
    private static final int NETWORKS = 16;
    /** The member asks this often among them. */
    private static final int MEMBER_EVERY = 1_000;
    /** Ten thousand ask in a second, each of them once. */
    private static final int STRANGERS_PER_MS = 10;
    /** What is kept of one for a while, and what it takes to refuse it. */
    private static final long BYTES_PER_STRANGER = 2_048;

    private static final Dictionary METADATA = RequestMetadata.of(12, 1, 14, 1, "linux/x86_64");

    /** Counts what is said and keeps none of it. */
    private static final class Counting implements Sender {
        int configs;
        int errors;
        int revocations;

        @Override
        public void config(long member, long requestPacketId, long networkId, byte[] dictionary) {
            assertThat(member).isEqualTo(ALICE.address());
            configs++;
        }

        @Override
        public void error(long member, long requestPacketId, long networkId, int code) {
            errors++;
        }

        @Override
        public void revocation(long member, Revocation revocation) {
            revocations++;
        }
    }

    private final MemoryStore store = new MemoryStore();
    private final Counting said = new Counting();
    private final Controller controller =
            new Controller(ControllerRig.CONTROLLER, store, said, Listener.NOBODY, RandomSource.of(new Random(37)));
    private long nowMs = 1_000_000;

    @Test
    void nothingIsStoredOfThemFewAreRememberedAndTheMemberIsServed() {
        controller.start(nowMs, wallMs(), Completion.NOBODY);
        for (int i = 0; i < NETWORKS; i++) {
            controller.putNetwork(network(i), NetworkSpec.DEFAULT, Completion.NOBODY);
        }
        controller.putMember(network(0), ALICE.address(), MemberSpec.AUTHORIZED.withIdentity(ALICE), Completion.NOBODY);
        ask(network(0), ALICE);
        List<Member> members = store.contents().members();
        said.configs = 0;

        flood(0);
        int stored = store.log().size();
        flood(STRANGERS);

        assertThat(store.contents().members()).isEqualTo(members);
        assertThat(store.log().stream().skip(stored))
                .as("what is stored is how far the signing clock may go")
                .allMatch(change -> change instanceof Change.ReserveTimestamps);
        assertThat(said.errors).isEqualTo(2 * STRANGERS);
        assertThat(said.revocations).isZero();
        int remembered = 0;
        for (int i = 0; i < NETWORKS; i++) {
            int ofNetwork = controller.strangers(network(i)).size();
            assertThat(ofNetwork).isLessThanOrEqualTo(Limits.STRANGERS_PER_NETWORK);
            remembered += ofNetwork;
        }
        assertThat(remembered).isLessThanOrEqualTo(Limits.STRANGERS);
        assertThat(said.configs).as("answered each time it asked").isEqualTo(2 * STRANGERS / MEMBER_EVERY);
    }

    @Test
    void oneStrangerCostsTheSameHoweverManyCameBefore() {
        controller.start(nowMs, wallMs(), Completion.NOBODY);
        for (int i = 0; i < NETWORKS; i++) {
            controller.putNetwork(network(i), NetworkSpec.DEFAULT, Completion.NOBODY);
        }
        for (int i = 0; i < STRANGERS / 2; i++) {
            ask(network(i % NETWORKS), stranger(i));
        }
        Identity[] others = new Identity[STRANGERS / 2];
        for (int i = 0; i < others.length; i++) {
            others[i] = stranger(STRANGERS + i);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < others.length; i++) {
            ask(network(i % NETWORKS), others[i]);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / others.length;
        assertThat(each).isLessThan(BYTES_PER_STRANGER);
    }

    private void flood(int from) {
        for (int i = 0; i < STRANGERS; i++) {
            if (i % STRANGERS_PER_MS == 0) {
                nowMs++;
            }
            ask(network(i % NETWORKS), stranger(from + i));
            if (i % MEMBER_EVERY == 0) {
                // Within the second in which it may ask again, so that it waits for nothing but us.
                nowMs += 1_001;
                ask(network(0), ALICE);
            }
        }
    }

    private void ask(long networkId, Identity who) {
        controller.onConfigRequest(new ConfigRequest(networkId, METADATA, 0, 0), who, HOME, 1, nowMs);
        controller.poll(nowMs, wallMs());
    }

    private long wallMs() {
        return nowMs + 1_700_000_000_000L;
    }

    private static long network(int number) {
        return ControllerRig.CONTROLLER.address() << 24 | 0xabc00 + number;
    }

    private static Identity stranger(int number) {
        byte[] key = ALICE.publicKey();
        ByteBuffer.wrap(key).putInt(0, number);
        return Identity.of(0x10_0000_0000L + number, key, null);
    }
}
