package io.wirecloset.node.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.controller.model.Authorization;
import io.wirecloset.controller.model.Member;
import io.wirecloset.controller.model.MemberSpec;
import io.wirecloset.controller.model.Network;
import io.wirecloset.controller.model.NetworkSpec;
import io.wirecloset.controller.store.Change;
import io.wirecloset.controller.store.Completion;
import io.wirecloset.controller.store.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that stores things, over and over, and looks at what it left. */
class FileStoreCrashTest {
    private static final long NETWORK = 0x63f07dc54b000abcL;
    private static final int ROUNDS = 8;
    private static final int MOST_CHANGES = 60;

    @TempDir
    Path folder;

    @Test
    void whateverMomentItIsKilledEveryConfirmedChangeIsThereAndEveryFileIsWhole() throws Exception {
        Random random = new Random(7);
        for (int round = 1; round <= ROUNDS; round++) {
            int confirmed = killAfter(1 + random.nextInt(MOST_CHANGES), round);
            FileStore store = new FileStore(folder, Runnable::run, Runnable::run);
            Store.Contents contents = FileStoreTest.contents(store);
            assertThat(store.problems()).isEmpty();
            assertThat(contents.networks()).hasSize(1);
            long revision = contents.networks().getFirst().revision();
            assertThat(revision).isGreaterThanOrEqualTo(confirmed);
            assertThat(contents.networks().getFirst().spec().name()).isEqualTo(name(revision));
            assertThat(contents.reservedUntilMs()).isGreaterThanOrEqualTo(confirmed);
            assertThat(contents.members()).hasSizeGreaterThanOrEqualTo(1);
            for (Member member : contents.members()) {
                assertThat(member.spec().name()).isEqualTo(name(member.revision()));
            }
        }
    }

    /** @return the number of the last change that was confirmed before the process was killed */
    private int killAfter(int changes, int round) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Writer.class.getName(),
                        folder.toString(),
                        Integer.toString(round * 1_000_000))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int last = 0;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (int i = 0; i < changes; i++) {
                String line = out.readLine();
                assertThat(line).as("the writer goes on until it is killed").isNotNull();
                last = Integer.parseInt(line);
            }
            // Through the handle: the pipe stays open, and what was confirmed at the last moment can still be read.
            process.toHandle().destroyForcibly();
            for (String line = out.readLine(); line != null && !line.isEmpty(); line = out.readLine()) {
                last = Integer.parseInt(line);
            }
        } finally {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        return last;
    }

    /** Long, so that a file takes more than one write. */
    private static String name(long number) {
        return ("n" + number + "-").repeat(10);
    }

    /** Stores a network, a member and the clock's mark under growing numbers, and prints each when it is confirmed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) {
            FileStore store = new FileStore(Path.of(args[0]), Runnable::run, Runnable::run);
            FileStoreTest.contents(store);
            for (int n = Integer.parseInt(args[1]); ; n++) {
                int number = n;
                NetworkSpec spec = NetworkSpec.builder().name(name(number)).build();
                MemberSpec member = new MemberSpec(null, name(number), true, false, false, List.of());
                store.commit(new Change.PutNetwork(new Network(NETWORK, spec, number, 1)), Completion.NOBODY);
                store.commit(
                        new Change.PutMember(new Member(
                                NETWORK, 1 + number % 5, member, List.of(), number, 1, Authorization.byOwner(1), 0)),
                        Completion.NOBODY);
                store.commit(new Change.ReserveTimestamps(number), new Completion() {
                    @Override
                    public void done() {
                        System.out.println(number);
                        System.out.flush();
                    }

                    @Override
                    public void failed(String why) {
                        throw new IllegalStateException(why);
                    }
                });
            }
        }
    }
}
