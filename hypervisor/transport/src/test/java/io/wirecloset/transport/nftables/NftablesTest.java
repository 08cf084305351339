package io.wirecloset.transport.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wirecloset.transport.NeedsRoot;
import io.wirecloset.transport.netns.NetworkNamespace;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@NeedsRoot
class NftablesTest {
    private static final String ADD_TABLE = "{\"add\": {\"table\": {\"family\": \"inet\", \"name\": \"blue\"}}}";

    private NetworkNamespace namespace;
    private Nftables nftables;

    @BeforeEach
    void open() throws IOException {
        namespace = NetworkNamespace.create();
        nftables = Nftables.openIn(namespace);
    }

    @AfterEach
    void close() {
        nftables.close();
        namespace.close();
    }

    @Test
    void whatIsAddedIsListed() throws Exception {
        nftables.apply(commands(
                ADD_TABLE,
                "{\"add\": {\"chain\": {\"family\": \"inet\", \"table\": \"blue\", \"name\": \"in\", \"type\": \"filter\","
                        + " \"hook\": \"input\", \"prio\": 0, \"policy\": \"accept\"}}}",
                "{\"add\": {\"rule\": {\"family\": \"inet\", \"table\": \"blue\", \"chain\": \"in\", \"expr\":"
                        + " [{\"match\": {\"op\": \"==\", \"left\": {\"meta\": {\"key\": \"iifname\"}}, \"right\":"
                        + " \"zt0\"}}, {\"drop\": null}]}}}"));

        assertThat(nftables.listTable("inet", "blue")).contains("\"chain\"", "zt0", "drop");
        assertThat(nftables.list()).contains("blue");
    }

    @Test
    void allOfItIsAppliedOrNothing() {
        String missing = "{\"delete\": {\"table\": {\"family\": \"inet\", \"name\": \"nobody\"}}}";
        assertThatThrownBy(() -> nftables.apply(commands(ADD_TABLE, missing)))
                .isInstanceOf(NftablesException.class)
                .hasMessageContaining("No such file or directory");
        assertThat(listed("blue")).isFalse();
    }

    @Test
    void whatIsNoJsonIsRefusedWithAText() {
        assertThatThrownBy(() -> nftables.apply("{\"nftables\": 5}"))
                .isInstanceOf(NftablesException.class)
                .hasMessageContaining("nftables refused: ");
    }

    @Test
    void aTableThatIsNotThereIsNull() throws Exception {
        assertThat(nftables.listTable("inet", "blue")).isNull();
    }

    @Test
    void theNamespaceNextDoorIsUntouched() throws Exception {
        nftables.apply(commands(ADD_TABLE));
        try (NetworkNamespace other = NetworkNamespace.create();
                Nftables there = Nftables.openIn(other)) {
            assertThat(there.list()).doesNotContain("blue");
        }
        assertThat(listed("blue")).isTrue();
    }

    private boolean listed(String table) {
        try {
            return nftables.listTable("inet", table) != null;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String commands(String... each) {
        return "{\"nftables\": [" + String.join(",", each) + "]}";
    }
}
