package io.wirecloset.vl1;

import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.world.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.UnaryOperator;

/** VL1 whole, the control loop and one lane in front of it or none, put together for tests on one thread. */
abstract class LaneAndControl implements Vl1Out, Upper, PacketSwitch.Out {
    final Vl1 vl1;
    /** Null for none. */
    final PacketSwitch lane;

    final DropCounters laneDrops = new DropCounters();
    final Stamps stamps = new Stamps(64, 256);
    final List<NodeEvent> events = new ArrayList<>();
    /** What the layer above says to what it is shown. */
    Handled handled = Handled.DONE;

    final Deque<Identity> toValidate = new ArrayDeque<>();
    long nowMs;

    LaneAndControl(
            Identity self, World planet, RandomSource random, boolean withLane, UnaryOperator<Vl1Settings> adjust) {
        PacketIds[] ids = PacketIds.forLanes(2, random);
        Vl1Settings settings = Vl1Settings.of(self, planet, random, ids[0]).withStamps(List.of(stamps));
        vl1 = new Vl1(adjust.apply(settings), this, this);
        lane = withLane ? new PacketSwitch(self.address(), new Armor(), ids[1], stamps, laneDrops, this) : null;
    }

    /** Lets the control loop do what is due. @return when it wants to be asked again */
    long pollBoth(long atMs) {
        nowMs = atMs;
        while (!toValidate.isEmpty()) {
            Identity identity = toValidate.poll();
            vl1.onValidated(identity, isValid(identity), atMs);
        }
        long next = vl1.poll(atMs);
        if (lane != null) {
            lane.peers(vl1.peers());
        }
        return next;
    }

    abstract boolean isValid(Identity identity);

    // ---- what comes out

    @Override
    public void datagram(int socket, Endpoint to, byte[] slot, int at, int length) {
        datagram(socket, to, slot, at, length, 0);
    }

    @Override
    public void validate(Identity identity) {
        toValidate.add(identity);
    }

    @Override
    public void event(NodeEvent event) {
        events.add(event);
    }

    @Override
    public void toControl(Stage stage, int socket, Endpoint from, byte[] slot, int at, int length) {
        vl1.onHandedOver(stage, socket, from, slot, at, length, nowMs);
    }
}
