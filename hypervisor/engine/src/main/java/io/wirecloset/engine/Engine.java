package io.wirecloset.engine;

import io.wirecloset.vl1.NodeEvent;
import io.wirecloset.vl1.Stamps;
import io.wirecloset.vl1.Vl1;
import io.wirecloset.vl1.Vl1Out;
import io.wirecloset.vl1.Vl1Settings;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.Version;
import io.wirecloset.vl1.wire.Dictionary;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.Wire;
import io.wirecloset.vl1.world.World;
import io.wirecloset.vl2.NetworkView;
import io.wirecloset.vl2.Vl2;
import io.wirecloset.vl2.Vl2Out;
import io.wirecloset.vl2.Vl2Settings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A whole node between its ports: VL1 and VL2, one control loop, any number of lanes. Whoever builds it drives
 * {@link #control} and each {@link #lane} by a thread of its own, or all of them by one.
 *
 * <p>Methods may be called from any thread, except that {@link #vl1} and {@link #vl2} belong to the control loop: use them
 * inside {@link #post}.
 */
public final class Engine {
    private final Lane[] lanes;
    private final ControlLoop control;
    private final Vl1 vl1;
    private final Vl2 vl2;
    private final Taps taps;
    private final ValidationQueue validations;
    private final DropCounters controlDrops = new DropCounters();
    private final Events events;
    private final Runnable wakeControl;

    private Engine(Builder b) {
        events = Objects.requireNonNull(b.events, "events");
        wakeControl = Objects.requireNonNull(b.wakeControl, "wakeControl");
        validations = new ValidationQueue(Objects.requireNonNull(b.validation, "validation"), new ValidationsOut());
        int laneCount = b.lanes.size();
        PacketIds[] ids = PacketIds.forLanes(laneCount + 1, b.random);
        List<Stamps> stamps = new ArrayList<>();
        lanes = new Lane[laneCount];
        for (int i = 0; i < laneCount; i++) {
            stamps.add(new Stamps(b.capacity.peers(), b.capacity.paths()));
            DatagramPort port = b.lanes.get(i).port();
            lanes[i] = new Lane(
                    i, b.self.address(), port, ids[i], stamps.get(i), b.capacity, new Dice(b.random), wakeControl);
        }
        Vl1Settings settings =
                new Vl1Settings(b.self, b.planet, b.moons, b.version, b.mtu, b.random, ids[laneCount], stamps, true);
        DatagramSender sender = Objects.requireNonNull(b.sender, "sender");
        vl2 = new Vl2(new Vl2Settings(b.random, b.metadata), new FromVl2());
        vl1 = new Vl1(settings, new FromVl1(sender), vl2);
        vl2.attach(vl1);
        taps = new Taps(lanes, b.lanes.stream().map(LanePort::wake).toArray(Runnable[]::new));
        control = new ControlLoop(lanes, vl1, vl2, taps);
    }

    public static Builder builder(Identity self, RandomSource random) {
        return new Builder(self, random);
    }

    // ---- to be driven

    public ControlLoop control() {
        return control;
    }

    public int lanes() {
        return lanes.length;
    }

    public Lane lane(int index) {
        return lanes[index];
    }

    // ---- on the control loop

    public Vl1 vl1() {
        return vl1;
    }

    public Vl2 vl2() {
        return vl2;
    }

    /** Time of the control turn that runs now, for tasks and events. */
    public long nowMs() {
        return control.nowMs();
    }

    // ---- from any thread

    /** Has a task run on the control loop, after those posted before. */
    public void post(Runnable task) {
        control.post(task);
        wakeControl.run();
    }

    /** Has something polled with VL1 and VL2, from the next turn on. */
    public void add(Chore chore) {
        post(() -> control.add(chore));
    }

    /** What {@link Validation#submit} asked. */
    public void onValidated(Identity identity, boolean valid) {
        post(() -> validations.onValidated(identity, valid));
    }

    /** The logical sockets now bound, and where. */
    public void sockets(int[] ids, Endpoint[] bound) {
        post(() -> vl1.sockets(ids, bound));
    }

    /** Connects a network, joined already or soon, with its device. One per network. */
    public void addTap(long networkId, Tap tap) {
        post(() -> taps.add(networkId, tap));
    }

    /** @param released run on the control loop when neither it nor any lane touches the tap any more */
    public void removeTap(long networkId, Runnable released) {
        post(() -> taps.remove(networkId, released));
    }

    /** What was dropped so far, by reason, on the lanes and the control loop together. */
    public Map<Drop, Long> drops() {
        Map<Drop, Long> sums = new EnumMap<>(Drop.class);
        for (Drop why : Drop.values()) {
            long sum = vl1.drops().get(why) + vl2.drops().get(why) + controlDrops.get(why);
            for (Lane lane : lanes) sum += lane.drops().get(why);
            sums.put(why, sum);
        }
        return sums;
    }

    // ---- what comes out of VL1, VL2 and the queue of strangers

    private final class FromVl1 implements Vl1Out {
        private final DatagramSender sender;

        FromVl1(DatagramSender sender) {
            this.sender = sender;
        }

        @Override
        public void datagram(int socket, Endpoint to, byte[] bytes, int offset, int length, int ttl) {
            sender.send(socket, to, bytes, offset, length, ttl);
        }

        @Override
        public void validate(Identity identity) {
            validations.validate(identity);
        }

        @Override
        public void event(NodeEvent event) {
            events.onNode(event);
        }
    }

    private final class FromVl2 implements Vl2Out {
        @Override
        public void toTap(long networkId, byte[] frame, int offset, int length) {
            if (!taps.write(networkId, frame, offset, length)) controlDrops.count(Drop.UNKNOWN_NETWORK);
        }

        @Override
        public void changed(long networkId, NetworkView view) {
            events.onNetwork(networkId, view);
        }

        @Override
        public void save(long networkId, byte[] dictionary) {
            events.onSave(networkId, dictionary);
        }
    }

    private final class ValidationsOut implements ValidationQueue.Out {
        /** Posted, as this may be in the middle of a call to VL1. */
        @Override
        public void onValidated(Identity identity, boolean valid) {
            post(() -> vl1.onValidated(identity, valid, control.nowMs()));
        }

        @Override
        public void forgotten() {
            controlDrops.count(Drop.RATE_LIMITED);
        }
    }

    private record LanePort(DatagramPort port, Runnable wake) {}

    /** Everything an engine needs; what has a usual value need not be given. */
    public static final class Builder {
        private final Identity self;
        private final RandomSource random;
        private final List<LanePort> lanes = new ArrayList<>();
        private World planet;
        private List<World> moons = List.of();
        private Version version = new Version(Wire.PROTOCOL_VERSION, 0, 1, 0);
        private Dictionary metadata;
        private int mtu = Wire.DEFAULT_MTU;
        private Capacity capacity = Capacity.DEFAULT;
        private DatagramSender sender;
        private Runnable wakeControl;
        private Validation validation;
        private Events events;

        private Builder(Identity self, RandomSource random) {
            this.self = self;
            this.random = random;
        }

        /** Null for none: then peers come from introductions alone. */
        public Builder planet(World world) {
            planet = world;
            return this;
        }

        public Builder moons(List<World> orbited) {
            moons = List.copyOf(orbited);
            return this;
        }

        /** What HELLO announces. */
        public Builder version(Version announced) {
            version = announced;
            return this;
        }

        /** What configuration requests say about this node. */
        public Builder metadata(Dictionary requestMetadata) {
            metadata = requestMetadata;
            return this;
        }

        /** Largest datagram to send, UDP payload. */
        public Builder mtu(int bytes) {
            mtu = bytes;
            return this;
        }

        public Builder capacity(Capacity newCapacity) {
            capacity = newCapacity;
            return this;
        }

        /** Adds a lane. @param wake called when the control loop changed what the lane should look at */
        public Builder lane(DatagramPort port, Runnable wake) {
            lanes.add(new LanePort(port, wake));
            return this;
        }

        /** The control loop's way out. @param wake called when there is something for it to do */
        public Builder control(DatagramSender newSender, Runnable wake) {
            sender = newSender;
            wakeControl = wake;
            return this;
        }

        public Builder validation(Validation newValidation) {
            validation = newValidation;
            return this;
        }

        public Builder events(Events newEvents) {
            events = newEvents;
            return this;
        }

        public Engine build() {
            return new Engine(this);
        }
    }
}
