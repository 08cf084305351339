package io.wirecloset.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.vl1.Stage;
import io.wirecloset.vl1.wire.Endpoint;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private static final int RING_BYTES = 1 << 16;
    private static final Endpoint FROM = Endpoint.parse("198.18.0.7/9993");

    private final Mailbox mailbox = new Mailbox(RING_BYTES);

    @Test
    void whatGoesInComesOutInTheSameOrder() {
        byte[] slot = bytes(1, 100);
        offerSealed(3, FROM, slot, 10, 50);
        mailbox.offerFrame(0x8056c2e21c000001L, slot, 0, 100);
        mailbox.offerPacket(Mailbox.Share.CONTROL, Stage.OPENED, 4, FROM, slot, 1, 1);
        mailbox.offerPacket(Mailbox.Share.SEALED, Stage.REASSEMBLED, 5, FROM, slot, 2, 3);
        mailbox.offerToSend(0x8056c2e21c000001L, 0x1122334455L, 7, slot, 5, 20);
        Arrays.fill(slot, (byte) 0);

        byte[] original = bytes(1, 100);
        assertThat(drain(10))
                .containsExactly(
                        new Entry("SEALED", 3, FROM, 0, text(original, 10, 50)),
                        new Entry("frame", 0, null, 0x8056c2e21c000001L, text(original, 0, 100)),
                        new Entry("OPENED", 4, FROM, 0, text(original, 1, 1)),
                        new Entry("REASSEMBLED", 5, FROM, 0, text(original, 2, 3)),
                        new Entry("to send to 73588229205", 7, null, 0x8056c2e21c000001L, text(original, 5, 20)));
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void aLimitLeavesTheRestForNextTime() {
        byte[] slot = new byte[10];
        for (int socket = 0; socket < 5; socket++) offerSealed(socket, FROM, slot, 0, 10);
        assertThat(drain(2)).extracting(Entry::socket).containsExactly(0, 1);
        assertThat(drain(10)).extracting(Entry::socket).containsExactly(2, 3, 4);
        assertThat(drain(10)).isEmpty();
    }

    @Test
    void dataCannotKeepOutStrangersAndTheyCannotKeepOutControl() {
        byte[] slot = new byte[1000];
        while (mailbox.offerFrame(1, slot, 0, slot.length)) {}
        assertThat(mailbox.offerPacket(Mailbox.Share.DATA, Stage.OPENED, 0, FROM, slot, 0, slot.length))
                .isFalse();
        int sealed = 0;
        while (offerSealed(0, FROM, slot, 0, slot.length)) sealed++;
        int control = 0;
        while (mailbox.offerPacket(Mailbox.Share.CONTROL, Stage.OPENED, 0, FROM, slot, 0, slot.length)) control++;

        int recordBytes = 64 + 1000 + 32 + 56;
        assertThat(sealed).isBetween(RING_BYTES / 4 / recordBytes - 1, RING_BYTES / 4 / recordBytes + 1);
        assertThat(control).isBetween(RING_BYTES / 4 / recordBytes - 1, RING_BYTES / 4 / recordBytes + 1);
        assertThat(mailbox.offerFrame(1, slot, 0, 0)).isFalse();

        drain(Integer.MAX_VALUE);
        assertThat(mailbox.offerFrame(1, slot, 0, slot.length)).isTrue();
    }

    @Test
    void theLargestPacketFitsAndWhatIsLargerThanTheRingIsRefused() {
        assertThat(mailbox.offerFrame(1, new byte[Slab.CAPACITY_BYTES], 0, Slab.CAPACITY_BYTES))
                .isTrue();
        assertThat(mailbox.offerFrame(1, new byte[RING_BYTES], 0, RING_BYTES)).isFalse();
        assertThat(drain(10)).hasSize(1);
    }

    @Test
    void theReceiverMayChangeThePayloadItsHeadRoomAndItsSlack() {
        byte[] slot = bytes(7, 333);
        for (int round = 0; round < 1000; round++) {
            offerSealed(round, FROM, slot, 0, slot.length);
            offerSealed(round, FROM, slot, 0, slot.length);
            int expectedSocket = round;
            mailbox.drain(
                    new Recorder(new ArrayList<>()) {
                        @Override
                        public void packet(Stage stage, int socket, Endpoint from, byte[] bytes, int at, int length) {
                            assertThat(socket).isEqualTo(expectedSocket);
                            assertThat(Arrays.compare(bytes, at, at + length, slot, 0, slot.length))
                                    .isZero();
                            Arrays.fill(bytes, at - 16, at + length + Slab.SLACK_BYTES, (byte) 0xff);
                        }
                    },
                    10);
        }
    }

    @Test
    void agreesWithAPlainQueueOverManyRounds() {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Mailbox tested = new Mailbox(RING_BYTES);
            Deque<Entry> expected = new ArrayDeque<>();
            for (int round = 0; round < 2000; round++) {
                byte[] slot = new byte[random.nextInt(4000)];
                random.nextBytes(slot);
                if (tested.offerPacket(Mailbox.Share.SEALED, Stage.SEALED, round, FROM, slot, 0, slot.length)) {
                    expected.add(new Entry("SEALED", round, FROM, 0, text(slot, 0, slot.length)));
                }
                if (random.nextInt(4) == 0) {
                    for (Entry got : drain(tested, random.nextInt(8))) {
                        assertThat(got).as("seed %d", seed).isEqualTo(expected.remove());
                    }
                }
            }
            assertThat(drain(tested, Integer.MAX_VALUE)).as("seed %d", seed).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void twoThreadsLoseAndMixUpNothing() throws Exception {
        int count = 200_000;
        Thread lane = new Thread(() -> {
            byte[] slot = new byte[200];
            for (int i = 0; i < count; ) {
                Arrays.fill(slot, (byte) i);
                if (offerSealed(i, FROM, slot, 0, i % 200)) i++;
                else Thread.onSpinWait();
            }
        });
        lane.start();
        int[] next = {0};
        Recorder check = new Recorder(new ArrayList<>()) {
            @Override
            public void packet(Stage stage, int socket, Endpoint from, byte[] bytes, int at, int length) {
                if (socket != next[0] || length != socket % 200) throw new AssertionError("lost before " + socket);
                for (int i = 0; i < length; i++) {
                    if (bytes[at + i] != (byte) socket) throw new AssertionError("mixed up in " + socket);
                }
                next[0]++;
            }
        };
        while (next[0] < count) {
            if (mailbox.drain(check, 100) == 0) Thread.onSpinWait();
        }
        lane.join();
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void offeringAndDrainingAllocateNothing() {
        byte[] slot = new byte[1432];
        Mailbox.Sink sink = new Mailbox.Sink() {
            @Override
            public void packet(Stage stage, int socket, Endpoint from, byte[] bytes, int at, int length) {}

            @Override
            public void frame(long networkId, byte[] bytes, int at, int length) {}

            @Override
            public void toSend(long networkId, long to, int verb, byte[] bytes, int at, int length) {}
        };
        Runnable some = () -> {
            for (int i = 0; i < 10_000; i++) {
                offerSealed(0, FROM, slot, 0, slot.length);
                mailbox.offerFrame(1, slot, 0, slot.length);
                mailbox.drain(sink, 10);
            }
        };
        some.run();
        some.run();
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        some.run();
        // the measuring itself may cost a little
        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }

    private boolean offerSealed(int socket, Endpoint from, byte[] slot, int at, int length) {
        return mailbox.offerPacket(Mailbox.Share.SEALED, Stage.SEALED, socket, from, slot, at, length);
    }

    private List<Entry> drain(int limit) {
        return drain(mailbox, limit);
    }

    private static List<Entry> drain(Mailbox from, int limit) {
        List<Entry> entries = new ArrayList<>();
        from.drain(new Recorder(entries), limit);
        return entries;
    }

    private static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private static String text(byte[] bytes, int at, int length) {
        return java.util.HexFormat.of().formatHex(bytes, at, at + length);
    }

    private record Entry(String kind, int socket, Endpoint from, long networkId, String payload) {}

    private static class Recorder implements Mailbox.Sink {
        private final List<Entry> entries;

        Recorder(List<Entry> entries) {
            this.entries = entries;
        }

        @Override
        public void packet(Stage stage, int socket, Endpoint from, byte[] bytes, int at, int length) {
            entries.add(new Entry(stage.name(), socket, from, 0, text(bytes, at, length)));
        }

        @Override
        public void frame(long networkId, byte[] bytes, int at, int length) {
            entries.add(new Entry("frame", 0, null, networkId, text(bytes, at, length)));
        }

        @Override
        public void toSend(long networkId, long to, int verb, byte[] bytes, int at, int length) {
            entries.add(new Entry("to send to " + to, verb, null, networkId, text(bytes, at, length)));
        }
    }
}
