package io.wirecloset.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.world.World;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdToolTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final IdTool tool = new IdTool(
            RandomSource.of(new SplittableRandom(7)),
            1_700_000_000_000L,
            new PrintStream(printed, true, StandardCharsets.UTF_8));

    @Test // VL1 checklist 5
    void whatIsGeneratedIsValidAndItsSecretIsTheOwnersAlone() throws Exception {
        String secret = dir.resolve("identity.secret").toString();
        String open = dir.resolve("identity.public").toString();
        assertThat(tool.run(List.of("generate", secret, open))).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(secret))))
                .isEqualTo("rw-------");
        assertThat(tool.run(List.of("validate", open))).isZero();
        Identity whole = Identity.parse(Files.readString(Path.of(secret)));
        assertThat(whole.secretMatches()).isTrue();
        String other = Files.readString(Path.of(open)).replaceFirst("^..", "01");
        assertThat(tool.run(List.of("validate", other))).isOne();
    }

    @Test
    void helpIsNoError() throws Exception {
        assertThat(tool.run(List.of("--help"))).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8)).startsWith("wirecloset idtool");
    }

    @Test
    void whatIsSignedVerifiesAndNothingElseDoes() throws Exception {
        String secret = dir.resolve("s").toString();
        tool.run(List.of("generate", secret));
        Path file = Files.writeString(dir.resolve("m"), "message");
        printed.reset();
        tool.run(List.of("sign", secret, file.toString()));
        String signature = printed.toString(StandardCharsets.UTF_8).trim();
        assertThat(signature).hasSize(192);
        assertThat(tool.run(List.of("verify", secret, file.toString(), signature)))
                .isZero();
        Files.writeString(file, "massage");
        assertThat(tool.run(List.of("verify", secret, file.toString(), signature)))
                .isOne();
        assertThat(tool.run(List.of("verify", secret, file.toString(), "no hex")))
                .isOne();
    }

    @Test // VL1 checklist 54, 55
    void aPlanetIsMadeSignedAndRead() throws Exception {
        String open = dir.resolve("p").toString();
        tool.run(List.of("generate", dir.resolve("s").toString(), open));
        Path planet = dir.resolve("planet");
        tool.run(List.of("planet", planet.toString(), open + "=198.51.100.1/9993,2001:db8::1/9993"));
        World world = World.read(Files.readAllBytes(planet));
        assertThat(world.verify(world.nextUpdateKey())).isTrue();
        assertThat(world.roots().getFirst().endpoints()).hasSize(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("planet.key"))))
                .isEqualTo("rw-------");
    }

    @Test // VL1 checklist 54, 55, 58
    void aMoonIsMadeSignedAndItsCommandPrinted() throws Exception {
        String open = dir.resolve("p").toString();
        tool.run(List.of("generate", dir.resolve("s").toString(), open));
        String address = Files.readString(Path.of(open)).substring(0, 10);
        printed.reset();
        assertThat(tool.run(List.of("initmoon", open + "=198.51.100.1/9993,2001:db8::1/9993")))
                .isZero();
        Path json = Files.write(dir.resolve("moon.json"), printed.toByteArray());
        Path file = Path.of("000000" + address + ".moon");
        try {
            printed.reset();
            assertThat(tool.run(List.of("genmoon", json.toString()))).isZero();
            assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains("zerotier-cli orbit " + address + " " + address);
            World moon = World.read(Files.readAllBytes(file));
            assertThat(moon.verify(moon.nextUpdateKey())).isTrue();
            assertThat(moon.id()).isEqualTo(Long.parseLong(address, 16));
            assertThat(moon.roots().getFirst().endpoints()).hasSize(2);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Test
    void aWrongWordIsAnsweredWithWhatThereIs() {
        assertThatThrownBy(() -> tool.run(List.of("frobnicate"))).hasMessageContaining("generate");
        assertThatThrownBy(() -> tool.run(List.of("sign"))).hasMessageContaining("identity with its secret is missing");
        assertThatThrownBy(() -> tool.run(List.of("planet", "x", "y"))).hasMessageContaining("'y' is not");
    }
}
