package io.wirecloset.simnet;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

/** Remembers the last things that happened to datagrams and draws them as a mermaid sequence diagram. */
final class SequenceDiagram {
    /** More than anybody reads, little enough to keep. */
    private static final int REMEMBERED = 2_000;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private Function<byte[], String> describe = payload -> "";
    /** Null: all hosts. */
    private Set<SimHost> watched;

    void describe(Function<byte[], String> newDescribe) {
        describe = newDescribe;
    }

    void watch(Collection<SimHost> some) {
        watched = Set.copyOf(some);
    }

    void add(long nowUs, Datagram datagram, SimHost to, Fate fate) {
        if (watched != null && !watched.contains(datagram.origin()) && !(to != null && watched.contains(to))) return;
        if (entries.size() == REMEMBERED) entries.removeFirst();
        entries.addLast(new Entry(nowUs, datagram, to, fate));
    }

    /** Sending stands as a note only where the datagram did not arrive; arrivals are arrows. */
    String mermaid(long seed, long nowUs) {
        StringBuilder text = new StringBuilder("sequenceDiagram\n");
        text.append("  %% seed ")
                .append(seed)
                .append(", ended at ")
                .append(time(nowUs))
                .append('\n');
        Set<String> names = new LinkedHashSet<>();
        for (Entry entry : entries) {
            names.add(entry.datagram().origin().name());
            if (entry.to() != null) names.add(entry.to().name());
        }
        for (String name : names) text.append("  participant ").append(name).append('\n');
        for (Entry entry : entries) draw(text, entry);
        return text.toString();
    }

    private void draw(StringBuilder text, Entry entry) {
        Datagram datagram = entry.datagram();
        String origin = datagram.origin().name();
        if (entry.fate() == Fate.SENT) return;
        if (entry.to() != null) {
            text.append("  ")
                    .append(origin)
                    .append("->>")
                    .append(entry.to().name())
                    .append(": ");
        } else {
            text.append("  ").append(origin).append("--x").append(origin).append(": ");
        }
        text.append(time(entry.nowUs())).append(' ').append(label(datagram));
        if (entry.to() == null) {
            text.append(" to ").append(datagram.to()).append(' ').append(entry.fate());
        }
        text.append('\n');
    }

    private String label(Datagram datagram) {
        String what = describe.apply(datagram.payload());
        return (what.isEmpty() ? "" : what + " ") + datagram.payload().length + " B";
    }

    private static String time(long us) {
        return us / 1_000_000 + "." + String.format("%06d", us % 1_000_000) + " s";
    }

    private record Entry(long nowUs, Datagram datagram, SimHost to, Fate fate) {}
}
