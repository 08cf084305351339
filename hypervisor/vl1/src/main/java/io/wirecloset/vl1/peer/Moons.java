package io.wirecloset.vl1.peer;

import io.wirecloset.vl1.wire.MalformedException;
import io.wirecloset.vl1.wire.WireReader;
import io.wirecloset.vl1.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** The moons a HELLO lists in its encrypted section: here in the clear. */
public record Moons(List<Entry> entries) {
    public static final Moons NONE = new Moons(List.of());

    private static final int TYPE_MOON = 127;
    private static final int ENTRY_BYTES = 17;

    /** @param timestampMs of the definition the sender has; 0 if it has none and wants one */
    public record Entry(long id, long timestampMs) {}

    /** Entries of other types are left out; an absent section is none. */
    public static Moons read(WireReader in) {
        if (!in.hasRemaining()) {
            return NONE;
        }
        int count = in.u16();
        if (count > in.remaining() / ENTRY_BYTES) {
            throw new MalformedException("moon list is shorter than it says");
        }
        List<Entry> moons = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int type = in.u8();
            Entry entry = new Entry(in.u64(), in.u64());
            if (type == TYPE_MOON) {
                moons.add(entry);
            }
        }
        return new Moons(List.copyOf(moons));
    }

    public void write(WireWriter out) {
        out.u16(entries.size());
        for (Entry moon : entries) {
            out.u8(TYPE_MOON).u64(moon.id()).u64(moon.timestampMs());
        }
    }
}
