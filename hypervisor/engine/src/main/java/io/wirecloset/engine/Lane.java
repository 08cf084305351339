package io.wirecloset.engine;

import io.wirecloset.vl1.PacketSwitch;
import io.wirecloset.vl1.PeerRecord;
import io.wirecloset.vl1.PeerTable;
import io.wirecloset.vl1.Stage;
import io.wirecloset.vl1.Stamps;
import io.wirecloset.vl1.crypto.RandomSource;
import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl2.FrameSwitch;
import io.wirecloset.vl2.NetworkRecord;
import io.wirecloset.vl2.NetworkTable;

/**
 * Carries frames between taps and peers. Driven by one thread; what it may not finish by itself goes whole into its
 * mailbox, behind what went there before. Allocates nothing per packet.
 */
public final class Lane implements Duty {
    /** Datagrams of one turn: some trains of 64, and still little enough that taps are not kept waiting. */
    private static final int DATAGRAMS_PER_TURN = 256;
    /** Frames of one tap in one turn: a super-frame or two. */
    private static final int FRAMES_PER_TURN = 64;

    // set once
    private final int index;
    private final DatagramPort datagrams;
    private final Mailbox mailbox;
    private final Runnable wakeControl;
    private final Stamps stamps;
    private final DropCounters drops = new DropCounters();
    private final PacketSwitch packetSwitch;
    private final FrameSwitch frameSwitch;
    private final DatagramPort.Sink arrivals = this::onDatagram;
    private final FramePort.Sink frames = this::onFrame;

    // this lane only
    private final Slab slab;
    private long nowMs;
    private int currentSocket;
    private Endpoint currentFrom;
    private NetworkRecord currentNetwork;
    private LaneTaps tapsInUse = LaneTaps.NONE;
    private boolean handedOver;

    // written by the control loop, read here; replaced whole, never changed in place
    private volatile LaneTaps taps = LaneTaps.NONE;

    // written here, read by the control loop
    private volatile long tapsVersion;

    Lane(
            int index,
            long self,
            DatagramPort datagrams,
            PacketIds ids,
            Stamps stamps,
            Capacity capacity,
            RandomSource random,
            Runnable wakeControl) {
        this.index = index;
        this.datagrams = datagrams;
        this.stamps = stamps;
        this.slab = new Slab(capacity.slabSlots());
        this.mailbox = new Mailbox(capacity.mailboxBytes());
        this.wakeControl = wakeControl;
        this.packetSwitch = new PacketSwitch(self, new Armor(), ids, stamps, drops, new Packets());
        this.frameSwitch = new FrameSwitch(random, new Frames());
    }

    /** Reads what waits on the sockets, then on the taps as long as the sockets take more, and sends what came of it. */
    @Override
    public int doWork(long turnMs) {
        nowMs = turnMs;
        takeTaps();
        int done = datagrams.poll(slab, arrivals, DATAGRAMS_PER_TURN, turnMs);
        for (LaneTaps.Queue queue : tapsInUse.all) {
            if (!datagrams.writable()) break;
            currentNetwork = frameSwitch.networks().find(queue.networkId);
            done += queue.port.poll(slab, frames, FRAMES_PER_TURN);
        }
        datagrams.flush();
        flushTaps();
        if (handedOver) {
            handedOver = false;
            wakeControl.run();
        }
        return done;
    }

    private void takeTaps() {
        LaneTaps newest = taps;
        if (newest == tapsInUse) return;
        tapsInUse = newest;
        tapsVersion = newest.version;
        handedOver = true;
    }

    private void flushTaps() {
        for (LaneTaps.Queue queue : tapsInUse.all) {
            if (!queue.dirty) continue;
            queue.dirty = false;
            queue.port.flush();
        }
    }

    public int index() {
        return index;
    }

    // ---- for the control loop

    void peers(PeerTable table) {
        packetSwitch.peers(table);
    }

    void networks(NetworkTable table) {
        frameSwitch.networks(table);
    }

    void taps(LaneTaps newest) {
        taps = newest;
    }

    /** The lane uses no tap that came only in older versions. */
    boolean hasTakenTaps(long version) {
        return tapsVersion >= version;
    }

    Mailbox mailbox() {
        return mailbox;
    }

    DropCounters drops() {
        return drops;
    }

    // ---- a datagram arrives

    private void onDatagram(int socket, Endpoint from, byte[] slot, int at, int length) {
        currentSocket = socket;
        currentFrom = from;
        packetSwitch.onDatagram(socket, from, slot, at, length, nowMs);
    }

    /** A frame leaves. */
    private void onFrame(byte[] slot, int at, int length) {
        if (currentNetwork == null) {
            drops.count(Drop.UNKNOWN_NETWORK);
        } else {
            frameSwitch.fromTap(currentNetwork, slot, at, length, nowMs);
        }
    }

    private void toTap(NetworkRecord network, byte[] slot, int at, int length) {
        LaneTaps.Queue queue = tapsInUse.of(network);
        if (queue == null) {
            drops.count(Drop.UNKNOWN_NETWORK);
        } else {
            queue.port.add(slot, at, length);
            queue.dirty = true;
        }
    }

    private void handedOver(boolean taken) {
        if (taken) handedOver = true;
        else drops.count(Drop.QUEUE_FULL);
    }

    private static Mailbox.Share shareOf(Stage stage, byte[] slot, int at) {
        if (stage != Stage.OPENED) return Mailbox.Share.SEALED;
        int verb = PacketHeader.verb(slot, at);
        boolean carriesFrame = verb == Verb.FRAME || verb == Verb.EXT_FRAME || verb == Verb.MULTICAST_FRAME;
        return carriesFrame ? Mailbox.Share.DATA : Mailbox.Share.CONTROL;
    }

    /** Where packets go. */
    private final class Packets implements PacketSwitch.Out {
        @Override
        public void datagram(int socket, Endpoint to, byte[] slot, int at, int length) {
            datagrams.add(socket, to, slot, at, length);
        }

        @Override
        public void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length) {
            if (frameSwitch.fromPeer(from, verb, packetId, slot, at, length, nowMs)) {
                stamps.trusted(from.slot, nowMs);
            }
        }

        @Override
        public void toControl(Stage stage, int socket, Endpoint from, byte[] slot, int at, int length) {
            handedOver(mailbox.offerPacket(shareOf(stage, slot, at), stage, socket, from, slot, at, length));
        }
    }

    /** Where frames go. */
    private final class Frames implements FrameSwitch.Out {
        @Override
        public boolean toPeer(PeerRecord to, int verb, byte[] slot, int at, int length) {
            return packetSwitch.send(to, verb, slot, at, length, nowMs);
        }

        @Override
        public void toPeerThroughControl(long networkId, long to, int verb, byte[] slot, int at, int length) {
            int payload = at + PacketHeader.LENGTH;
            handedOver(mailbox.offerToSend(networkId, to, verb, slot, payload, length - PacketHeader.LENGTH));
        }

        @Override
        public void toTap(NetworkRecord network, byte[] slot, int at, int length) {
            Lane.this.toTap(network, slot, at, length);
        }

        @Override
        public void frameToControl(long networkId, byte[] slot, int at, int length) {
            handedOver(mailbox.offerFrame(networkId, slot, at, length));
        }

        @Override
        public void packetToControl(byte[] slot, int at, int length) {
            Mailbox.Share share = Mailbox.Share.DATA;
            handedOver(mailbox.offerPacket(share, Stage.OPENED, currentSocket, currentFrom, slot, at, length));
        }

        @Override
        public void drop(Drop why) {
            drops.count(why);
        }
    }
}
