package io.wirecloset.vl2.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** VL2 checklist 59. */
class InterfaceNameTest {
    @Test
    void isMadeOfTheNetworkId() {
        assertThat(InterfaceName.of(0x8056c2e21c000001L, name -> false)).isEqualTo("ztmjfmfyq5");
    }

    @Test
    void takesTheNextOneWhileTheNameIsInUse() {
        String first = InterfaceName.of(0, Set.of()::contains);
        String second = InterfaceName.of(0, Set.of(first)::contains);

        assertThat(first).isEqualTo("ztaaaaaaaa");
        assertThat(second).isEqualTo("ztaaaaaaab");
    }
}
