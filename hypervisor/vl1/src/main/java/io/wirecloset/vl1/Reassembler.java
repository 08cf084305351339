package io.wirecloset.vl1;

import io.wirecloset.vl1.wire.Drop;
import io.wirecloset.vl1.wire.DropCounters;
import io.wirecloset.vl1.wire.Endpoint;
import io.wirecloset.vl1.wire.FragmentHeader;
import io.wirecloset.vl1.wire.Limits;
import io.wirecloset.vl1.wire.PacketHeader;
import io.wirecloset.vl1.wire.Timing;
import io.wirecloset.vl1.wire.Wire;

/**
 * Puts packets together that were cut (notes on packets, section 7). Pieces may come in any order and twice; a packet is
 * complete when the distinct pieces, head included, are as many as the fragments announce. Nothing is authenticated
 * here, so nothing here may be dear: a fixed number of slots of fixed size, taken once, reused in ring order, and no
 * more than a share of them for one sender of datagrams.
 *
 * <p>Driven by one thread; allocates nothing per packet.
 */
public final class Reassembler {
    /** In front of a packet, so that headers may be put before its payload in place. */
    private static final int HEAD_ROOM = 64;

    private static final int TAIL_ROOM = 32;

    /** A packet on its way to be whole. Its pieces lie in {@code bytes} in order of arrival. */
    private static final class Slot {
        final byte[] bytes = new byte[HEAD_ROOM + Wire.MAX_PACKET_BYTES + TAIL_ROOM];
        final int[] pieceAt = new int[Wire.MAX_FRAGMENTS];
        final int[] pieceBytes = new int[Wire.MAX_FRAGMENTS];
        long packetId;
        Endpoint owner;
        long beganMs;
        /** One bit per piece that is here; 0 means the slot is free. */
        int pieces;
        /** Pieces announced; 0 until a fragment says so. */
        int total;

        int end;
        /** Each piece lies right behind the one before it. */
        boolean inOrder;

        int socket;
        Endpoint from;
    }

    private final Slot[] slots = new Slot[Limits.REASSEMBLY_SLOTS];
    private final byte[] sorted = new byte[HEAD_ROOM + Wire.MAX_PACKET_BYTES + TAIL_ROOM];
    private final DropCounters drops;
    private int next;

    // the packet completed last
    private byte[] packet = sorted;
    private Slot completed;

    public Reassembler(DropCounters drops) {
        this.drops = drops;
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
    }

    /**
     * The first piece: a datagram with the fragmented flag, at least a header long.
     *
     * @return length of the packet now complete, or 0; it lies in {@link #packet()} until the next call
     */
    public int onHead(int socket, Endpoint from, byte[] slot, int at, int length, long nowMs) {
        Slot here = slotOf(PacketHeader.packetId(slot, at), from, nowMs);
        if ((here.pieces & 1) == 0) {
            here.socket = socket;
            here.from = from;
        }
        return add(here, 0, slot, at, length);
    }

    /** Any other piece, longer than a fragment's header. @return as {@link #onHead} */
    public int onFragment(Endpoint from, byte[] slot, int at, int length, long nowMs) {
        int total = FragmentHeader.total(slot, at);
        int number = FragmentHeader.number(slot, at);
        if (total < 2 || total > Wire.MAX_FRAGMENTS || number < 1 || number >= total) {
            drops.count(Drop.BAD_FRAGMENT);
            return 0;
        }
        Slot here = slotOf(FragmentHeader.packetId(slot, at), from, nowMs);
        if (here.total != 0 && here.total != total) {
            drops.count(Drop.BAD_FRAGMENT);
            return 0;
        }
        here.total = total;
        return add(here, number, slot, at + FragmentHeader.LENGTH, length - FragmentHeader.LENGTH);
    }

    /** Where the packet completed last lies, at {@link #packetAt()}. */
    public byte[] packet() {
        return packet;
    }

    public int packetAt() {
        return HEAD_ROOM;
    }

    /** The way its head came, which counts as the way of the packet. */
    public int socket() {
        return completed.socket;
    }

    public Endpoint from() {
        return completed.from;
    }

    private int add(Slot here, int number, byte[] bytes, int at, int length) {
        int bit = 1 << number;
        if ((here.pieces & bit) != 0) {
            return 0;
        }
        if (length > HEAD_ROOM + Wire.MAX_PACKET_BYTES - here.end) {
            drops.count(Drop.TOO_LONG);
            here.pieces = 0;
            return 0;
        }
        here.inOrder &= here.pieces == bit - 1;
        System.arraycopy(bytes, at, here.bytes, here.end, length);
        here.pieceAt[number] = here.end;
        here.pieceBytes[number] = length;
        here.end += length;
        here.pieces |= bit;
        boolean whole = here.total != 0 && here.pieces == (1 << here.total) - 1;
        return whole ? complete(here) : 0;
    }

    private int complete(Slot here) {
        packet = here.inOrder ? here.bytes : sort(here);
        completed = here;
        here.pieces = 0;
        return here.end - HEAD_ROOM;
    }

    private byte[] sort(Slot here) {
        int end = HEAD_ROOM;
        for (int number = 0; number < here.total; number++) {
            System.arraycopy(here.bytes, here.pieceAt[number], sorted, end, here.pieceBytes[number]);
            end += here.pieceBytes[number];
        }
        return sorted;
    }

    /** The slot this packet has, or one made free for it. */
    private Slot slotOf(long packetId, Endpoint from, long nowMs) {
        for (Slot slot : slots) {
            if (slot.pieces != 0 && slot.packetId == packetId) {
                return slot;
            }
        }
        Slot slot = freeSlot(from, nowMs);
        if (slot.pieces != 0) {
            drops.count(Drop.REASSEMBLY_EVICTED);
        }
        slot.packetId = packetId;
        slot.owner = from;
        slot.beganMs = nowMs;
        slot.pieces = 0;
        slot.total = 0;
        slot.end = HEAD_ROOM;
        slot.inOrder = true;
        return slot;
    }

    /** The next in the ring, unless this sender has its share already: then its own oldest. */
    private Slot freeSlot(Endpoint from, long nowMs) {
        Slot oldestOfSender = null;
        int ofSender = 0;
        for (Slot slot : slots) {
            boolean open = slot.pieces != 0 && nowMs - slot.beganMs < Timing.WAIT_QUEUE_MS;
            if (open && from.equals(slot.owner)) {
                ofSender++;
                oldestOfSender =
                        oldestOfSender == null || slot.beganMs < oldestOfSender.beganMs ? slot : oldestOfSender;
            }
        }
        if (ofSender >= Limits.REASSEMBLY_SLOTS_PER_SOURCE) {
            return oldestOfSender;
        }
        for (int i = 0; i < slots.length; i++) {
            Slot slot = slots[(next + i) % slots.length];
            if (slot.pieces == 0 || nowMs - slot.beganMs >= Timing.WAIT_QUEUE_MS) {
                next = (next + i + 1) % slots.length;
                return slot;
            }
        }
        Slot slot = slots[next];
        next = (next + 1) % slots.length;
        return slot;
    }
}
