package io.wirecloset.vl2.config;

import io.wirecloset.vl1.identity.Identity;
import io.wirecloset.vl1.wire.NetworkIds;
import io.wirecloset.vl2.credential.Verdict;
import io.wirecloset.vl2.wire.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * Puts the chunks of one network's configurations together, in whatever order and through whomever they come (vl2.md
 * 4.3). Holds only bytes that arrived with a good signature, never what a chunk merely claims; at most three
 * configurations at once. Used by the control loop.
 */
public final class ConfigAssembly {
    private final List<Slot> slots = new ArrayList<>(Limits.CONFIG_ASSEMBLIES);

    /** Ids of those handed over, or given up, so that late copies and replays of their chunks are not taken for new. */
    private final Set<Long> finished = new LinkedHashSet<>();

    /** What a chunk led to. */
    public sealed interface Arrival {
        /** Seen before, not signed by the controller, or at odds with the chunks it should go with. */
        record Ignored(String why) implements Arrival {}

        /** The controller's identity is not known yet; try again. */
        record Waiting() implements Arrival {}

        /** New and good, but more are needed. */
        record Taken() implements Arrival {}

        /**
         * New, good, and the last one.
         *
         * @param dictionary the whole configuration as it travelled
         * @param updateId what an acknowledgement names
         */
        @SuppressWarnings("ArrayRecordComponent") // handed over, not compared
        record Complete(byte[] dictionary, long updateId) implements Arrival {}
    }

    /** One configuration on its way. */
    private static final class Slot {
        final long updateId;
        final int totalBytes;
        final List<ConfigChunk> chunks = new ArrayList<>();
        int haveBytes;

        Slot(ConfigChunk first) {
            updateId = first.updateId();
            totalBytes = first.totalBytes();
        }
    }

    /**
     * Takes one chunk.
     *
     * @param source the node whose packet it came in
     * @param packetId of that packet; stands in for the update id of old controllers
     * @param identities the identity of an address, or null when it is not known (yet)
     */
    public Arrival arrive(ConfigChunk chunk, long source, long packetId, LongFunction<Identity> identities) {
        if (chunk.isUnsigned()) {
            return arriveUnsigned(chunk, source, packetId);
        }
        if (chunk.pieceBytes() == 0) {
            return new Arrival.Ignored("empty chunk");
        }
        Slot slot = find(chunk.updateId());
        if (finished.contains(chunk.updateId())
                || slot != null && slot.chunks.stream().anyMatch(chunk::sameSignature)) {
            return new Arrival.Ignored("chunk seen before");
        }
        Verdict verdict = chunk.verify(identities);
        if (verdict == Verdict.WAIT) {
            return new Arrival.Waiting();
        }
        if (verdict == Verdict.BAD) {
            return new Arrival.Ignored("chunk not signed by the controller");
        }
        return add(chunk, slot == null ? begin(chunk) : slot);
    }

    private static Arrival arriveUnsigned(ConfigChunk chunk, long source, long packetId) {
        if (source != NetworkIds.controllerOf(chunk.networkId())) {
            return new Arrival.Ignored("unsigned configuration from somebody else than the controller");
        }
        byte[] dictionary = new byte[chunk.pieceBytes()];
        chunk.copyPiece(dictionary);
        return new Arrival.Complete(dictionary, packetId);
    }

    private Arrival add(ConfigChunk chunk, Slot slot) {
        if (chunk.totalBytes() != slot.totalBytes) {
            return new Arrival.Ignored("chunk of another total length");
        }
        if (slot.chunks.size() == Limits.CHUNKS_PER_CONFIG) {
            return new Arrival.Ignored("too many chunks");
        }
        slot.chunks.add(chunk);
        slot.haveBytes += chunk.pieceBytes();
        if (slot.haveBytes < slot.totalBytes) {
            return new Arrival.Taken();
        }
        Arrival arrival = joinedWithoutGap(slot)
                ? new Arrival.Complete(join(slot), slot.updateId)
                : new Arrival.Ignored("chunks overlap");
        finish(slot);
        return arrival;
    }

    private void finish(Slot slot) {
        slots.remove(slot);
        finished.add(slot.updateId);
        if (finished.size() > Limits.CONFIGS_REMEMBERED) {
            Iterator<Long> oldest = finished.iterator();
            oldest.next();
            oldest.remove();
        }
    }

    private Slot find(long updateId) {
        for (Slot slot : slots) {
            if (slot.updateId == updateId) {
                return slot;
            }
        }
        return null;
    }

    /** Takes a free slot, or the one that holds least; of equals the oldest. */
    private Slot begin(ConfigChunk chunk) {
        if (slots.size() == Limits.CONFIG_ASSEMBLIES) {
            slots.remove(slots.stream()
                    .min(Comparator.comparingInt(slot -> slot.haveBytes))
                    .orElseThrow());
        }
        Slot slot = new Slot(chunk);
        slots.add(slot);
        return slot;
    }

    private static boolean joinedWithoutGap(Slot slot) {
        slot.chunks.sort(Comparator.comparingInt(ConfigChunk::offset));
        int end = 0;
        for (ConfigChunk chunk : slot.chunks) {
            if (chunk.offset() != end) {
                return false;
            }
            end += chunk.pieceBytes();
        }
        return end == slot.totalBytes;
    }

    private static byte[] join(Slot slot) {
        byte[] dictionary = new byte[slot.totalBytes];
        slot.chunks.forEach(chunk -> chunk.copyPiece(dictionary));
        return dictionary;
    }
}
