package io.wirecloset.vl1;

import io.wirecloset.vl1.peer.Armor;
import io.wirecloset.vl1.peer.Compression;
import io.wirecloset.vl1.peer.PacketIds;
import io.wirecloset.vl1.peer.Verdict;
import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Verb;
import io.wirecloset.vl1.wire.Wire;

/**
 * VL1 on a lane: opens what known peers send, seals what goes to them, and hands everything else to the control loop,
 * whole. Driven by one thread; reads the control loop's {@link PeerTable}; allocates nothing per packet.
 *
 * <p>Methods stand in the order in which a datagram, then a packet to send, meets them.
 */
public final class PacketSwitch {
    /** What comes out, during the call that brought it about. All bytes are borrowed, and may be changed in place. */
    public interface Out {
        /** To be sent; copied before return, as the bytes are overwritten after it. */
        void datagram(int socket, Endpoint to, byte[] slot, int at, int length);

        /** A FRAME, EXT_FRAME or MULTICAST_FRAME: the whole packet with its header, decrypted and decompressed. */
        void frame(PeerRecord from, int verb, long packetId, int hops, byte[] slot, int at, int length);

        /** What cannot be judged here, or not to the end: for {@link Vl1#onHandedOver}. */
        void toControl(Stage stage, int socket, Endpoint from, byte[] slot, int at, int length);
    }

    private static final int HEAD_ROOM = 64;
    private static final int TAIL_ROOM = 32;

    // set once
    private final long self;
    private final Out out;
    private final DatagramCutter.Out pieces;

    // this lane only
    private final Armor armor;
    private final PacketIds ids;
    private final Stamps stamps;
    private final DropCounters drops;
    private final Reassembler reassembler;
    private final byte[] decompressed = new byte[HEAD_ROOM + Wire.MAX_PACKET_BYTES + TAIL_ROOM];

    // written by the control loop, read here; replaced whole, never changed in place
    private volatile PeerTable peers = PeerTable.EMPTY;

    /** @param self our address */
    public PacketSwitch(long self, Armor armor, PacketIds ids, Stamps stamps, DropCounters drops, Out out) {
        this.self = self;
        this.armor = armor;
        this.ids = ids;
        this.stamps = stamps;
        this.drops = drops;
        this.out = out;
        this.pieces = out::datagram;
        this.reassembler = new Reassembler(drops);
    }

    /** The peers from now on. Control loop. */
    public void peers(PeerTable table) {
        peers = table;
    }

    /** The peers as of now. */
    public PeerTable peers() {
        return peers;
    }

    // ---- a datagram arrives

    /** @param from who sent the datagram; the packet in it may come from somebody further away */
    public void onDatagram(int socket, Endpoint from, byte[] slot, int at, int length, long nowMs) {
        if (length <= FragmentHeader.LENGTH) {
            drops.count(Drop.TOO_SHORT);
        } else if (length > Wire.MAX_PACKET_BYTES) {
            drops.count(Drop.TOO_LONG);
        } else if (FragmentHeader.isFragment(slot, at)) {
            onFragment(socket, from, slot, at, length, nowMs);
        } else if (length < PacketHeader.LENGTH) {
            drops.count(Drop.TOO_SHORT);
        } else if (PacketHeader.source(slot, at) == self) {
            drops.count(Drop.OWN_SOURCE);
        } else if (PacketHeader.destination(slot, at) != self) {
            out.toControl(Stage.SEALED, socket, from, slot, at, length);
        } else if (PacketHeader.isFragmented(slot, at)) {
            onWhole(reassembler.onHead(socket, from, slot, at, length, nowMs), nowMs);
        } else if (!onPacket(socket, from, slot, at, length, nowMs)) {
            out.toControl(Stage.SEALED, socket, from, slot, at, length);
        }
    }

    private void onFragment(int socket, Endpoint from, byte[] slot, int at, int length, long nowMs) {
        if (FragmentHeader.destination(slot, at) == self) {
            onWhole(reassembler.onFragment(from, slot, at, length, nowMs), nowMs);
        } else {
            out.toControl(Stage.SEALED, socket, from, slot, at, length);
        }
    }

    private void onWhole(int length, long nowMs) {
        if (length == 0) {
            return;
        }
        byte[] slot = reassembler.packet();
        int at = reassembler.packetAt();
        int socket = reassembler.socket();
        Endpoint from = reassembler.from();
        if (!onPacket(socket, from, slot, at, length, nowMs)) {
            out.toControl(Stage.REASSEMBLED, socket, from, slot, at, length);
        }
    }

