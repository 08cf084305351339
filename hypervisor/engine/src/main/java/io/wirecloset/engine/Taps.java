package io.wirecloset.engine;

import io.wirecloset.vl2.NetworkRecord;
import io.wirecloset.vl2.NetworkTable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which network's frames come from and go to which tap; shows the lanes their queues. On the control loop. */
final class Taps {
    private final Lane[] lanes;
    private final Runnable[] wakeLanes;

    private final Map<Long, Entry> entries = new LinkedHashMap<>();
    private final List<Retired> retired = new ArrayList<>();
    private NetworkTable networksShown = NetworkTable.EMPTY;
    private boolean changed;
    private long version;

    Taps(Lane[] lanes, Runnable[] wakeLanes) {
        this.lanes = lanes;
        this.wakeLanes = wakeLanes;
    }

    void add(long networkId, Tap tap) {
        if (entries.containsKey(networkId)) {
            throw new IllegalStateException("network " + Long.toHexString(networkId) + " has a tap already");
        }
        entries.put(networkId, new Entry(tap, lanes.length));
        changed = true;
    }

    /** @param released run on the control loop when no lane uses the tap any more */
    void remove(long networkId, Runnable released) {
        entries.remove(networkId);
        changed = true;
        retired.add(new Retired(version + 1, released));
    }

    /** A frame of the control loop's own for the host; a network without tap has nobody to hear it. */
    boolean write(long networkId, byte[] frame, int offset, int length) {
        Entry entry = entries.get(networkId);
        if (entry == null) return false;
        entry.control.add(frame, offset, length);
        entry.dirty = true;
        return true;
    }

    void flush() {
        for (Entry entry : entries.values()) {
            if (!entry.dirty) continue;
            entry.dirty = false;
            entry.control.flush();
        }
    }

    /** Shows the lanes what changed, and lets go of taps they no longer use. */
    void show(NetworkTable networks) {
        if (changed || networks != networksShown) {
            networksShown = networks;
            if (changed || slotsMoved(networks)) showAll(networks);
        }
        if (!retired.isEmpty()) release();
    }

    private boolean slotsMoved(NetworkTable networks) {
        for (Map.Entry<Long, Entry> each : entries.entrySet()) {
            if (each.getValue().slot != slotOf(networks, each.getKey())) return true;
        }
        return false;
    }

    private void showAll(NetworkTable networks) {
        changed = false;
        version++;
        for (Map.Entry<Long, Entry> each : entries.entrySet()) each.getValue().slot = slotOf(networks, each.getKey());
        for (Lane lane : lanes) {
            lane.taps(new LaneTaps(version, queuesOf(lane.index())));
            wakeLanes[lane.index()].run();
        }
    }

    /** Only taps of joined networks: before that nobody could say what their frames mean. */
    private List<LaneTaps.Queue> queuesOf(int lane) {
        List<LaneTaps.Queue> queues = new ArrayList<>();
        for (Map.Entry<Long, Entry> each : entries.entrySet()) {
            Entry entry = each.getValue();
            FramePort port = entry.ports[lane];
            if (port != null && entry.slot >= 0) queues.add(new LaneTaps.Queue(each.getKey(), entry.slot, port));
        }
        return queues;
    }

    private void release() {
        for (Iterator<Retired> each = retired.iterator(); each.hasNext(); ) {
            Retired tap = each.next();
            if (!allLanesHaveTaken(tap.version())) continue;
            each.remove();
            tap.released().run();
        }
    }

    private boolean allLanesHaveTaken(long wanted) {
        for (Lane lane : lanes) if (!lane.hasTakenTaps(wanted)) return false;
        return true;
    }

    private static int slotOf(NetworkTable networks, long networkId) {
        NetworkRecord network = networks.find(networkId);
        return network == null ? -1 : network.slot();
    }

    private static final class Entry {
        final FramePort[] ports;
        final FramePort control;
        int slot = -1;
        boolean dirty;

        Entry(Tap tap, int lanes) {
            ports = new FramePort[lanes];
            for (int lane = 0; lane < lanes; lane++) ports[lane] = tap.lane(lane);
            control = tap.control();
        }
    }

    /** @param version from which on the lanes know nothing of it */
    private record Retired(long version, Runnable released) {}
}
