package io.wirecloset.node.home;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeDirectoryTest {
    @TempDir
    Path dir;

    @Test // VL1 checklist 60
    void secretsAreReadableByTheOwnerOnly() throws Exception {
        HomeDirectory home = HomeDirectory.open(dir.resolve("home"));
        home.saveIdentity("secret", "public");
        assertThat(home.authToken(() -> "abcdefghijklmnopqrstuvwx")).isEqualTo("abcdefghijklmnopqrstuvwx");
        for (String name : new String[] {"identity.secret", "authtoken.secret"}) {
            assertThat(mode(name)).as(name).isEqualTo("rw-------");
        }
        assertThat(mode("identity.public")).isEqualTo("rw-r--r--");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("home"))))
                .isEqualTo("rwx------");
    }

    @Test
    void theTokenIsMadeOnceAndTrimmed() throws Exception {
        HomeDirectory home = HomeDirectory.open(dir);
        assertThat(home.authToken(() -> "first")).isEqualTo("first");
        assertThat(home.authToken(() -> "second")).isEqualTo("first");
        Files.writeString(dir.resolve("authtoken.secret"), " given\n");
        assertThat(home.authToken(() -> "second")).isEqualTo("given");
    }

    @Test // VL1 checklist 60
    void aNetworkIsJoinedByItsFileAndForgottenWithIt() throws Exception {
        HomeDirectory home = HomeDirectory.open(dir);
        Files.createFile(dir.resolve("networks.d/8056c2e21c000001.conf"));
        Files.createFile(dir.resolve("networks.d/8056c2e21c000001.local.conf"));
        Files.createFile(dir.resolve("networks.d/readme.conf"));
        assertThat(home.joinedNetworks()).containsExactly(0x8056c2e21c000001L);
        home.forgetNetwork(0x8056c2e21c000001L);
        assertThat(home.joinedNetworks()).isEmpty();
        assertThat(dir.resolve("networks.d/8056c2e21c000001.local.conf")).doesNotExist();
    }

    @Test
    void anUnchangedFileIsNotRewritten() throws Exception {
        HomeDirectory home = HomeDirectory.open(dir);
        home.savePlanet(new byte[] {1, 2, 3});
        Object before = Files.getAttribute(dir.resolve("planet"), "unix:ino");
        home.savePlanet(new byte[] {1, 2, 3});
        assertThat(Files.getAttribute(dir.resolve("planet"), "unix:ino")).isEqualTo(before);
        home.savePlanet(new byte[] {1, 2, 4});
        assertThat(home.planet()).contains(new byte[] {1, 2, 4});
    }

    @Test
    void networkSettingsReadAsTheyAreWritten() {
        NetworkSettings s = NetworkSettings.parse(
                "allowManaged=10.0.0.0/8,fd00::/8\nallowGlobal=1\nnoise\n".getBytes(StandardCharsets.UTF_8));
        assertThat(s.allowManaged()).isTrue();
        assertThat(s.managedOnly()).hasSize(2);
        assertThat(s.allowGlobal()).isTrue();
        assertThat(s.allowDns()).isFalse();
        assertThat(NetworkSettings.parse(s.toBytes())).isEqualTo(s);
        assertThat(NetworkSettings.DEFAULT.with("allowDNS", true).allowDns()).isTrue();
        assertThat(NetworkSettings.DEFAULT.with("nonsense", true)).isEqualTo(NetworkSettings.DEFAULT);
    }

    @Test
    void aBrokenLocalConfNamesTheLine() {
        assertThatThrownBy(() -> LocalConf.parse("{\n\"settings\": }".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("local.conf, line 2");
        assertThat(LocalConf.parse("{\"settings\":{\"primaryPort\":1234,\"bind\":[\"10.0.0.1\"]}}"
                                .getBytes(StandardCharsets.UTF_8))
                        .primaryPort(0))
                .isEqualTo(1234);
    }

    private String mode(String name) throws Exception {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(dir.resolve("home").resolve(name)));
    }
}