    /** @return false if it is not for a lane to judge: HELLO, and whatever unknown peers send; untouched then */
    private boolean onPacket(int socket, Endpoint from, byte[] slot, int at, int length, long nowMs) {
        int suite = PacketHeader.suite(slot, at);
        if (suite == Wire.SUITE_POLY1305 && PacketHeader.verb(slot, at) == Verb.HELLO) {
            return false;
        }
        if (suite > Wire.SUITE_AES_GMAC_SIV) {
            drops.count(Drop.BAD_SUITE);
            return true;
        }
        PeerTable table = peers;
        boolean trusted = suite == Wire.SUITE_TRUSTED_PATH;
        if (trusted && !table.policy().isTrusted(from, PacketHeader.mac(slot, at))) {
            drops.count(Drop.BAD_TRUSTED_PATH);
            return true;
        }
        PeerRef ref = table.find(PacketHeader.source(slot, at));
        if (ref == null) {
            return false;
        }
        PeerRecord peer = ref.record;
        if (!trusted && !armor.open(slot, at, length, peer.keys)) {
            drops.count(Drop.BAD_MAC);
            return true;
        }
        Verdict verdict = trusted ? Verdict.NEW : peer.guard.judge(slot, at, armor.openedId(), nowMs);
        if (verdict == Verdict.COPY || verdict == Verdict.OLD) {
            onRepetition(verdict, peer, socket, from, PacketHeader.hops(slot, at), nowMs);
        } else if (!PacketHeader.isCompressed(slot, at)) {
            onOpened(verdict, peer, socket, from, slot, at, length, nowMs);
        } else {
            int longer = decompress(slot, at, length);
            if (longer > 0) {
                onOpened(verdict, peer, socket, from, decompressed, HEAD_ROOM, longer, nowMs);
            }
        }
        return true;
    }

    /** A copy that came directly proved its path alive, if nothing else. */
    private void onRepetition(Verdict verdict, PeerRecord peer, int socket, Endpoint from, int hops, long nowMs) {
        drops.count(Drop.REPLAYED);
        PathRecord path = verdict == Verdict.COPY && hops == 0 ? peer.pathFrom(socket, from) : null;
        if (path != null) {
            stamps.heardOnPath(path.slot, nowMs);
        }
    }

    private int decompress(byte[] slot, int at, int length) {
        try {
            return Compression.decompress(slot, at, length, decompressed, HEAD_ROOM);
        } catch (MalformedException e) {
            drops.count(Drop.BAD_COMPRESSION);
            return 0;
        }
    }

    /** @param verdict new, or strange: then the control loop finds out whose session it belongs to */
    private void onOpened(
            Verdict verdict, PeerRecord peer, int socket, Endpoint from, byte[] slot, int at, int length, long nowMs) {
        if (verdict == Verdict.STRANGE) {
            out.toControl(Stage.STRANGE, socket, from, slot, at, length);
            return;
        }
        int hops = PacketHeader.hops(slot, at);
        int verb = PacketHeader.verb(slot, at);
        PathRecord path = hops == 0 ? peer.pathFrom(socket, from) : null;
        if (path != null) {
            stamps.heardOnPath(path.slot, nowMs);
        }
        boolean frame = verb == Verb.FRAME || verb == Verb.EXT_FRAME || verb == Verb.MULTICAST_FRAME;
        if (frame && (hops > 0 || path != null)) {
            stamps.heardFrame(peer.slot, hops, nowMs);
            out.frame(peer, verb, PacketHeader.packetId(slot, at), hops, slot, at, length);
        } else {
            out.toControl(Stage.OPENED, socket, from, slot, at, length);
        }
    }

    // ---- a packet leaves

    /**
     * Seals in place and sends. The 28 bytes of header are written at {@code at}, the payload lies behind them; the slot
     * is spoiled.
     *
     * @param length of the packet, header included
     * @return false if there is no path: nothing was done, and the caller hands the packet to the control loop
     */
    public boolean send(PeerRecord to, int verb, byte[] slot, int at, int length, long nowMs) {
        PathRecord path = to.pathToSend();
        if (path == null) {
            return false;
        }
        if (!DatagramCutter.fits(length, path.mtu)) {
            drops.count(Drop.TOO_LONG);
            return true;
        }
        PacketHeader.put(slot, at, ids.next(to.ids), to.address, self, verb);
        if (length > path.mtu) {
            PacketHeader.setFragmented(slot, at);
        }
        if (path == to.best && path.trustedPathId != 0) {
            PacketHeader.sealTrusted(slot, at, path.trustedPathId);
        } else {
            armor.seal(slot, at, length, to.keys, to.suite());
        }
        DatagramCutter.send(pieces, path.socket, path.endpoint, path.mtu, slot, at, length);
        stamps.sentOnPath(path.slot, nowMs);
        return true;
    }
}
