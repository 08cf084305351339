package io.wirecloset.engine;

import static io.wirecloset.simnet.SimNet.minutes;
import static io.wirecloset.simnet.SimNet.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.wirecloset.simnet.Nat;
import io.wirecloset.simnet.SimNet;
import io.wirecloset.vl1.identity.TestIdentities;
import io.wirecloset.vl2.network.NetworkStatus;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("VL2 checklist 40, 41, 44, 57: two Ethernets joined by bridges behind NATs, and a member without devices")
class BridgingStoryTest {
    private static final long PRINTER = 0x02_50_00_00_00_01L;
    private static final long CAMERA = 0x02_50_00_00_00_02L;

    static LongStream seeds() {
        return SimNet.seeds(3);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void devicesOfTwoEthernetsAndAMemberReachEachOther(long seed) {
        SimNet.story(seed, net -> {
            Scene scene = new Scene(net);
            HandmadeController controller = new HandmadeController(net, scene.leaf("handmade"), TestIdentities.get(2));
            SimNode west = scene.leaf("west", Nat.PORT_RESTRICTED);
            SimNode east = scene.leaf("east", Nat.PORT_RESTRICTED);
            SimNode member = scene.leaf("member");
            long network = controller.network;
            controller.bridge(west);
            controller.bridge(east);
            for (SimNode node : List.of(west, east, member)) node.join(network);
            net.runUntil(
                    () -> List.of(west, east, member).stream()
                            .allMatch(node -> node.status(network) == NetworkStatus.OK),
                    seconds(30));
            // the devices stand where the bridges' own stacks stood: behind their taps
            HostStack printer = device(west.tap(network), PRINTER, 101);
            HostStack camera = device(east.tap(network), CAMERA, 102);
            HostStack host = member.stack(network);

            pings(net, printer, camera);
            pings(net, camera, printer);
            pings(net, host, printer);
            pings(net, camera, host);

            net.runFor(seconds(2));
            int before = host.frames();
            for (int i = 0; i < 10; i++) pings(net, printer, camera);
            assertThat(host.frames()).as("learned: others see nothing of it").isEqualTo(before);

            // the camera is carried over to the other Ethernet and says so, as switches expect
            net.runFor(minutes(1));
            HostStack moved = device(west.tap(network), CAMERA, 102);
            pings(net, moved, host);
            pings(net, host, moved);
        });
    }

    private static HostStack device(MemoryTap tap, long mac, int number) {
        HostStack device = new HostStack(tap, mac);
        device.address(new byte[] {10, 9, 0, (byte) number});
        return device;
    }

    private static void pings(SimNet net, HostStack from, HostStack to) {
        for (int attempt = 0; attempt < 20; attempt++) {
            int asked = from.ping(to.addressOf(4), 100);
            net.runFor(seconds(1));
            if (from.answered(asked)) return;
        }
        throw new AssertionError("no answer");
    }
}
