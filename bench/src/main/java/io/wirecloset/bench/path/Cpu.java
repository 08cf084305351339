package io.wirecloset.bench.path;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time and memory of a process, from /proc. */
final class Cpu {
    /** Ticks of /proc are hundredths of a second on every Linux that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;
    /** Counted behind the name, which may hold spaces: the state is 0. */
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;

    private Cpu() {}

    /** Seconds used so far by all threads of the process, in user space and in the kernel on its behalf. */
    static double seconds(long pid) {
        return seconds(read(pid, "stat"));
    }

    static double seconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
    }

    /** Resident memory now. */
    static double megabytes(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }
}
